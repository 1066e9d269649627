"""Prints objects and lists as tables, JSON, JSON lines and CSV."""

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import attrs

from soundcloud._protocol.printable import replace_surrogates, to_printable
from soundcloud.cli.output.columns import Column, View, get_field, get_raw
from soundcloud.cli.output.fields import check_fields, check_fields_of
from soundcloud.cli.output.formatting import format_csv_cell, format_csv_row, format_json
from soundcloud.cli.output.terminal import configure_stdout, write_json, write_output

if TYPE_CHECKING:
    from rich.console import Console

    from soundcloud.cli.output.template import RowTemplate


@attrs.frozen
class Printer:
    """Prints to standard output; `width` is None without a terminal. `safe_csv` neutralizes the formulas of spreadsheets.

    `checks_fields` rejects fields that the first object does not have; without it they are null. The format `template` needs a
    `template`, of which `fields` are the fields.
    """

    format: str
    fields: tuple[str, ...]
    console: "Callable[[], Console]"
    width: int | None
    safe_csv: bool = False
    checks_fields: bool = True
    template: "RowTemplate | None" = None

    def show(self, item: object, view: View) -> None:
        """Print one object."""
        self._check_fields(item)
        match self.format:
            case "json":
                write_json(to_json(self._select(item), indent=2) + "\n")
            case "jsonl" | "csv" | "template":
                self.show_list([item], view)
            case _:
                from soundcloud.cli.output.details import print_details

                details = attrs.evolve(view, details=self._field_columns() or view.details)
                print_details(self.console(), get_raw(item) if self.fields else item, details, width=self.width)

    def show_list(self, items: Iterable[Any], view: View) -> int:
        """Print items as they arrive and return their number."""
        checked = self._check_first(iter(items), view)
        match self.format:
            case "json":
                return self._print_json(checked)
            case "jsonl":
                return _write_each((to_json(self._select(item)) + "\n" for item in checked), write_json)
            case "csv":
                return self._print_csv(checked, view)
            case "template":
                return self._print_rows(checked)
            case _:
                from soundcloud.cli.output.tables import print_table

                rows = map(get_raw, checked) if self.fields else checked
                return print_table(rows, self._field_columns() or view.columns, width=self.width)

    def _field_columns(self) -> tuple[Column, ...]:
        return tuple(Column(field, field, format_csv_cell, flexible=True, right=None) for field in self.fields)

    def _select(self, item: object) -> Any:
        """Return the raw object, or only its `--fields`."""
        raw = get_raw(item)
        return {field: get_field(raw, field) for field in self.fields} if self.fields else raw

    def _print_json(self, items: Iterator[Any]) -> int:
        texts = (to_json(self._select(item), indent=2).replace("\n", "\n  ") for item in items)
        number = _write_each((f"{',' if index else '['}\n  {text}" for index, text in enumerate(texts)), write_json)
        write_output("\n]\n" if number else "[]\n")
        return number

    def _print_csv(self, items: Iterator[Any], view: View) -> int:
        at_terminal = sys.stdout.isatty()
        if not at_terminal:
            configure_stdout(encoding="utf-8", errors="replace")
        fields = self.fields or tuple(column.path for column in view.columns or view.details if not column.marks)
        if not fields:
            # An unknown object, from `soundcloud api`: its own fields.
            first = [get_raw(item) for item in islice(items, 1)]
            fields, items = tuple(name for item in first for name in item), chain(first, items)
        write_output(format_csv_row(fields, safe=self.safe_csv))
        rows = ([format_csv_cell(get_field(raw, field)) for field in fields] for raw in map(get_raw, items))
        return _write_each(
            format_csv_row(map(to_printable, row) if at_terminal else row, safe=self.safe_csv) for row in rows
        )

    def _print_rows(self, items: Iterator[Any]) -> int:
        """Print each item as a row of the template; at a terminal, a value is one line."""
        template, at_terminal = self.template, sys.stdout.isatty()
        if template is None:
            raise TypeError("the format `template` needs a template")

        def format_row(item: Any) -> str:
            pieces = template.format(get_raw(item))
            # Every second piece is a value.
            pieces[1::2] = map(to_printable if at_terminal else replace_surrogates, pieces[1::2])
            return f"{''.join(pieces)}\n"

        return _write_each(map(format_row, items))

    def _check_first(self, items: Iterator[Any], view: View) -> Iterator[Any]:
        for first in items:
            self._check_fields(first)
            return chain([first], items)
        check_fields(self.fields, view)
        return items

    def _check_fields(self, item: object) -> None:
        if self.fields and self.checks_fields:
            check_fields_of(self.fields, item)


def to_json(value: Any, indent: int | None = None) -> str:
    """Format a value as JSON, in ASCII if standard output is not UTF-8."""
    is_utf8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    return format_json(value, ascii_only=not is_utf8, indent=indent)


def _write_each(texts: Iterable[str], write: Callable[[str], None] = write_output) -> int:
    """Write texts as they arrive and return their number."""
    number = 0
    for text in texts:
        write(text)
        number += 1
    return number
