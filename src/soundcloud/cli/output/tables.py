"""Tables that fit the window: columns are measured on the first rows, cut where they may be, left out where they must be."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, cast

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.style import Style
from rich.text import Text

from soundcloud.cli.output.columns import SPARE, Column, Shape, dig
from soundcloud.cli.output.formatting import printable
from soundcloud_api.types import redact

_MEASURED = 50
_GAP = 2
_LEAST_TEXT = 8
_WIDEST = 48


class TableConsole(Console):
    """A console that leaves broken pipes to the end of the command."""

    def on_broken_pipe(self) -> None:
        """Raise it again: the console's own way ends the program with an error."""
        raise


def print_table(console: Console, items: Iterable[Any], columns: Sequence[Column], *, window: int | None) -> int:
    """Print a table, row by row as the items come.

    Args:
        console: Where to.
        items: The items.
        columns: The columns.
        window: How many cells a line may have; None for as many as it needs.

    Returns:
        How many rows there were.
    """
    rows = iter(items)
    measured = list(islice(rows, _MEASURED))
    widths = fit(columns, [[_text(item, column) for column in columns] for item in measured], window)
    mark = _mark(console) if window is not None else ""
    shown = [(column, width) for column, width in zip(columns, widths, strict=True) if width]
    if measured:
        headings = _join(shown, (Text(column.heading, "bold") for column, _ in shown), mark)
        _print(console, headings)
    number = 0
    for item in chain(measured, rows):
        number += 1
        _print(console, _join(shown, (_cell(item, column) for column, _ in shown), mark))
    return number


def fit(columns: Sequence[Column], rows: Sequence[Sequence[str]], window: int | None) -> list[int]:
    """Decide how wide each column is.

    Args:
        columns: The columns.
        rows: The texts of the first rows.
        window: How many cells there are; None for as many as are needed.

    Returns:
        The width of each column; 0 for one that is left out.
    """
    widths = [
        max([cell_len(column.heading), *(cell_len(row[place]) for row in rows)]) for place, column in enumerate(columns)
    ]
    if window is None:
        return widths
    widths = [min(width, _WIDEST) if column.flexible else width for column, width in zip(columns, widths, strict=True)]
    kept = set(range(len(columns)))
    while True:
        excess = sum(widths[place] for place in kept) + _GAP * (len(kept) - 1) - window
        room = {
            place: each
            for place in kept
            if (each := widths[place] - columns[place].least) > 0 and columns[place].flexible
        }
        last = max(kept, key=lambda place: columns[place].rank)
        rank = columns[last].rank
        if rank == 0 or excess <= (0 if rank >= SPARE else sum(room.values())):
            break
        kept.discard(last)
    for _ in range(excess):
        # A cell at a time from the widest: short texts stay whole as long as there are longer ones.
        if not any(room.values()):
            break
        widest = max((place for place, left in room.items() if left), key=lambda place: widths[place])
        widths[widest] -= 1
        room[widest] -= 1
    return [width if place in kept else 0 for place, width in enumerate(widths)]


def print_lines(console: Console, item: object, shape: Shape, *, window: int | None) -> None:
    """Print one object, a line for each field that it has; long texts go on below."""
    lines = [(column, text) for column in shape.lines if (text := _text(item, column, whole=True))]
    indent = max((cell_len(column.heading) for column, _ in lines), default=0) + _GAP
    for column, text in lines:
        label = Text(f"{column.heading:<{indent}}", "bold")
        print_wrapped(console, label, Text(text, _style(item, column)), window=window, whole=column.link is not None)


def print_wrapped(console: Console, label: Text, body: Text, *, window: int | None, whole: bool = False) -> None:
    """Print a text behind its label, in as many lines as it takes.

    Args:
        console: Where to.
        label: What stands before it; the same room is left free below.
        body: The text.
        window: How many cells a line may have; None for as many as it needs.
        whole: Whether lines are not broken: a link that is would lead nowhere.
    """
    room = 10_000 if window is None else max(window - len(label), _LEAST_TEXT)
    for number, part in enumerate(body.wrap(console, room, no_wrap=whole)):
        part.rstrip()
        _print(console, Text.assemble(Text(" " * len(label)) if number else label, part))


def _text(item: object, column: Column, *, whole: bool = False) -> str:
    text = redact(column.write(dig(item, column.path)))
    if whole:
        return "\n".join(printable(line) for line in text.splitlines()).strip()
    return printable(text)


def _style(item: object, column: Column) -> Style:
    link = dig(item, column.link) if column.link else None
    fine = isinstance(link, str) and link.startswith(("http://", "https://")) and link.isprintable()
    # The secret of a share link is shown to nobody, not in what a terminal opens either.
    fine = fine and redact(cast("str", link)) == link
    return Style(link=cast("str", link)) if fine else Style()


def _cell(item: object, column: Column) -> Text:
    return Text(_text(item, column), _style(item, column))


def _join(shown: Sequence[tuple[Column, int]], cells: Iterable[Text], mark: str) -> Text:
    line = Text()
    for number, ((column, width), cell) in enumerate(zip(shown, cells, strict=True)):
        length = cell_len(cell.plain)
        if mark and length > width:
            cell.plain = set_cell_size(cell.plain, max(width - len(mark), 0)).rstrip() + mark[:width]
            length = cell_len(cell.plain)
        padding = Text(" " * max(0, width - length))
        line.append_text(Text.assemble(padding, cell) if column.right else Text.assemble(cell, padding))
        if number < len(shown) - 1:
            line.append(" " * _GAP)
    line.rstrip()
    return line


def _mark(console: Console) -> str:
    """What stands where a text was cut."""
    return "\u2026" if console.encoding.startswith("utf") else "..."


def _print(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=True, highlight=False)
