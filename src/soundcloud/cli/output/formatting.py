"""Values as people read them, and texts of strangers as a terminal may show them."""

from datetime import UTC, datetime
from typing import Any, cast

_JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """A text in one line, without what a terminal would obey: a title may hold anything."""
    if text.isprintable():
        return text
    shown = (letter if letter.isprintable() or letter in _JOINERS else " " for letter in text)
    return " ".join("".join(shown).split())


def plain(value: Any) -> str:
    """Any value as text; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return day(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, cast("list[Any]", value)))
    return str(value)


def clock(milliseconds: Any) -> str:
    """A duration: 3:45, or 1:02:03."""
    if not isinstance(milliseconds, int | float):
        return ""
    seconds = int(milliseconds) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def span(seconds: Any) -> str:
    """A time in words: 42 seconds, 5 minutes, 3 hours, 2 days."""
    if not isinstance(seconds, int | float):
        return ""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds / length)} {unit}s"
    return f"{int(seconds)} seconds"


def count(number: Any) -> str:
    """A number of plays or people: 98,765, then 123K, 4.5M."""
    if not isinstance(number, int | float):
        return ""
    if number < 100_000:
        return f"{int(number):,}"
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M")):
        if number >= size:
            return f"{number / size:.1f}{letter}".replace(".0", "")
    return f"{int(number // 1000)}K"


def day(moment: Any) -> str:
    """A date."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}" if isinstance(moment, datetime) else plain_or_nothing(moment)


def moment(value: Any) -> str:
    """A date and a time, in UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else plain_or_nothing(value)


def plain_or_nothing(value: Any) -> str:
    """A text as it came; nothing for anything else."""
    return value if isinstance(value, str) else ""


def number_of(urn: Any) -> str:
    """The number of a URN, which names the thing on every command line; the URN itself where it has more than one part."""
    if not isinstance(urn, str):
        return ""
    parts = urn.split(":")
    return parts[2] if len(parts) == 3 and parts[2].isdigit() else urn
