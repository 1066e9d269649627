"""Updates the client to SoundCloud's current document, or reports the differences.

    python -m tools.sync_spec [--source URL|PATH ...] [--check] [--format text|markdown|json] [--report PATH]

Fetches the document from the first source that works, normalises it, compares it with tools/openapi.json, generates the client and
reports the changes (see tools/diff_spec.py). tools/openapi.json, generated/soundcloud_api/ and the report file are replaced
together: if a step fails, none of them changes.

With --check only the report file is written. Exit status: 0 written (with --check: no changes), 1 (--check) the document has
changed, 2 failed, 130 interrupted.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tools.diff_spec import compare, methods_by_operation, print_report
from tools.generate import GenerateError, generate
from tools.openapi.atomic_replace import staged
from tools.openapi.document import OPENAPI_JSON, dump, load, operation_ids, parse
from tools.openapi.fetch import DocumentError
from tools.openapi_diff.document_changes import Change
from tools.openapi_diff.report import FORMATS, Format, render

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
    """The files that a run writes."""

    openapi_json: Path = OPENAPI_JSON
    generated: Path = GENERATED
    report: Path | None = None


def first_document(sources: Sequence[str]) -> dict[str, Any]:
    """Return the normalised document of the first source that works, and print the errors of the others.

    Raises:
        SyncError: No source works.
    """
    for source in sources:
        try:
            document = load(source)
        except DocumentError as error:
            print(f"sync_spec: {error}", file=sys.stderr)
        else:
            print(f"sync_spec: {source}", file=sys.stderr)
            return document
    raise SyncError("no source works; check the network, or give a file with --source")


def drift(document: dict[str, Any], openapi_json: Path) -> list[Change]:
    """Compare a document with the one in openapi.json, or with an empty one if the file does not exist.

    Raises:
        SyncError: openapi.json cannot be read.
    """
    try:
        content = openapi_json.read_bytes()
    except FileNotFoundError:
        return compare({}, document, methods=methods_by_operation())
    try:
        present = parse(content, name=str(openapi_json))
    except DocumentError as error:
        raise SyncError(f"{error} (restore it, or delete it to start from scratch)") from None
    return compare(present, document, methods=methods_by_operation())


def hint(changes: Sequence[Change]) -> str | None:
    """Return the next step if there are new operations without a method, else None."""
    count = sum(change.what == "operation added" and not change.methods for change in changes)
    if not count:
        return None
    operations = "1 new operation has" if count == 1 else f"{count} new operations have"
    return f"{operations} no method yet: run `make openapi-coverage` to see what is missing."


def synchronise(sources: Sequence[str], targets: Targets, form: Format, *, check: bool) -> tuple[list[Change], str]:
    """Update the targets from the first of the sources that works, and return the changes and their report.

    With `check`, only the report is written. The client is still generated, so that the report says if it cannot be.

    Raises:
        SyncError: Reading, generating or writing failed; nothing was changed.
    """
    document = first_document(sources)
    try:
        operation_ids(document)
        changes = drift(document, targets.openapi_json)
        report = render(changes, form, hint=hint(changes))
        if check:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    _generate(document, Path(folder) / targets.generated.name)
                except SyncError as error:
                    # The caller asked for the changes; the error is part of their report.
                    if not changes:
                        raise
                    notes = [hint(changes), f"The client cannot be generated from this document: {error}"]
                    report = render(changes, form, hint="\n".join(filter(None, notes)))
            if targets.report is not None:
                with staged([targets.report]) as (new_report,):
                    new_report.write_text(report, encoding="utf-8")
        else:
            _write(document, report, targets)
    except DocumentError as error:
        raise SyncError(str(error)) from None
    except OSError as error:
        raise SyncError(f"cannot write: {error}") from None
    return changes, report


def _write(document: dict[str, Any], report: str, targets: Targets) -> None:
    paths = [targets.openapi_json, targets.generated]
    if targets.report is not None:
        paths.append(targets.report)
    with staged(paths) as (new_json, new_generated, *new_reports):
        new_json.write_bytes(dump(document))
        _generate(document, new_generated)
        for new_report in new_reports:
            new_report.write_text(report, encoding="utf-8")


def _generate(document: dict[str, Any], destination: Path) -> None:
    try:
        generate(document, destination)
    except GenerateError as error:
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
    options = parser.parse_args(arguments)
    targets = Targets(openapi_json, generated, options.report)
    try:
        changes, report = synchronise(
            options.source or SOURCES, targets, cast("Format", options.format), check=options.check
        )
    except SyncError as error:
        print(f"sync_spec: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("sync_spec: interrupted; nothing was changed", file=sys.stderr)
        return 130
    print_report(report)
    return 1 if options.check and changes else 0


if __name__ == "__main__":
    sys.exit(main())
