"""Reports which operations of SoundCloud's document the client covers.

    python -m tools.coverage [--format text|markdown|json|html] [--output PATH] [--fail-under N] [--document PATH]

The columns:

    generated       it has a function in `soundcloud_api.api`
    facade          it has a method on both clients, by `soundcloud.registry`
    sandbox         the sandbox has a handler for it
    cassette        a recorded test plays it
    documentation   a Python block that the tests run, in the README or docs/, uses its method

The report also counts the query parameters and the fields of requests that the facade sends, and names the others.

A column that cannot be determined is unknown, with a note, and does not fail the report. For an operation without a method the
report suggests a name and a stub, for a parameter or a field the lines to add to a method. Exit status: 0 done, 1 the facade's
share is below `--fail-under`, 2 failed.
"""

import argparse
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from tools.coverage_report.records import CoverageError, gather
from tools.coverage_report.report import FORMATS, Format, render
from tools.diff_spec import print_report
from tools.openapi.document import OPENAPI_JSON, load
from tools.openapi.fetch import DocumentError

ROOT = Path(__file__).parent.parent


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.coverage", description="Report which operations of the document the client covers."
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="format of the report; default text")
    parser.add_argument("--output", type=Path, metavar="PATH", help="write the report to this file instead")
    parser.add_argument(
        "--fail-under", type=_share, default=0.0, metavar="N", help="exit 1 if the facade has less than N %%"
    )
    parser.add_argument("--document", metavar="PATH", help="another document, JSON or YAML; default tools/openapi.json")
    options = parser.parse_args(arguments)
    try:
        document = load(options.document or str(OPENAPI_JSON))
        coverage = gather(document, name=options.document or f"tools/{OPENAPI_JSON.name}", root=root)
        report = render(coverage, cast("Format", options.format))
        if options.output is None:
            _print(report)
        else:
            _write(options.output, report)
    except (DocumentError, CoverageError) as error:
        print(f"coverage: {error}", file=sys.stderr)
        return 2
    if coverage.reaches(options.fail_under):
        return 0
    print(
        f"coverage: {coverage.count('facade')} of {len(coverage.records)} operations are in the facade, "
        f"{coverage.percent('facade'):.1f} %; --fail-under asks for {options.fail_under:g} %",
        file=sys.stderr,
    )
    return 1


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage; give a number from 0 to 100")
    return share


def _print(report: str) -> None:
    try:
        print_report(report)
        sys.stdout.flush()
    except OSError as error:
        # Otherwise the flush at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # `| head` has closed the pipe
            raise CoverageError(f"the report cannot be printed ({error.strerror}); try --output") from None


def _write(path: Path, report: str) -> None:
    try:
        path.write_text(report, encoding="utf-8")
    except OSError as error:
        raise CoverageError(f"{path}: cannot be written ({error.strerror}); use an existing folder") from None
    print(f"coverage: wrote {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
