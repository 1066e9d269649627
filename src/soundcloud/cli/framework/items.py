"""What a writing command is to act on: named on the command line, or one per line on standard input."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_HEADINGS = {"id", "urn"}
_MARK = " # "


def failed_option(function: Decorated) -> Decorated:
    """Add `--failed`."""
    return click.option(
        "--failed",
        type=click.Path(path_type=Path, dir_okay=False, writable=True),
        metavar="FILE",
        help="Write what was not done to this file; give it to the same command's standard input to try again.",
    )(function)


def read_items(arguments: Sequence[str]) -> list[str]:
    """Find out what to act on, each once, in order.

    Args:
        arguments: The command line's. `-`, or nothing at all where standard input is no terminal, reads lines: numbers, URNs
            or links, the objects of `--jsonl`, the cells of `--csv --fields id`, or the file of `--failed`.

    Returns:
        The items.

    Raises:
        click.UsageError: There are none.
    """
    named = list(arguments)
    if not named and sys.stdin.isatty():
        raise click.UsageError("name at least one, or give them on standard input, one per line")
    if named in ([], ["-"]):
        named = list(_lines(sys.stdin))
    elif "-" in named:
        raise click.UsageError("- reads standard input, and stands alone")
    if not named:
        raise click.UsageError("there is nothing on standard input")
    return list(dict.fromkeys(named))


def _lines(stream: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(stream):
        text = line.partition(_MARK)[0].strip()
        if not text or text.startswith("#") or (number == 0 and text in _HEADINGS):
            continue
        yield _named_by(text) if text.startswith("{") else text


def _named_by(line: str) -> str:
    """What an object of `--jsonl` is called."""
    try:
        urn = cast("dict[str, Any]", json.loads(line)).get("urn")
    except ValueError:
        urn = None
    if not isinstance(urn, str):
        raise click.UsageError(f"this line names nothing, it has no urn: {line[:60]}")
    return urn


def write_failed(path: Path, failed: Iterable[tuple[str, str]]) -> None:
    """Write what was not done, so that `read_items` can read it.

    Args:
        path: The file; it is replaced.
        failed: The items, and why.
    """
    lines = (f"{item}{_MARK}{' '.join(reason.split())}\n" for item, reason in failed)
    path.write_text("".join(lines), encoding="utf-8")
