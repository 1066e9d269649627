"""Compares two OpenAPI documents and reports the changes that callers of a generated client notice.

    python -m tools.diff_spec OLD NEW [--format text|markdown|json] [--report PATH]

OLD and NEW are paths or http(s) URLs of JSON or YAML documents, as published or normalised. Prose and order do not
count. Exit status: 0 no changes, 1 changes, 2 failed.

The JSON report is one object:

    summary     the numbers of all changes, of breaking ones and of others: {"changes": 3, "breaking": 1, "other": 2}
    changes     a list, in the order of the document; each entry has
        where       the place: "GET /me/tracks, query parameter sort", "schema Error, errors[]"
        what        the kind of change: "field added"
        before      a description of the old value, or null
        after       a description of the new value, or null
        breaking    whether code that uses the client may have to change
        operations  the ids of all affected operations
        methods     the methods of the facade that send these operations
    hint        the next step, or null
"""

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from tools.openapi.document import load
from tools.openapi.fetch import DocumentError
from tools.openapi_diff.document_changes import Change, compare
from tools.openapi_diff.report import FORMATS, Format, render

__all__ = ["Change", "compare", "main", "methods_by_operation", "print_report", "render"]


def methods_by_operation() -> Mapping[str, Sequence[str]]:
    """Return the facade's methods by operation; if the facade cannot be imported, print a note and return none."""
    try:
        registry = importlib.import_module("soundcloud.registry")
        find = cast("Callable[[], Mapping[str, Sequence[str]]]", registry.methods_by_operation)
        return find()
    except Exception as error:
        # The report matters most when the facade does not fit the generated code.
        print(f"no methods in this report: the facade cannot be imported ({error})", file=sys.stderr)
        return {}


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
    options = parser.parse_args(arguments)
    try:
        changes = compare(load(options.old), load(options.new), methods=methods_by_operation())
        report = render(changes, cast("Format", options.format))
        if options.report is not None:
            options.report.write_text(report, encoding="utf-8")
    except (DocumentError, OSError) as error:
        print(f"diff_spec: {error}", file=sys.stderr)
        return 2
    print_report(report)
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
