"""Tables that fit the terminal. Widths are computed from the first rows; columns are cut or hidden to fit."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, cast

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.style import Style
from rich.text import Text

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.output.columns import OPTIONAL_RANK, Column, View, get_field
from soundcloud_api.types import redact

_MEASURED_ROWS = 50
_GAP = 2
_MINIMUM_BODY = 8
_MAXIMUM_FLEXIBLE = 48


class TableConsole(Console):
    """A console that raises `BrokenPipeError`."""

    def on_broken_pipe(self) -> None:
        """Raise the error again; rich's own handler would exit with code 1."""
        raise


def print_table(console: Console, items: Iterable[Any], columns: Sequence[Column], *, width: int | None) -> int:
    """Print a table as the items arrive, at most `width` cells wide, and return the number of rows."""
    rows = iter(items)
    measured = list(islice(rows, _MEASURED_ROWS))
    texts = [[_format_field(item, column) for column in columns] for item in measured]
    widths = fit_columns(columns, texts, width)
    ellipsis = _ellipsis(console) if width is not None else ""
    shown = [(column, width) for column, width in zip(columns, widths, strict=True) if width]
    if measured:
        headings = _join_cells(shown, (Text(column.heading, "bold") for column, _ in shown), ellipsis)
        _print(console, headings)
    number = 0
    for item in chain(measured, rows):
        number += 1
        _print(console, _join_cells(shown, (_make_cell(item, column) for column, _ in shown), ellipsis))
    return number


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


def print_details(console: Console, item: object, view: View, *, width: int | None) -> None:
    """Print one object with a line for each field that has a value; long values are wrapped."""
    lines = [(column, text) for column in view.details if (text := _format_field(item, column, multiline=True))]
    indent = max((cell_len(column.heading) for column, _ in lines), default=0) + _GAP
    for column, text in lines:
        label = Text(f"{column.heading:<{indent}}", "bold")
        print_wrapped(console, label, Text(text, _link_style(item, column)), width=width, wrap=column.link is None)


def print_wrapped(console: Console, label: Text, body: Text, *, width: int | None, wrap: bool = True) -> None:
    """Print a text with a label before it; wrapped lines are indented by its width. A wrapped URL could not be opened."""
    room = 10_000 if width is None else max(width - len(label), _MINIMUM_BODY)
    for number, part in enumerate(body.wrap(console, room, no_wrap=not wrap)):
        part.rstrip()
        _print(console, Text.assemble(Text(" " * len(label)) if number else label, part))


def _format_field(item: object, column: Column, *, multiline: bool = False) -> str:
    text = redact(column.format(get_field(item, column.path)))
    if multiline:
        return "\n".join(to_printable(line) for line in text.splitlines()).strip()
    return to_printable(text)


def _link_style(item: object, column: Column) -> Style:
    url = get_field(item, column.link) if column.link else None
    is_safe = isinstance(url, str) and url.startswith(("http://", "https://")) and url.isprintable()
    # A URL with the secret token of a share link is not made clickable: the escape sequence would show it.
    is_safe = is_safe and redact(cast("str", url)) == url
    return Style(link=cast("str", url)) if is_safe else Style()


def _make_cell(item: object, column: Column) -> Text:
    return Text(_format_field(item, column), _link_style(item, column))


def _join_cells(shown: Sequence[tuple[Column, int]], cells: Iterable[Text], ellipsis: str) -> Text:
    line = Text()
    for number, ((column, width), cell) in enumerate(zip(shown, cells, strict=True)):
        length = cell_len(cell.plain)
        if ellipsis and length > width:
            cell.plain = set_cell_size(cell.plain, max(width - len(ellipsis), 0)).rstrip() + ellipsis[:width]
            length = cell_len(cell.plain)
        padding = Text(" " * max(0, width - length))
        line.append_text(Text.assemble(padding, cell) if column.right else Text.assemble(cell, padding))
        if number < len(shown) - 1:
            line.append(" " * _GAP)
    line.rstrip()
    return line


def _ellipsis(console: Console) -> str:
    return "\u2026" if console.encoding.startswith("utf") else "..."


def _print(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=True, highlight=False)
