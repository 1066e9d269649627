"""Updates the client to SoundCloud's current document, or reports the differences.

    python -m tools.sync_spec [--source URL|PATH ...] [--check] [--format text|markdown|json] [--report PATH]
                              [--fail-on LEVEL] [--accept PATH]

Fetches the document from the first source that works, normalises it, compares it with tools/openapi.json, generates the client and
reports the changes (see tools/diff_spec.py). These are replaced together, or none of them if a step fails:

    tools/openapi.json              the document without its prose
    tools/openapi-wording.json      its prose, to compare it with the next one
    tools/openapi-operations.json   the list of its operations, with the methods of the facade
    tools/openapi-history.txt       the checksums of the documents so far: an older one is recognised
    tools/corrections.toml          without the corrections that match nothing in the document any more
    generated/soundcloud_api/       the generated client
    the report file

With --check only the report file is written. Exit status: 0 written (with --check: no change that counts, see --fail-on of
tools/diff_spec.py), 1 (--check) the document has changed, 2 failed, 130 interrupted.
"""

import argparse
import datetime
import json
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from tools.coverage_report.arguments import fields
from tools.diff_spec import add_options, compare, methods_by_operation, other_api, print_report
from tools.generate import GenerateError, generate
from tools.openapi.atomic_replace import staged
from tools.openapi.corrections import CorrectionError, correct, described, load_corrections, without
from tools.openapi.document import OPENAPI_JSON, dump, parse, read
from tools.openapi.fetch import DocumentError
from tools.openapi.interface import is_mapping, normalise
from tools.openapi.operation_index import operations, path_items
from tools.openapi.operation_list import operation_list
from tools.openapi_diff.acceptance import ACCEPTED, FailOn, accept, fails
from tools.openapi_diff.document_changes import Change
from tools.openapi_diff.report import FORMATS, Format, Report, render
from tools.openapi_diff.wording import reworded, topics, wording

SOURCES = (
    "https://developers.soundcloud.com/docs/api/explorer/api.json",
    "https://raw.githubusercontent.com/soundcloud/api/master/openapi/api.yaml",
)
"""SoundCloud's editions of its document, the more recent one first."""

GENERATED = Path(__file__).resolve().parent.parent / "generated" / "soundcloud_api"
"""The generated package."""


class SyncError(Exception):
    """The client could not be updated; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The files that a run writes; those that belong to openapi.json are beside it."""

    openapi_json: Path = OPENAPI_JSON
    generated: Path = GENERATED
    report: Path | None = None

    @property
    def corrections(self) -> Path:
        """The corrections, without those that are no longer needed."""
        return self.openapi_json.with_name("corrections.toml")

    @property
    def wording(self) -> Path:
        """The prose of the document."""
        return self.openapi_json.with_name("openapi-wording.json")

    @property
    def history(self) -> Path:
        """The checksums of the documents so far, the newest last."""
        return self.openapi_json.with_name("openapi-history.txt")

    @property
    def operations(self) -> Path:
        """The list of operations."""
        return self.openapi_json.with_name("openapi-operations.json")


def first_document(sources: Sequence[str], history: str) -> tuple[dict[str, Any], str | None]:
    """Return the document of the first source that works, and when it was current if it is older than ours.

    The errors of the other sources are printed. An older document is used if the first source has it: SoundCloud went back to it.
    From another source it is out of date, and not used.

    Raises:
        SyncError: No source works.
    """
    for number, source in enumerate(sources):
        try:
            document = read(source)
        except DocumentError as error:
            print(f"sync_spec: {error}", file=sys.stderr)
            continue
        since = _older(normalise(document), history)
        if since is not None and number > 0:
            print(f"sync_spec: {source}: older than ours, the document of {since}; not used", file=sys.stderr)
            continue
        print(f"sync_spec: {source}", file=sys.stderr)
        return document, since
    raise SyncError("no source works; check the network, or give a file with --source")


def _older(document: dict[str, Any], history: str) -> str | None:
    """Return since when a document was current if it is an older one than the last of the history, else None."""
    lines = [line.split() for line in history.splitlines()]
    checksum = _checksum(document)
    since = [date for known, date in lines if known == checksum]
    return since[-1] if since and checksum != lines[-1][0] else None


