"""Checks arguments and converts them to the parameters of the document."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypeAlias, TypeVar, cast

from soundcloud.errors import InvalidInputError
from soundcloud.urn import Resource, to_urn
from soundcloud_api.models import SortOrder
from soundcloud_api.types import UNSET, OpenEnum, redact

Choice = TypeVar("Choice", bound=OpenEnum)

AccessName: TypeAlias = Literal["playable", "preview", "blocked"]
"""An access level of a track."""

AccessFilter: TypeAlias = AccessName | Iterable[AccessName] | None
"""Access levels to include: one, several, or None for SoundCloud's default."""

SortName: TypeAlias = Literal["asc", "desc"]
"""An order by date: oldest first or newest first."""

NumberRange: TypeAlias = range | tuple[int | None, int | None]
"""An inclusive range: `(120, 130)`, `(120, None)`, or Python's `range(120, 131)`."""

DurationRange: TypeAlias = range | tuple[int | timedelta | None, int | timedelta | None]
"""An inclusive range of milliseconds or timedeltas."""

DatetimeRange: TypeAlias = tuple[datetime | date | None, datetime | date | None]
"""An inclusive range of aware datetimes, or of dates, which stand for the start of the day in UTC."""

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200
MAXIMUM_BATCH = 200
_ACCESS = ("playable", "preview", "blocked")


def repr_value(value: Any) -> str:
    """Return the repr of a value for a message, at most 80 characters long."""
    try:
        text = redact(repr(value))
    except ValueError:
        return "a huge number"
    return text if len(text) <= 80 else text[:77] + "..."


def as_iterable(name: str, values: Any) -> Iterable[Any]:
    """Check that an argument is iterable."""
    if not isinstance(values, Iterable):
        raise InvalidInputError(f"{name}={repr_value(values)}: give a list")
    return cast("Iterable[Any]", values)


def check_seconds(name: str, value: float) -> float:
    """Check a number of seconds above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{name}={repr_value(value)}: give seconds, more than 0")
    return float(value)


def check_limit(limit: int | None) -> int | None:
    """Check a page size: 1 to 200, or None for SoundCloud's default of 50."""
    if limit is None or (limit.__class__ is int and 1 <= limit <= MAXIMUM_LIMIT):
        return limit
    raise InvalidInputError(
        f"limit={repr_value(limit)}: the page size is 1 to {MAXIMUM_LIMIT}; use max_items= to limit the number of all items"
    )


def check_max_items(max_items: int | None) -> int | None:
    """Check a maximum number of items: 0 or above, or None for all."""
    if max_items is None or (max_items.__class__ is int and max_items >= 0):
        return max_items
    raise InvalidInputError(
        f"max_items={repr_value(max_items)}: pass a whole number, 0 or above, or None for all items"
    )


def check_offset(offset: int | None) -> int | None:
    """Check an offset: 0 or above."""
    if offset is None or (offset.__class__ is int and 0 <= offset < 2**63):
        return offset
    raise InvalidInputError(f"offset={repr_value(offset)}: give a whole number, 0 or above")


def page_offset(page_number: int | None, limit: int | None, offset: int | None) -> int | None:
    """Return the offset of a page number from 0, or the given offset."""
    if page_number is None:
        return check_offset(offset)
    if offset is not None:
        raise InvalidInputError(
            f"page_number={repr_value(page_number)} excludes offset={repr_value(offset)}: give one of them"
        )
    if page_number.__class__ is not int or not 0 <= page_number < 2**53:
        raise InvalidInputError(f"page_number={repr_value(page_number)}: give a whole number, 0 or above")
    return page_number * (limit or DEFAULT_LIMIT) or None


def sort_order(sort: str | None) -> SortOrder | None:
    """Check a sort order."""
    return None if sort is None else check_choice("sort", sort, SortOrder)


def check_choice(name: str, value: str, choices: type[Choice]) -> Choice:
    """Check that the document lists a value."""
    if isinstance(value, str) and value in set(choices):  # pyright: ignore[reportUnnecessaryIsInstance]
        return choices(value)
    raise InvalidInputError(f"{name}={repr_value(value)}: use one of {', '.join(choices)}")


def access_list(access: str | Iterable[str] | None) -> str | None:
    """Join access levels with commas."""
    if access is None:
        return None
    values = access.split(",") if isinstance(access, str) else list(as_iterable("access", access))
    for value in values:
        if not isinstance(value, str) or value not in _ACCESS:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"access={repr_value(value)}: use one of {', '.join(_ACCESS)}")
    if not values:
        raise InvalidInputError(
            f"access is empty and would match nothing: leave it out, or give some of {', '.join(_ACCESS)}"
        )
    return ",".join(dict.fromkeys(values))


