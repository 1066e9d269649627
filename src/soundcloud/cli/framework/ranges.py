"""Ranges on the command line: 120-130, 2:00-5:00, 2026-01-01..2026-06-30; an end may be left open."""

import re
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

import click

T = TypeVar("T")

Ends: TypeAlias = tuple[T | None, T | None]

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")


class _Range(click.ParamType[Any], ABC):
    """Two values with a mark between them."""

    mark = "-"
    example = ""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the two ends."""
        if not isinstance(value, str):
            return value
        before, mark, after = value.partition(self.mark)
        try:
            ends = self.end(before.strip()), self.end(after.strip(), last=True) if mark else None
        except ValueError:
            ends = (None, None)
        if ends == (None, None):
            self.fail(f"{value!r} is no range; it should look like {self.example}, and one of the ends may be missing")
        return ends

    @abstractmethod
    def end(self, text: str, *, last: bool = False) -> Any:
        """Read one end; None where it is open."""


class NumberRangeType(_Range):
    """Numbers: 120-130, 120-, -90."""

    name = "from-to"
    example = "120-130"

    def end(self, text: str, *, last: bool = False) -> float | None:
        """Read a number."""
        return (int(text) if text.isdigit() else float(text)) if text else None


class DurationRangeType(_Range):
    """Durations: 2:00-5:00, 1:00:00-."""

    name = "m:ss-m:ss"
    example = "2:00-5:00"

    def end(self, text: str, *, last: bool = False) -> timedelta | None:
        """Read hours, minutes and seconds, or seconds."""
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if found is None:
            return timedelta(seconds=float(text))
        return timedelta(hours=int(found[1] or 0), minutes=int(found[2]), seconds=int(found[3]))


class DateRangeType(_Range):
    """Days, in UTC, both of them included: 2026-01-01..2026-06-30."""

    mark = ".."
    name = "day..day"
    example = "2026-01-01..2026-06-30"

    def end(self, text: str, *, last: bool = False) -> datetime | None:
        """Read a day, or a moment; a day that ends a range lasts until its last second."""
        if not text:
            return None
        moment = datetime.fromisoformat(text)
        if last and len(text) == len("2026-06-30"):
            moment += timedelta(days=1, seconds=-1)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


class MomentType(click.ParamType[Any]):
    """A moment of a track, in milliseconds: 45, 1:30, 1:02:03."""

    name = "m:ss"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read hours, minutes and seconds, or seconds."""
        if not isinstance(value, str):
            return value
        try:
            length = DurationRangeType().end(value.strip())
        except ValueError:
            length = None
        if length is None or length < timedelta():
            self.fail(f"{value!r} is no moment; it should look like 1:30, or like 90")
        return int(length.total_seconds() * 1000)
