"""Compares two OpenAPI documents and says what changed for those who call a client made from them.

    python -m tools.diff_spec OLD NEW [--format text|markdown|json] [--report PATH]

OLD and NEW are paths or http(s) URLs of JSON or YAML documents, as published or normalised. Wording and order do not
count. Exit status: 0 no changes, 1 changes, 2 failed.

The JSON report is one object:

    summary     {"changes": how many, "breaking": how many of them break callers, "other": how many do not}
    changes     a list, in the order of the document; each entry has
        where       the place: "GET /me/tracks, query parameter sort", "schema Error, errors[]"
        what        the kind of change, "field added"
        before      what stood there, in words, or null
        after       what stands there now, in words, or null
        breaking    whether code that calls the client as it was may have to change
        operations  the names of all operations that it touches
        methods     the methods of the facade that call these operations
    hint        what to do next, or null
"""

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from tools.openapi.document import DocumentError, load
from tools.openapi_diff.change import Change
from tools.openapi_diff.document_changes import compare
from tools.openapi_diff.report import FORMATS, Format, render

__all__ = ["Change", "compare", "main", "methods_by_operation", "print_report", "render"]


def methods_by_operation() -> Mapping[str, Sequence[str]]:
    """Return the facade's methods by operation; none, with a note on stderr, if the facade cannot be imported."""
    try:
        registry = importlib.import_module("soundcloud.registry")
        find = cast("Callable[[], Mapping[str, Sequence[str]]]", registry.methods_by_operation)
        return find()
    except Exception as error:
        # A facade that does not fit what is generated is when one needs the report most.
        print(f"no methods in this report: the facade cannot be imported ({error})", file=sys.stderr)
        return {}


def print_report(report: str) -> None:
    """Print a report, escaping what the terminal's encoding does not have."""
    encoding = sys.stdout.encoding or "utf-8"
    print(report.encode(encoding, "backslashreplace").decode(encoding), end="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.diff_spec", description="Compare two OpenAPI documents.")
    parser.add_argument("old", metavar="OLD", help="path or URL of the document before")
    parser.add_argument("new", metavar="NEW", help="path or URL of the document after")
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the report; default text")
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
