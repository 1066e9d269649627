"""Arguments of the methods, checked and written as the document means them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypeAlias, TypeVar, cast

from soundcloud.errors import InvalidInputError
from soundcloud.urn import Resource, to_urn
from soundcloud_api.models import SortOrder
from soundcloud_api.types import UNSET, OpenEnum

Choice = TypeVar("Choice", bound=OpenEnum)

AccessName: TypeAlias = Literal["playable", "preview", "blocked"]
"""A level of access to a track."""

AccessFilter: TypeAlias = AccessName | Iterable[AccessName] | None
"""Levels of access to filter by: one, several, or None for SoundCloud's default."""

SortName: TypeAlias = Literal["asc", "desc"]
"""An order by date: the oldest or the newest first."""

NumberRange: TypeAlias = range | tuple[int | None, int | None]
"""From and to, both included: `(120, 130)`, `(120, None)`, or Python's `range(120, 131)`."""

DurationRange: TypeAlias = range | tuple[int | timedelta | None, int | timedelta | None]
"""From and to, both included, in milliseconds or as timedelta."""

MomentRange: TypeAlias = tuple[datetime | None, datetime | None]
"""From and to, both included, as aware datetimes."""

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200
MAXIMUM_BATCH = 200
_ACCESS = ("playable", "preview", "blocked")


def repr_value(value: Any) -> str:
    """A value as messages show it: short, whatever it is."""
    try:
        text = repr(value)
    except ValueError:
        return "an endless number"
    return text if len(text) <= 80 else text[:77] + "..."


def as_iterable(name: str, values: Any) -> Iterable[Any]:
    """Check that what a caller gave can be walked."""
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
        f"limit={repr_value(limit)}: a page holds 1 to {MAXIMUM_LIMIT} items; to stop after more than that use max_items="
    )


def check_offset(offset: int | None) -> int | None:
    """Check an offset: 0 or above."""
    if offset is None or (offset.__class__ is int and 0 <= offset < 2**63):
        return offset
    raise InvalidInputError(f"offset={repr_value(offset)}: an offset is a whole number, 0 or above")


def page_offset(page_number: int | None, limit: int | None, offset: int | None) -> int | None:
    """The offset of a page, counted from 0."""
    if page_number is None:
        return check_offset(offset)
    if offset is not None:
        raise InvalidInputError("page_number and offset say the same twice; give one of them")
    if page_number.__class__ is not int or not 0 <= page_number < 2**53:
        raise InvalidInputError(f"page_number={repr_value(page_number)}: pages are counted from 0")
    return page_number * (limit or DEFAULT_LIMIT) or None


def sort_order(sort: str | None) -> SortOrder | None:
    """Check an order."""
    return None if sort is None else check_choice("sort", sort, SortOrder)


def check_choice(name: str, value: str, choices: type[Choice]) -> Choice:
    """Check a value against those that the document names."""
    if value in set(choices):
        return choices(value)
    raise InvalidInputError(f"{name}={repr_value(value)}: use one of {', '.join(choices)}")


def access_list(access: str | Iterable[str] | None) -> str | None:
    """Write levels of access as one comma-separated value."""
    if access is None:
        return None
    values = list(dict.fromkeys(access.split(",") if isinstance(access, str) else as_iterable("access", access)))
    for value in values:
        if value not in _ACCESS:
            raise InvalidInputError(f"access={repr_value(value)}: the levels of access are {', '.join(_ACCESS)}")
    if not values:
        raise InvalidInputError(
            f"access is empty and would find nothing: leave it out, or give some of {', '.join(_ACCESS)}"
        )
    return ",".join(values)


def comma_list(name: str, values: str | Iterable[str] | None) -> str | None:
    """Write texts as one comma-separated value; a text is taken as it is."""
    if values is None or isinstance(values, str):
        return values
    texts = list(as_iterable(name, values))
    for text in texts:
        if not isinstance(text, str) or "," in text:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(
                f"{name}={repr_value(text)}: give texts without commas, SoundCloud separates them by commas"
            )
    return ",".join(texts)


def urn_list(resources: Iterable[Resource], kind: str) -> str:
    """Write resources as a comma-separated list of URNs, 1 to 200 of them."""
    if isinstance(resources, str):
        resources = resources.split(",")
    urns = [to_urn(resource, kind) for resource in as_iterable(kind, resources)]
    if not 1 <= len(urns) <= MAXIMUM_BATCH:
        raise InvalidInputError(
            f"{len(urns)} {kind} asked for at once: SoundCloud answers 1 to {MAXIMUM_BATCH}; split the list"
        )
    return ",".join(urns)


def check_optional_string(name: str, value: Any, choices: type[Choice] | None = None) -> Any:
    """Check a field to write: left out, None to clear it, a text, or one of several."""
    if value is UNSET or value is None:
        return value
    if choices is not None:
        return check_choice(name, value, choices)
    if not isinstance(value, str):
        raise InvalidInputError(f"{name}={repr_value(value)}: give a text, or None to clear the field")
    return value


def as_date_string(name: str, value: Any) -> Any:
    """Write a date as `yyyy-mm-dd`; a text must look like one already."""
    if value is UNSET or value is None:
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise InvalidInputError(f"{name}={repr_value(value)}: give a date, or a text such as 2026-11-23") from None


def number_range(name: str, value: NumberRange | None) -> tuple[int | None, int | None]:
    """Read a range of whole numbers into from and to, both included."""

    def number(end: Any) -> int | None:
        return end if end.__class__ is int and abs(end) < 2**63 else None

    return _bounds(name, value, number, "whole numbers")


def duration_range(name: str, value: DurationRange | None) -> tuple[int | None, int | None]:
    """Read a range of milliseconds or timedeltas into milliseconds."""

    def milliseconds(end: Any) -> int | None:
        if isinstance(end, timedelta):
            return end // timedelta(milliseconds=1)
        return end if end.__class__ is int and abs(end) < 2**63 else None

    return _bounds(name, value, milliseconds, "milliseconds or timedeltas")


def moment_range(name: str, value: MomentRange | None) -> tuple[str | None, str | None]:
    """Read a range of aware datetimes into `yyyy-mm-dd hh:mm:ss`, in UTC."""

    def moment(end: Any) -> str | None:
        if isinstance(end, datetime) and end.utcoffset() is None:
            raise InvalidInputError(
                f"{name}: {end!r} has no time zone; say which moment is meant, for example with tzinfo=datetime.UTC"
            )
        return end.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if isinstance(end, datetime) else None

    return _bounds(name, value, moment, "aware datetimes")


def _bounds(name: str, value: Any, write: Any, what: str) -> tuple[Any, Any]:
    if value is None:
        return (None, None)
    if isinstance(value, range):
        if value.step != 1 or not value:
            raise InvalidInputError(
                f"{name}={repr_value(value)}: a range without values, or with a step, cannot be searched for"
            )
        value = (value.start, value.stop - 1)
    if value.__class__ is not tuple or len(value) != 2:
        raise InvalidInputError(
            f"{name}={repr_value(value)}: give (from, to), two {what}, either of them None for an open end"
        )
    ends: list[Any] = []
    for end in value:
        written = None if end is None else write(end)
        if end is not None and written is None:
            raise InvalidInputError(
                f"{name}={repr_value(end)}: give (from, to), two {what}, either of them None for an open end"
            )
        ends.append(written)
    if None not in ends and ends[0] > ends[1]:
        raise InvalidInputError(f"{name}: from {ends[0]} is after to {ends[1]}, which finds nothing; swap them")
    return (ends[0], ends[1])
