"""Parameter types for ranges and positions: 120-130, 2:00-5:00, 2026-01-01..2026-06-30, 1:30."""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    ParamType = click.ParamType[Any]
else:
    # Only the newest click has a generic one.
    ParamType = click.ParamType

_HOURS_MINUTES_SECONDS = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")


class ParsedType(ParamType):
    """The values of a function that raises a ValueError with a message for the user."""

    name = "value"

    def __init__(self, parse: Callable[[str], Any]) -> None:
        self._parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Call the function."""
        if not isinstance(value, str):
            return value
        try:
            return self._parse(value)
        except ValueError as error:
            self.fail(str(error))


class IntegerType(click.IntRange):
    """An integer within limits. In its errors, click calls other values "not a valid integer range"."""

    name = "integer"


class NumberType(click.FloatRange):
    """A finite number within limits; see `IntegerType`."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Convert a number. click accepts nan, which compares with no limit, and inf without an upper limit."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{str(value)!r} is not a valid number.", param, ctx)
        return number


class _Range(ParamType, ABC):
    """Two values with a separator between them, of which either may be missing, or one value."""

    separator = "-"
    kind = "a range"
    examples = ""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse both ends."""
        if not isinstance(value, str):
            return value
        before, separator, after = (part.strip() for part in value.partition(self.separator))
        if not separator:
            # One value: from its start to its end.
            after = before
        try:
            ends = self.parse_end(before) if before else None, self.parse_end(after, last=True) if after else None
        except (ValueError, OverflowError):
            ends = (None, None)
        if ends == (None, None):
            self.fail(f"{value!r} is not {self.kind}; examples: {self.examples}")
        start, end = ends
        if start is not None and end is not None and start > end:
            self.fail(f"{value!r} starts after its end; example: {after}{self.separator}{before}")
        return ends

    @abstractmethod
    def parse_end(self, text: str, *, last: bool = False) -> Any:
        """Parse one end."""


class IntegerRangeType(_Range):
    """Integers: 120-130, 120-, -90."""

    name = "from-to"
    kind = "a range of integers"
    examples = "120, 120-130, 120-, -130"

    def parse_end(self, text: str, *, last: bool = False) -> int:
        """Parse an integer; 120.0 is one too."""
        number = float(text)
        if not number.is_integer():
            raise ValueError(f"{text!r} is not an integer")
        return int(number)


class DurationRangeType(_Range):
    """Durations: 2:00-5:00, 1:00:00-."""

    name = "m:ss-m:ss"
    examples = "3:00, 2:00-5:00, 2:00-, -5:00"

    def parse_end(self, text: str, *, last: bool = False) -> timedelta:
        """Parse hours, minutes and seconds, or seconds; the end of a range includes its last second."""
        more = timedelta(milliseconds=999) if last and "." not in text else timedelta()
        found = _HOURS_MINUTES_SECONDS.fullmatch(text)
        if found is None:
            return timedelta(seconds=float(text)) + more
        return timedelta(hours=int(found[1] or 0), minutes=int(found[2]), seconds=int(found[3])) + more


class DateRangeType(_Range):
    """Dates in UTC, both included: 2026-01-01..2026-06-30."""

    separator = ".."
    name = "date..date"
    examples = "2026-06-30, 2026-01-01..2026-06-30, 2026-01-01.., ..2026-06-30"

    def parse_end(self, text: str, *, last: bool = False) -> datetime:
        """Parse a date or a datetime; a date that ends a range includes its last second."""
        value = datetime.fromisoformat(text)
        if last and len(text) == len("2026-06-30"):
            value += timedelta(days=1, seconds=-1)
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


class PositionType(ParamType):
    """A position in a track, in milliseconds: 45, 1:30, 1:02:03."""

    name = "m:ss"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse hours, minutes and seconds, or seconds."""
        if not isinstance(value, str):
            return value
        try:
            position = DurationRangeType().parse_end(value.strip())
        except ValueError:
            position = None
        if position is None or position < timedelta():
            self.fail(f"{value!r} is not a position in a track; examples: 1:30, 90")
        return int(position.total_seconds() * 1000)