def _checksum(document: dict[str, Any]) -> str:
    return sha256(dump(document)).hexdigest()


def previous(document: dict[str, Any], openapi_json: Path) -> dict[str, Any]:
    """Return the document in openapi.json, which a document is compared with; an empty one if the file does not exist.

    Raises:
        SyncError: openapi.json cannot be read, or is the document of another API.
    """
    try:
        content = openapi_json.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        present = parse(content, name=str(openapi_json))
    except DocumentError as error:
        raise SyncError(f"{error} (restore it, or delete it to start from scratch)") from None
    if warning := other_api(present, document):
        raise SyncError(f"{warning} Give SoundCloud's with --source, or delete {openapi_json} to start from this one.")
    return present


def hint(
    changes: Sequence[Change], old: dict[str, Any], new: dict[str, Any], methods: Mapping[str, Sequence[str]]
) -> str | None:
    """Return the next step if there are new operations without a method, or new parameters or fields of requests, else None."""
    without_method = sum(change.what == "operation added" and not change.methods for change in changes)
    added = sum(change.what == "parameter added" and bool(change.methods) for change in changes)
    known = _request_fields(old)
    come = {
        name
        for id_, names in _request_fields(new).items()
        if methods.get(id_)
        for name in names - known.get(id_, names)
    }
    parts = [
        f"{count} new {noun if count == 1 else plural} {'has' if count == 1 else 'have'} no {lacks} yet"
        for count, noun, plural, lacks in (
            (without_method, "operation", "operations", "method"),
            (added, "parameter", "parameters", "argument"),
            (len(come), "field of a request", "fields of requests", "argument"),
        )
        if count
    ]
    return f"{', and '.join(parts)}: run `make openapi-coverage` to see what is missing." if parts else None


def _request_fields(document: dict[str, Any]) -> dict[str, set[str]]:
    """Return the names of the fields of the requests of each operation."""
    return {
        operation.name: {*fields(document, operation)}
        for path, item in path_items(document).items()
        for operation in operations(path, item).values()
    }


def synchronise(
    sources: Sequence[str], targets: Targets, form: Format, *, check: bool, accepted: Path = ACCEPTED
) -> tuple[Report, str]:
    """Update the targets from the first of the sources that works, and return the report, also as a text.

    With `check`, only the report is written. The client is still generated, so that the report says if it cannot be.

    Raises:
        SyncError: Reading, generating or writing failed; nothing was changed.
    """
    try:
        history = read_history(targets.history)
        published, since = first_document(sources, history)
        document = normalise(published)
        methods = methods_by_operation(targets.operations)
        present = previous(document, targets.openapi_json)
        changes = accept(compare(present, document, methods=methods), accepted)
        texts = wording(published)
        before = _wording(targets.wording)
        corrections = _text(targets.corrections)
        stale = _stale(document, targets.corrections) if corrections else []
        notes = [f"This is SoundCloud's document of {since} again, which is older than ours."] if since else []
        if before and not texts:
            notes.append(
                f"This document has no prose: the wording is not compared, and {targets.wording.name} stays as it is."
            )
        report = Report(
            changes,
            reworded(before, texts, topics(present) & topics(document)),
            [f"{described(entry)}: {entry['why']}" for entry in stale],
            notes,
            hint(changes, present, document, methods),
        )
        with tempfile.TemporaryDirectory() as folder:
            generated = Path(folder) / targets.generated.name
            left = Path(folder) / "corrections.toml"
            left.write_text(without(corrections, stale) if stale else corrections, encoding="utf-8")
            try:
                _generate(document, generated, left)
            except SyncError as error:
                # The caller asked for the changes; the error is part of their report.
                if not check or not changes:
                    raise
                report = replace(report, hint=f"The client cannot be generated from this document: {error}")
            text = render(report, form)
            files: dict[Path, bytes | Path] = {}
            if targets.report is not None:
                files[targets.report] = text.encode()
            if not check:
                files |= {
                    targets.openapi_json: dump(document),
                    targets.wording: dump(texts or before),
                    targets.operations: operation_list(document, methods),
                    targets.history: _appended(history, document),
                    targets.generated: generated,
                    **({targets.corrections: left} if stale else {}),
                }
            with staged(list(files)) as prepared:
                for path, content in zip(prepared, files.values(), strict=True):
                    if isinstance(content, bytes):
                        path.write_bytes(content)
                    elif content.is_dir():
                        shutil.copytree(content, path)
                    else:
                        shutil.copy(content, path)
    except (DocumentError, CorrectionError) as error:
        raise SyncError(str(error)) from None
    except OSError as error:
        raise SyncError(f"cannot write: {error}") from None
    return report, text


