"""The items of a bulk change: from the command line, or one per line from standard input."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import click

from soundcloud._atomic_file import check_space, naming_file, replace_file
from soundcloud._protocol.printable import to_printable
from soundcloud.cli.framework.last_list import expand_row, expand_rows

_HEADERS = {"id", "urn"}
_COMMENT = " # "


def read_items(arguments: Sequence[str], *, unique: bool = True) -> list[str]:
    """Return the items to change in order, by default each once.

    `:3` and `:1-5` are rows of the last list. `-`, or no argument if standard input is not a terminal, reads lines: ids, URNs,
    URLs, the output of `--jsonl` or of `--csv --fields id`, or the file of `--failed`.
    """
    items = expand_rows(arguments)
    if not items and sys.stdin.isatty():
        raise click.UsageError("name at least one item, or pass items on standard input, one per line")
    if items in ([], ["-"]):
        items = list(_read_lines(sys.stdin))
    elif "-" in items:
        raise click.UsageError("use either - for standard input or items on the command line, not both")
    if not items:
        raise click.UsageError("standard input is empty: pass items, one per line")
    return list(dict.fromkeys(items)) if unique else items


def read_item(argument: str) -> str:
    """Return an argument that names one resource; `:3` is a row of the last list, and `-` reads standard input."""
    if argument != "-":
        rows = expand_row(argument)
        if len(rows) > 1:
            raise click.UsageError(f"{argument!r} names {len(rows)} rows, and this command takes one")
        return rows[0]
    items = read_items([argument])
    if len(items) > 1:
        raise click.UsageError(f"standard input has {len(items)} items, and this command takes one: select it first")
    return items[0]


def _read_lines(stream: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(stream):
        # Editors of Windows put a byte order mark before the first line.
        item = line.removeprefix("\ufeff").partition(_COMMENT)[0].strip()
        if not item or item.startswith("#") or (number == 0 and item in _HEADERS):
            continue
        yield _read_urn(item) if item.startswith("{") else item


def _read_urn(line: str) -> str:
    """Return the URN of a JSON object."""
    try:
        urn = cast("dict[str, Any]", json.loads(line)).get("urn")
    except (ValueError, AttributeError, RecursionError):
        urn = None
    if not isinstance(urn, str):
        raise click.UsageError(f"this line has no urn: {line[:60]}; for a list in JSON, use the output of --jsonl")
    return urn


def check_writable(path: Path) -> None:
    """Check that `write_failed` can write a file; raise an `OSError` if it cannot."""
    if not path.exists() or path.is_file():
        check_space(path, 0, draft_suffix=f".{os.getpid()}.new")


def write_failed(path: Path, failed: Iterable[tuple[str, str]]) -> None:
    """Write items and the reasons why they failed, in a form that `read_items` reads; replace the file."""
    lines = (f"{item}{_COMMENT}{to_printable(reason)}\n" for item, reason in failed)
    content = "".join(lines).encode("utf-8", "surrogateescape")
    if path.exists() and not path.is_file():
        # A device or a pipe, such as /dev/stderr.
        with naming_file(path):
            path.write_bytes(content)
    else:
        # An item may be a share link.
        replace_file(path, content)
