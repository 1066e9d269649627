"""Runs the measurements and prints one table: `make bench`, or `python -m benchmarks [--quick] [CASE ...]`.

What is asked of each is a column, and whether it is reached is another. Nothing fails here: a slow day is no defect, and only
ratios within one run count. A whole run writes results.md and results.svg too.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import against, alone, report
from benchmarks.peer import UnavailableError, fetch, node_version
from benchmarks.rows import Row, plain_table
from benchmarks.server import serving


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is named, or everything, and print the table."""
    names = [*against.CASES, *alone.CASES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and print one table.")
    parser.add_argument("case", nargs="*", help=f"what to measure, default all: {', '.join(names)}")
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds and calls against others: to try, not to publish"
    )
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.case if name not in names]:
        parser.error(f"no case is called {unknown[0]!r}; there are {', '.join(names)}")
    chosen = options.case or names
    rows: list[Row] = []
    nginx = node = ""
    if meeting := [name for name in chosen if name in against.CASES]:
        package, no_peer = None, ""
        try:
            node = node_version()
            package = fetch()
        except UnavailableError as reason:
            no_peer = str(reason)
            say(f"without the peer: {reason}")
        try:
            with serving() as server:
                nginx = server.version
                field = against.Field(server, package, no_peer, options.quick)
                for name in meeting:
                    say(name)
                    rows += against.CASES[name](field)
        except UnavailableError as reason:
            say(f"skipped, {', '.join(meeting)}: {reason}")
            rows += [Row(name, result=str(reason)) for name in meeting]
    for name in chosen:
        if name in alone.CASES:
            say(name)
            rows += alone.CASES[name]()
    facts = report.facts(nginx, node)
    print(f"\n{facts}; medians of interleaved rounds, ± half the interquartile range\n")
    print(plain_table(rows))
    if options.case or options.quick:
        print("\nresults.md is written by a whole run only.")
    else:
        report.write(rows, facts)
        print(f"\nwritten: {', '.join(path.name for path in sorted(Path(report.FOLDER).glob('results.*')))}")


def say(what: str) -> None:
    """Tell what is going on; the table comes at the end."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