def _stale(document: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """Return the corrections that match nothing in a document; none if one is not safe to apply, which the generator reports."""
    entries = load_corrections(path)
    try:
        return correct(document, entries)[1]
    except CorrectionError:
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeError as error:
        raise DocumentError(f"{path}: not UTF-8 text ({error}); restore it") from None


def read_history(path: Path) -> str:
    """Return the checksums of the documents so far; none if the file does not exist.

    Raises:
        DocumentError: A line is not a checksum and a date.
    """
    text = _text(path)
    for number, line in enumerate(text.splitlines(), start=1):
        if not re.fullmatch(r"[0-9a-f]{64} \d{4}-\d\d-\d\d", line):
            raise DocumentError(f"{path}, line {number}: {line!r} is not a checksum and a date; repair it")
    return text


def _wording(path: Path) -> dict[str, str]:
    """Return the prose of the last document by its places; none if the file does not exist."""
    cure = "restore it, or delete it to start from scratch"
    try:
        texts: Any = json.loads(_text(path) or "{}")
    except json.JSONDecodeError as error:
        raise DocumentError(f"{path}: not JSON ({error}); {cure}") from None
    if not is_mapping(texts) or not all(isinstance(text, str) for text in texts.values()):
        raise DocumentError(f"{path}: not an object of strings; {cure}")
    return texts


def _appended(history: str, document: dict[str, Any]) -> bytes:
    """Return the history with a document as its last line."""
    checksum = _checksum(document)
    lines = [line for line in history.splitlines() if line]
    if not lines or lines[-1].split()[0] != checksum:
        lines.append(f"{checksum} {datetime.datetime.now(datetime.UTC).date()}")
    return ("\n".join(lines) + "\n").encode()


def _generate(document: dict[str, Any], destination: Path, corrections: Path) -> None:
    try:
        generate(document, destination, corrections=corrections)
    except (GenerateError, DocumentError) as error:
        raise SyncError(str(error)) from None
    except Exception as error:
        # openapi-python-client may raise anything for a document that it does not expect.
        raise SyncError(f"the generator failed on the document: {type(error).__name__}: {error}") from error


def main(
    arguments: Sequence[str] | None = None, *, openapi_json: Path = OPENAPI_JSON, generated: Path = GENERATED
) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.sync_spec", description="Update the client to SoundCloud's current OpenAPI document."
    )
    parser.add_argument(
        "--source",
        action="extend",
        nargs="+",
        metavar="URL|PATH",
        help="sources in order of preference; default SoundCloud's",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the document has changed")
    parser.add_argument("--format", choices=FORMATS, default="text", help="format of the report; default text")
    parser.add_argument("--report", type=Path, metavar="PATH", help="also write the report to this file")
    add_options(parser)
    options = parser.parse_args(arguments)
    targets = Targets(openapi_json, generated, options.report)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that temporary folders are deleted
    try:
        report, text = synchronise(
            options.source or SOURCES,
            targets,
            cast("Format", options.format),
            check=options.check,
            accepted=options.accept,
        )
    except SyncError as error:
        print(f"sync_spec: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("sync_spec: interrupted; nothing was changed", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)
    print_report(text)
    return 1 if options.check and fails(report.changes, cast("FailOn", options.fail_on)) else 0


if __name__ == "__main__":
    sys.exit(main())
