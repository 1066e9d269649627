"""Runs the measurements and prints one table: `make bench`, or `python -m benchmarks [--quick] [CASE ...]`.

The table shows the target of each case and whether it was reached. A missed target is not an error: a busy machine is slower, and
only ratios within one run are meaningful. A complete run also writes results.md and results.svg.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import against, alone, distant, fresh, report
from benchmarks.peer import UnavailableError, fetch, node_version
from benchmarks.rows import Row, plain_table, slower
from benchmarks.server import serving


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the named cases, or all, and print the table."""
    served = {"first": fresh.measure, **against.CASES, **distant.CASES}
    names = [*served, *alone.CASES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and print one table.")
    parser.add_argument("case", nargs="*", help=f"the cases to run, default all: {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and requests, for a trial run")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.case if name not in names]:
        parser.error(f"{unknown[0]!r} is not a case: use one of {', '.join(names)}")
    chosen = options.case or names
    rows: list[Row] = []
    nginx = node = ""
    if meeting := [name for name in chosen if name in served]:
        package, no_peer = None, ""
        try:
            node = node_version()
            package = fetch()
        except UnavailableError as reason:
            no_peer = str(reason)
            log(f"without the peer: {reason}")
        try:
            with serving() as server:
                nginx = server.version
                field = against.Field(server, package, no_peer, options.quick)
                for name in meeting:
                    log(name)
                    rows += served[name](field)
        except UnavailableError as reason:
            log(f"skipped, {', '.join(meeting)}: {reason}")
            rows += [Row(name, result=str(reason)) for name in meeting]
    for name in chosen:
        if name in alone.CASES:
            log(name)
            rows += alone.CASES[name]()
    facts = report.facts(nginx, node)
    print(f"\n{facts}; medians of interleaved rounds, ± half the interquartile range\n")
    print(plain_table(rows))
    if options.case or options.quick:
        print("\nOnly a complete run writes results.md.")
    else:
        before = report.RESULTS.read_text(encoding="utf-8") if report.RESULTS.exists() else ""
        report.write(rows, facts)
        if lines := slower(rows, before):
            print("\nWorse than the committed results, beyond the spreads of both:\n  " + "\n  ".join(lines))
        print(f"\nwritten: {', '.join(path.name for path in sorted(Path(report.FOLDER).glob('results.*')))}")


def log(text: str) -> None:
    """Print progress to standard error."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
