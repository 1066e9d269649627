"""Replies that are not as the document says, and pages that are odd: changes to plain JSON values, and to links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from soundcloud.sandbox.faults.settings import DriftKind

FOREIGN_HOST = "http.api.prod.api-public.srv.db.s-cloud.net"
"""An internal host of SoundCloud's that has stood in links to the next page. It does not resolve."""

NEW_FIELD, NEW_VALUE = "field_of_tomorrow", "value_of_tomorrow"
"""What drift calls a field and a value that the document does not know."""

Fields: TypeAlias = dict[str, Any]
"""A JSON object that may be changed."""

# Fields that the document has a list of values for.
_ENUMS = frozenset({"access", "embeddable_by", "license", "playlist_type", "set_type", "sharing", "type"})
# Without these nothing is what it is; SoundCloud has always sent them.
_KEPT = frozenset({"collection", "future_href", "kind", "location", "next_href", "urn"})
_AFTER_EMPTY = "after_empty"
_SIZES = ("limit", "page_size")
_DEFAULT_SIZE = 50


@dataclass(frozen=True, slots=True)
class _Place:
    """A field of an object in a reply."""

    fields: Fields
    name: str

    @property
    def value(self) -> object:
        return self.fields[self.name]


def drift(data: object, kinds: tuple[DriftKind, ...], random: Random) -> list[DriftKind]:
    """Change a reply, each kind at a place of its own.

    Args:
        data: The reply; it is changed.
        kinds: How.
        random: What the places are drawn from.

    Returns:
        The kinds that found a place.
    """
    done: list[DriftKind] = []
    for kind in kinds:
        places = [place for place in _places(data) if _fits(kind, place)]
        if places:
            _change(kind, random.choice(places), random)
            done.append(kind)
    return done


def _places(data: object) -> Iterator[_Place]:
    """Every field of every object, outermost first; the object around a page is no object of its own."""
    if isinstance(data, list):
        for item in cast("list[object]", data):
            yield from _places(item)
    elif isinstance(data, dict):
        fields = cast("Fields", data)
        for name in [*fields]:
            if name not in _KEPT and "collection" not in fields:
                yield _Place(fields, name)
            yield from _places(fields[name])


def _fits(kind: DriftKind, place: _Place) -> bool:
    """Whether a change can be made here; none undoes what the one before it did."""
    if kind == "unknown_field":
        return NEW_FIELD not in place.fields
    if kind == "unknown_enum_value":
        return place.name in _ENUMS and isinstance(place.value, str)
    return place.value is not None and place.value != NEW_VALUE and place.name != NEW_FIELD


def _change(kind: DriftKind, place: _Place, random: Random) -> None:
    match kind:
        case "unknown_field":
            place.fields[NEW_FIELD] = random.choice((None, True, 4.5, "new", ["new"], {"new": 1}))
        case "unknown_enum_value":
            place.fields[place.name] = NEW_VALUE
        case "null":
            place.fields[place.name] = None
        case "changed_type":
            place.fields[place.name] = _another_type(place.value, random)
        case "removed_field":
            del place.fields[place.name]


def _another_type(value: object, random: Random) -> object:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return random.choice(([value], {"value": value}))
        case list():
            return {str(index): item for index, item in enumerate(cast("list[object]", value))}
        case _:
            return [value]


def is_page(data: object) -> bool:
    """Whether a reply is a page of a list: bare arrays are none, they cannot go on."""
    return isinstance(data, dict) and isinstance(cast("Fields", data).get("collection"), list)


def foreign_link(page: Fields, own: str) -> str:
    """Write a link to a page that leads to another host, in the place of the right one."""
    link = page.get("next_href")
    return (
        urlsplit(link if isinstance(link, str) and link else own)._replace(scheme="http", netloc=FOREIGN_HOST).geturl()
    )


def after_empty_link(url: str) -> str:
    """Write the link of an empty page to the page itself: nothing is lost by following it."""
    return f"{url}{'&' if '?' in url else '?'}{_AFTER_EMPTY}=1"


def without_mark(query: bytes) -> bytes | None:
    """Take the mark of `after_empty_link` off a query; None where there is none."""
    pairs = query.split(b"&")
    mark = f"{_AFTER_EMPTY}=1".encode()
    return b"&".join(pair for pair in pairs if pair != mark) if mark in pairs else None


def shorter_query(query: bytes, random: Random) -> tuple[bytes, int] | None:
    """Ask for a smaller page.

    Args:
        query: The query of the request.
        random: What the smaller size is drawn from.

    Returns:
        The query, and the size that was asked for; None where it cannot be smaller.
    """
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    asked = next((value for name in _SIZES for key, value in pairs if key == name), str(_DEFAULT_SIZE))
    size = int(asked) if re.fullmatch(r"[0-9]{1,3}", asked, re.ASCII) else 0
    if size < 2:
        return None
    smaller = random.randint(1, size - 1)
    kept = [(name, value) for name, value in pairs if name not in _SIZES]
    return urlencode([*kept, ("limit", smaller)], encoding="latin-1").encode(), size


def with_size(link: str, size: int) -> str:
    """Write the size that was asked for into the link of a shorter page: the next one is not to be short for that."""
    return re.sub(r"\bpage_size=[0-9]+", f"page_size={size}", link)
