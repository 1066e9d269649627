"""Drift and malformed pages: changes to the JSON value of a response, and to the URL of the next page."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from soundcloud.sandbox.faults.settings import DriftKind

# An internal host of SoundCloud that once stood in `next_href`. It does not resolve.
FOREIGN_HOST = "http.api.prod.api-public.srv.db.s-cloud.net"
# The name of an unknown field, and the value that `unknown_enum_value` sets.
NEW_FIELD, NEW_VALUE = "field_of_tomorrow", "value_of_tomorrow"

Fields: TypeAlias = dict[str, Any]  # a JSON object; `drift` changes it in place

# Fields that are enumerations in the document.
_ENUMS = frozenset({"access", "embeddable_by", "license", "playlist_type", "set_type", "sharing", "type"})
# Fields that SoundCloud has always sent, and that identify an object or a page.
_UNCHANGED = frozenset({"collection", "future_href", "kind", "location", "next_href", "urn"})
_EMPTY_PAGE_MARKER = "after_empty"
_SIZES = ("limit", "page_size")
_DEFAULT_SIZE = 50


def drift(data: object, kinds: tuple[DriftKind, ...], random: Random) -> list[DriftKind]:
    """Change a JSON value in place, each kind at one random field; return the kinds for which there was a field."""
    applied: list[DriftKind] = []
    for kind in kinds:
        places = [(fields, name) for fields, name in _places(data) if _fits(kind, fields, name)]
        if places:
            _change(kind, *random.choice(places), random)
            applied.append(kind)
    return applied


def _places(data: object) -> Iterator[tuple[Fields, str]]:
    """Yield the objects and names of all fields except those of pages, outermost first."""
    if isinstance(data, list):
        for item in cast("list[object]", data):
            yield from _places(item)
    elif isinstance(data, dict):
        fields = cast("Fields", data)
        for name in [*fields]:
            if name not in _UNCHANGED and "collection" not in fields:
                yield fields, name
            yield from _places(fields[name])


def _fits(kind: DriftKind, fields: Fields, name: str) -> bool:
    """Return whether a kind applies to a field; none reverts an earlier one."""
    if kind == "unknown_field":
        return NEW_FIELD not in fields
    if kind == "unknown_enum_value":
        return name in _ENUMS and isinstance(fields[name], str)
    return fields[name] is not None and fields[name] != NEW_VALUE and name != NEW_FIELD


def _change(kind: DriftKind, fields: Fields, name: str, random: Random) -> None:
    match kind:
        case "unknown_field":
            fields[NEW_FIELD] = random.choice((None, True, 4.5, "new", ["new"], {"new": 1}))
        case "unknown_enum_value":
            fields[name] = NEW_VALUE
        case "null":
            fields[name] = None
        case "changed_type":
            fields[name] = _change_type(fields[name], random)
        case "removed_field":
            del fields[name]


def _change_type(value: object, random: Random) -> object:
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
    """Return whether a response is a page of a list; a bare array is not, as it has no `next_href`."""
    return isinstance(data, dict) and isinstance(cast("Fields", data).get("collection"), list)


def with_foreign_host(url: str) -> str:
    """Replace the host of a URL by `FOREIGN_HOST`."""
    return urlsplit(url)._replace(scheme="http", netloc=FOREIGN_HOST).geturl()


def add_empty_page_marker(url: str) -> str:
    """Mark the URL of an empty page, so that its `next_href` leads to the real page."""
    return f"{url}{'&' if '?' in url else '?'}{_EMPTY_PAGE_MARKER}=1"


def remove_empty_page_marker(query: bytes) -> bytes | None:
    """Return a query without the mark of `add_empty_page_marker`; None if it has none."""
    pairs = query.split(b"&")
    marker = f"{_EMPTY_PAGE_MARKER}=1".encode()
    return b"&".join(pair for pair in pairs if pair != marker) if marker in pairs else None


def shorten_page(query: bytes, random: Random) -> tuple[bytes, int] | None:
    """Return a query for a smaller page and the requested page size; None if the page cannot be smaller."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    requested = next((value for name in _SIZES for key, value in pairs if key == name), str(_DEFAULT_SIZE))
    size = int(requested) if re.fullmatch(r"[0-9]{1,3}", requested, re.ASCII) else 0
    if size < 2:
        return None
    smaller = random.randint(1, size - 1)
    kept = [(name, value) for name, value in pairs if name not in _SIZES]
    return urlencode([*kept, ("limit", smaller)], encoding="latin-1").encode(), size


def with_page_size(url: str, size: int) -> str:
    """Restore the requested page size in the next URL of a short page."""
    return re.sub(r"\bpage_size=[0-9]+", f"page_size={size}", url)
