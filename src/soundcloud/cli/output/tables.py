"""Tables that fit the terminal. Widths are computed from the first rows; columns are cut or hidden to fit."""

import sys
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple, cast

import attrs
from rich.cells import cell_len, set_cell_size

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.output.columns import OPTIONAL_RANK, Column, get_field
from soundcloud.cli.output.terminal import style_text, write_styled
from soundcloud_api.types import redact

_MEASURED_ROWS = 50
_GAP = 2
_MAXIMUM_FLEXIBLE = 48


def print_table(items: Iterable[Any], columns: Sequence[Column], *, width: int | None) -> int:
    """Print a table as the items arrive, at most `width` cells wide, and return the number of rows."""
    rows = iter(items)
    measured = list(islice(rows, _MEASURED_ROWS))
    shown = choose_columns(measured, columns, width)
    ellipsis = _ellipsis() if width is not None else ""
    if measured:
        headings = (Cell(column.heading, "bold") for column, _ in shown)
        write_styled(_join_cells(shown, headings, ellipsis))
    number = 0
    for item in chain(measured, rows):
        number += 1
        write_styled(_join_cells(shown, (_make_cell(item, column) for column, _ in shown), ellipsis))
    return number


def plain_line(item: object, shown: Sequence[tuple[Column, int]], ellipsis: str = "\u2026") -> str:
    """Return a row of a table as text without styles, with the columns of `choose_columns`."""
    return _join_cells(shown, (Cell(format_field(item, column)) for column, _ in shown), ellipsis)


def choose_columns(items: Sequence[Any], columns: Sequence[Column], width: int | None) -> list[tuple[Column, int]]:
    """Return the columns to show, with their widths."""
    columns = [_align(column, items) for column in columns if not column.marks or _has_marks(column, items)]
    texts = [[format_field(item, column) for column in columns] for item in items]
    widths = fit_columns(columns, texts, width)
    return [(column, width) for column, width in zip(columns, widths, strict=True) if width]


def _has_marks(column: Column, items: Iterable[Any]) -> bool:
    return any(format_field(item, column) for item in items)


def _align(column: Column, items: Iterable[Any]) -> Column:
    """Return a column with its side: a column of a field that the user chose is on the right if its values are numbers."""
    if column.right is not None:
        return column
    values = [value for item in items if (value := get_field(item, column.path)) is not None]
    numbers = bool(values) and all(isinstance(value, int | float) for value in values)
    return attrs.evolve(column, right=numbers, flexible=column.flexible and not numbers)


def fit_columns(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> list[int]:
    """Return the width of each column so that a line has at most `width` cells; 0 hides a column."""
    widths = [
        max([cell_len(column.heading), *(cell_len(row[index]) for row in rows)]) for index, column in enumerate(columns)
    ]
    if width is None:
        return widths
    widths = [
        min(each, _MAXIMUM_FLEXIBLE) if column.flexible else each for column, each in zip(columns, widths, strict=True)
    ]
    visible = set(range(len(columns)))
    while True:
        excess = sum(widths[index] for index in visible) + _GAP * (len(visible) - 1) - width
        room = {
            index: each
            for index in visible
            if (each := widths[index] - columns[index].minimum) > 0 and columns[index].flexible
        }
        last = max(visible, key=lambda index: columns[index].rank)
        rank = columns[last].rank
        if rank == 0 or excess <= (0 if rank >= OPTIONAL_RANK else sum(room.values())):
            break
        visible.discard(last)
    for _ in range(excess):
        # Cut one cell at a time from the widest column, so that short values stay whole.
        if not any(room.values()):
            break
        widest = max((index for index, left in room.items() if left), key=lambda index: widths[index])
        widths[widest] -= 1
        room[widest] -= 1
    return [each if index in visible else 0 for index, each in enumerate(widths)]


def format_field(item: object, column: Column, *, multiline: bool = False) -> str:
    """Return the text of a field, without the secrets of share links and without unsafe characters."""
    text = redact(column.format(get_field(item, column.path)))
    if multiline:
        return "\n".join(to_printable(line) for line in text.splitlines()).strip()
    return to_printable(text)


def link_of(item: object, column: Column) -> str | None:
    """Return the URL that a click on a field opens.

    A URL with the secret token of a share link is not made clickable: the escape sequence would show it.
    """
    url = get_field(item, column.link) if column.link else None
    is_safe = isinstance(url, str) and url.startswith(("http://", "https://")) and url.isprintable()
    return url if is_safe and redact(cast("str", url)) == url else None


class Cell(NamedTuple):
    """A text with its style and its link."""

    text: str
    style: str = ""
    url: str | None = None


def _make_cell(item: object, column: Column) -> Cell:
    text = format_field(item, column)
    return Cell(text, column.style_of(text), link_of(item, column))


def _join_cells(shown: Sequence[tuple[Column, int]], cells: Iterable[Cell], ellipsis: str) -> str:
    line = ""
    for number, ((column, width), cell) in enumerate(zip(shown, cells, strict=True)):
        text = cell.text
        if ellipsis and cell_len(text) > width:
            text = set_cell_size(text, max(width - len(ellipsis), 0)).rstrip() + ellipsis[:width]
        padding = " " * max(0, width - cell_len(text))
        styled = style_text(text, cell.style, cell.url)
        line += padding + styled if column.right else styled + padding
        if number < len(shown) - 1:
            line += " " * _GAP
    return line.rstrip()


def _ellipsis() -> str:
    return "\u2026" if sys.stdout.encoding.lower().startswith("utf") else "..."
