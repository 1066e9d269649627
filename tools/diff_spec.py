"""Compares two OpenAPI documents and reports the changes that callers of a generated client notice.

    python -m tools.diff_spec OLD NEW [--format text|markdown|json] [--report PATH] [--fail-on LEVEL] [--accept PATH]

OLD and NEW are paths or http(s) URLs of OpenAPI documents of any API, JSON or YAML, as published or normalised. Prose and order
do not count. A change has one of three levels: breaking (code that was right may be wrong now), possibly breaking (it depends on
the code), and compatible. The changes in tools/accepted_changes.toml, or in the file of --accept, are listed apart with their
reason.

Exit status: 0 no change that counts, 1 at least one, 2 failed. By default every change counts that is not accepted; with --fail-on
possibly-breaking or breaking only those of at least that level, with --fail-on never none.

The JSON report is one object:

    summary     the number of changes, and of those at each level: {"changes": 3, "breaking": 1, "possibly_breaking": 0,
                "compatible": 2, "accepted": 0}
    changes     a list, in the order of the document; each entry has
        level       "breaking", "possibly breaking" or "compatible"
        where       the place: "GET /me/tracks, query parameter sort", "schema Error, errors[]"
        what        the kind of change: "field added"
        before      a description of the old value, or null
        after       a description of the new value, or null
        breaking, doubtful   whether the level is breaking, or possibly breaking
        operations  the ids of all affected operations
        methods     the methods of the facade that send these operations
        details     what the change consists of, one line each
        accepted    the reason for which the change is accepted, or null
    wording     the texts that have changed: place, and the sentences that only one side has; not counted
    stale_corrections, notes, hint   used by tools.sync_spec
"""

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from tools.openapi.document import read
from tools.openapi.fetch import DocumentError
from tools.openapi.interface import normalise
from tools.openapi.operation_list import OPERATIONS_JSON, listed_methods
from tools.openapi.schema_text import items_of, mapping
from tools.openapi_diff.acceptance import ACCEPTED, FAIL_ON, accept, fails
from tools.openapi_diff.document_changes import Change, compare
from tools.openapi_diff.report import FORMATS, Format, Report, render
from tools.openapi_diff.wording import reworded, topics, wording

__all__ = ["Change", "Report", "compare", "main", "methods_by_operation", "other_api", "print_report", "render"]


def methods_by_operation(listed: Path = OPERATIONS_JSON) -> Mapping[str, Sequence[str]]:
    """Return the facade's methods by operation; if the facade cannot be imported, print a note and return those of the list.

    Raises:
        DocumentError: The list cannot be read.
    """
    try:
        registry = importlib.import_module("soundcloud.registry")
        find = cast("Callable[[], Mapping[str, Sequence[str]]]", registry.methods_by_operation)
        return find()
    except Exception as error:
        # The report matters most when the facade does not fit the generated code.
        print(f"the facade cannot be imported ({error}); its methods are taken from {listed}", file=sys.stderr)
        return listed_methods(listed)


def print_report(report: str) -> None:
    """Print a report, and escape characters that the terminal's encoding lacks."""
    encoding = sys.stdout.encoding or "utf-8"
    print(report.encode(encoding, "backslashreplace").decode(encoding), end="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.diff_spec", description="Compare two OpenAPI documents.")
    parser.add_argument("old", metavar="OLD", help="path or URL of the old document")
    parser.add_argument("new", metavar="NEW", help="path or URL of the new document")
    parser.add_argument("--format", choices=FORMATS, default="text", help="format of the report; default text")
    parser.add_argument("--report", type=Path, metavar="PATH", help="also write the report to this file")
    add_options(parser)
    options = parser.parse_args(arguments)
    try:
        old, new = read(options.old), read(options.new)
        changes = compare(normalise(old), normalise(new), methods=methods_by_operation())
        texts = wording(old), wording(new)
        notes = [warning] if (warning := other_api(old, new)) else []
        if any(texts) and not all(texts):
            name = options.new if texts[0] else options.old
            notes.append(f"{name} has no prose, so the wording is not compared.")
        report = Report(accept(changes, options.accept), reworded(*texts, topics(old) & topics(new)), notes=notes)
        text = render(report, cast("Format", options.format))
        if options.report is not None:
            options.report.write_text(text, encoding="utf-8")
    except (DocumentError, OSError) as error:
        print(f"diff_spec: {error}", file=sys.stderr)
        return 2
    print_report(text)
    return 1 if fails(report.changes, options.fail_on) else 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for levels to a parser."""
    parser.add_argument(
        "--fail-on", choices=FAIL_ON, default="any", help="lowest level that gives exit status 1; default any"
    )
    parser.add_argument(
        "--accept",
        type=Path,
        default=ACCEPTED,
        metavar="PATH",
        help="accepted changes; default tools/accepted_changes.toml",
    )


def other_api(old: dict[str, Any], new: dict[str, Any]) -> str | None:
    """Return a warning if the documents have neither a title nor a server in common, else None."""
    titles = [mapping(side.get("info")).get("title") for side in (old, new)]
    hosts = [{mapping(server).get("url") for server in items_of(side.get("servers"))} for side in (old, new)]
    if not old.get("paths") or titles[0] == titles[1] or hosts[0] & hosts[1]:
        return None
    return f"These look like documents of two APIs: {titles[0]!r} and {titles[1]!r}, without a common server."


if __name__ == "__main__":
    sys.exit(main())
