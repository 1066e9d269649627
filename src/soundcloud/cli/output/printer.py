"""Prints objects and lists: as tables for people, as JSON, JSON lines and CSV for programs."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import attrs

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.output.columns import Column, Shape, dig, raw_of
from soundcloud.cli.output.formatting import printable

if TYPE_CHECKING:
    from rich.console import Console

# Terminals obey these, too; in JSON they can be written in another way.
_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


@attrs.frozen
class Output:
    """Where and how to print.

    Attributes:
        format: `table`, `json`, `jsonl` or `csv`.
        fields: The fields that were asked for; empty for all.
        console: Prints to standard output.
        window: How many cells a line has; None where nobody looks at it.
    """

    format: str
    fields: tuple[str, ...]
    console: "Callable[[], Console]"
    window: int | None

    def show(self, item: object, shape: Shape) -> None:
        """Print one object."""
        self._check(item)
        match self.format:
            case "json":
                _write(_json(self._picked(item), indent=2) + "\n")
            case "jsonl":
                _write(_json(self._picked(item)) + "\n")
            case "csv":
                self._print_csv(iter([item]), shape)
            case _:
                from soundcloud.cli.output.tables import print_lines

                chosen = Shape(shape.plural, (), self._columns(shape, whole=True))
                console = self.console()
                print_lines(console, item if not self.fields else raw_of(item), chosen, window=self.window)

    def show_list(self, items: Iterable[Any], shape: Shape) -> int:
        """Print a list as it comes, and count it."""
        every = self._checked(iter(items))
        match self.format:
            case "json":
                return self._print_json(every)
            case "jsonl":
                number = 0
                for number, item in enumerate(every, start=1):  # noqa: B007 - the last one counts
                    _write(_json(self._picked(item)) + "\n")
                return number
            case "csv":
                return self._print_csv(every, shape)
            case _:
                from soundcloud.cli.output.tables import print_table

                rows = map(raw_of, every) if self.fields else every
                return print_table(self.console(), rows, self._columns(shape), window=self.window)

    def _columns(self, shape: Shape, *, whole: bool = False) -> tuple[Column, ...]:
        if self.fields:
            return tuple(Column(field, field, _compact, flexible=True) for field in self.fields)
        return shape.lines if whole else shape.columns

    def _picked(self, item: object) -> Any:
        raw = raw_of(item)
        return {field: dig(raw, field) for field in self.fields} if self.fields else raw

    def _print_json(self, items: Iterator[Any]) -> int:
        number = 0
        for number, item in enumerate(items, start=1):
            text = _json(self._picked(item), indent=2).replace("\n", "\n  ")
            _write(("[\n  " if number == 1 else ",\n  ") + text)
        _write("\n]\n" if number else "[]\n")
        return number

    def _print_csv(self, items: Iterator[Any], shape: Shape) -> int:
        at_terminal = sys.stdout.isatty()
        if not at_terminal:
            set_output(encoding="utf-8")
        fields = self.fields or tuple(column.path for column in shape.columns or shape.lines)
        if not fields:
            # Nobody knows what this is: its own names.
            first = [raw_of(item) for item in islice(items, 1)]
            fields, items = tuple(name for item in first for name in item), chain(first, items)
        _write(_csv_line(fields))
        number = 0
        for number, raw in enumerate(map(raw_of, items), start=1):  # noqa: B007 - the last one counts
            values = [_compact(dig(raw, field)) for field in fields]
            _write(_csv_line(map(printable, values) if at_terminal else values))
        return number

    def _checked(self, items: Iterator[Any]) -> Iterator[Any]:
        for first in items:
            self._check(first)
            return chain([first], items)
        return items

    def _check(self, item: object) -> None:
        """Refuse a field that the first object cannot have: a misspelt one would be an empty column."""
        known = {*raw_of(item), *(field.name for field in getattr(type(item), "__attrs_attrs__", ()))}
        for field in self.fields:
            if field.partition(".")[0] not in known:
                raise CommandError(
                    f"there is no field {field!r} here", f"take of {', '.join(sorted(known))}", code=USAGE
                )


def set_output(**settings: str) -> None:
    """Set how standard output writes texts, where it is a file."""
    output: Any = sys.stdout
    if hasattr(output, "reconfigure"):
        output.reconfigure(**settings)


def _json(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, ensure_ascii=not _speaks_utf8(), indent=indent)
    return text.translate(_CONTROLS)


def _compact(value: Any) -> str:
    """A value in one cell: texts as they are, objects and lists as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return _json(value)


def _csv_line(values: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


def _speaks_utf8() -> bool:
    return sys.stdout.encoding.lower().replace("-", "") == "utf8"


def _write(text: str) -> None:
    sys.stdout.write(text)
