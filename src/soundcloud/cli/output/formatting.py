"""Formats values for the terminal and for CSV: durations, counts, dates, ids."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO
from typing import Any, cast

from soundcloud._protocol.printable import escape_unsafe, replace_surrogates

# Spreadsheets run a cell that starts with one of these, also after spaces and quotes (OWASP, CSV Injection).
_FORMULA = re.compile("[\\s\"']*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?", re.ASCII)


def format_value(value: Any) -> str:
    """Format any value; None is an empty string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return format_date(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(format_value, cast("list[Any]", value)))
    return str(value)


def format_duration(milliseconds: Any) -> str:
    """Format a duration in milliseconds: 3:45 or 1:02:03."""
    if not isinstance(milliseconds, int | float):
        return ""
    seconds = int(milliseconds) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def format_seconds(seconds: Any) -> str:
    """Format seconds in words: 42 seconds, 5 minutes, 3 hours, 2 days."""
    if not isinstance(seconds, int | float):
        return ""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds / length)} {unit}s"
    return with_noun(int(seconds), "second")


def with_noun(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is 1: 1 file, 2 files."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_count(number: Any) -> str:
    """Format a count: 98,765, then 123K, 4.5M."""
    if not isinstance(number, int | float):
        return ""
    if number < 100_000:
        return f"{int(number):,}"
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M")):
        if number >= size:
            return f"{number / size:.1f}{letter}".replace(".0", "")
    return f"{int(number // 1000)}K"


def format_date(value: Any) -> str:
    """Format the date of a datetime in UTC; a string stays as it is."""
    return f"{value.astimezone(UTC):%Y-%m-%d}" if isinstance(value, datetime) else _string_or_empty(value)


def format_datetime(value: Any) -> str:
    """Format a datetime in UTC; a string stays as it is."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else _string_or_empty(value)


def _string_or_empty(value: Any) -> str:
    return value if isinstance(value, str) else ""


def format_id(urn: Any) -> str:
    """Return the id of a URN, which every command accepts, or the URN itself if it has more than one part."""
    if not isinstance(urn, str):
        return ""
    parts = urn.split(":")
    return parts[2] if len(parts) == 3 and parts[2].isdigit() else urn


def format_json(value: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """Format a value as JSON; characters that a terminal obeys, or that cannot be encoded, are escaped."""
    return escape_unsafe(json.dumps(value, ensure_ascii=ascii_only, indent=indent))


def format_csv_cell(value: Any) -> str:
    """Format a value for a cell of CSV: strings as they are, objects and lists as JSON."""
    return value or "" if value is None or isinstance(value, str) else format_json(value)


def format_csv_row(values: Iterable[str], *, safe: bool = False) -> str:
    """Format one row of CSV, with its line break.

    Args:
        values: The cells.
        safe: Whether a cell that a spreadsheet would run as a formula gets an apostrophe at its start.
    """
    import csv

    cells = (f"'{value}" if safe and is_formula(value) else value for value in values)
    row = StringIO()
    # Python 3.11 quotes a carriage return only if it is in the line terminator.
    csv.writer(row, lineterminator="\r\n").writerow(map(replace_surrogates, cells))
    return row.getvalue().removesuffix("\r\n") + "\n"


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet may run a cell as a formula; a number such as -2.5 is none."""
    return _FORMULA.match(cell) is not None and _NUMBER.fullmatch(cell) is None