def comma_list(name: str, values: str | Iterable[str] | None) -> str | None:
    """Join strings with commas; return a single string unchanged."""
    if values is None or isinstance(values, str):
        return values
    strings = list(as_iterable(name, values))
    for string in strings:
        if not isinstance(string, str) or "," in string:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(
                f"{name}={repr_value(string)}: give strings without commas, which separate them in the request"
            )
    return ",".join(strings)


def urn_list(resources: Iterable[Resource], kind: str, name: str | None = None) -> str:
    """Join the URNs of 1 to 200 resources with commas; `name` is that of the argument, default the kind."""
    if isinstance(resources, str):
        resources = resources.split(",")
    urns = [to_urn(resource, kind) for resource in as_iterable(name or kind, resources)]
    if not 1 <= len(urns) <= MAXIMUM_BATCH:
        raise InvalidInputError(f"there are {len(urns)} {kind}: give 1 to {MAXIMUM_BATCH} per request")
    return ",".join(urns)


def check_optional_string(name: str, value: Any, choices: type[Choice] | None = None) -> Any:
    """Check a field of a body: UNSET, None to clear it, a string, or one of the choices."""
    if value is UNSET or value is None:
        return value
    if choices is not None:
        return check_choice(name, value, choices)
    if not isinstance(value, str):
        raise InvalidInputError(f"{name}={repr_value(value)}: give a string, or None")
    return value


def as_date_string(name: str, value: Any) -> Any:
    """Format a date as `yyyy-mm-dd`; check a string."""
    if value is UNSET or value is None:
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise InvalidInputError(f"{name}={repr_value(value)}: give a date, or a string such as 2026-11-23") from None


def number_range(name: str, value: NumberRange | None) -> tuple[int | None, int | None]:
    """Convert a range of whole numbers to its inclusive bounds."""

    def number(end: Any) -> int | None:
        return end if end.__class__ is int and abs(end) < 2**63 else None

    return _bounds(name, value, number, "whole numbers")


def duration_range(name: str, value: DurationRange | None) -> tuple[int | None, int | None]:
    """Convert a range of milliseconds or timedeltas to its bounds in milliseconds."""

    def milliseconds(end: Any) -> int | None:
        if isinstance(end, timedelta):
            return end // timedelta(milliseconds=1)
        return end if end.__class__ is int and abs(end) < 2**63 else None

    return _bounds(name, value, milliseconds, "milliseconds or timedeltas")


def datetime_range(name: str, value: DatetimeRange | None) -> tuple[str | None, str | None]:
    """Convert a range of aware datetimes or dates to bounds like `yyyy-mm-dd hh:mm:ss`, in UTC."""

    def utc_string(end: Any) -> str | None:
        if isinstance(end, date) and not isinstance(end, datetime):
            end = datetime(end.year, end.month, end.day, tzinfo=UTC)
        if isinstance(end, datetime) and end.utcoffset() is None:
            raise InvalidInputError(
                f"{name}: {end!r} has no time zone: give an aware datetime, for example with tzinfo=datetime.UTC"
            )
        if not isinstance(end, datetime):
            return None
        # Not strftime: it writes years before 1000 with fewer digits on some systems.
        return end.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds")

    return _bounds(name, value, utc_string, "aware datetimes or dates")


def _bounds(name: str, value: Any, convert: Any, what: str) -> tuple[Any, Any]:
    if value is None:
        return (None, None)
    if isinstance(value, range):
        if value.step != 1 or not value:
            raise InvalidInputError(f"{name}={repr_value(value)}: give a range that is not empty and has no step")
        value = (value.start, value.stop - 1)
    if value.__class__ is not tuple or len(value) != 2:
        raise InvalidInputError(
            f"{name}={repr_value(value)}: give (from, to), two {what}, either of them None for an open end"
        )
    ends: list[Any] = []
    for end in value:
        converted = None if end is None else convert(end)
        if end is not None and converted is None:
            raise InvalidInputError(
                f"{name}={repr_value(end)}: give (from, to), two {what}, either of them None for an open end"
            )
        ends.append(converted)
    if None not in ends and ends[0] > ends[1]:
        raise InvalidInputError(f"{name}: from {ends[0]} is after to {ends[1]} and would match nothing: swap them")
    return (ends[0], ends[1])
