"""Lists: how much was asked for, from where on, and the link to the rest."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlencode

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.serializers import EVERY_ACCESS
from soundcloud.sandbox.http.messages import HTTPError, JsonObject, Request, Response

WriteItems: TypeAlias = Callable[[list[int]], list[JsonObject]]
"""Writes the objects with these ids, in their order; hidden ones may be left out."""

_DEFAULT_LIMIT = 50
_MAXIMUM_LIMIT = 200
_MAXIMUM_OFFSET = 2**53
_TRUE = frozenset({"true", "1", "t", "yes"})
_FALSE = frozenset({"false", "0", "f", "no", ""})
# Parameters that a link to the next page writes in its own way.
_REWRITTEN = frozenset({"limit", "page_size", "offset", "cursor", "linked_partitioning"})


def read_integer(request: Request, name: str) -> int | None:
    """Read a whole number of the query; what is none is refused with 400."""
    text = request.query.get(name, "").strip()
    if not text:
        return None
    try:
        number = int(text)
    except ValueError:
        raise HTTPError(400, f"{name} is not a whole number.") from None
    if abs(number) > _MAXIMUM_OFFSET:
        raise HTTPError(400, f"{name} is too large.")
    return number


def read_flag(request: Request, name: str, *, default: bool) -> bool:
    """Read a yes or no of the query; what is neither is refused with 400."""
    text = request.query.get(name)
    if text is None:
        return default
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise HTTPError(400, f"{name} is neither true nor false.")


def read_access(request: Request, default: frozenset[str]) -> frozenset[str]:
    """Read the levels of access that are asked for; an unknown one is refused with 400."""
    text = request.query.get("access")
    if not text:
        return default
    levels = frozenset(text.split(","))
    if not levels <= EVERY_ACCESS:
        raise HTTPError(400, "access is not a list of playable, preview, blocked.")
    return levels


def read_page_size(request: Request, default: int = _DEFAULT_LIMIT) -> int:
    """Read how many items a page shall hold: 1 to 200, else it is refused with 400."""
    name = "limit" if "limit" in request.query else "page_size"
    size = read_integer(request, name)
    if size is None:
        return default
    if not 1 <= size <= _MAXIMUM_LIMIT:
        raise HTTPError(400, f"{name} must be between 1 and {_MAXIMUM_LIMIT}.")
    return size


def read_order(request: Request) -> int:
    """Read the order by date: 1 for the oldest first, -1 (the default) for the newest first."""
    for name in ("sort", "direction", "order"):
        text = request.query.get(name)
        if text:
            if text not in {"asc", "desc"}:
                raise HTTPError(400, f"{name} must be asc or desc.")
            return 1 if text == "asc" else -1
    return -1


def next_page_url(request: Request, size: int, **position: object) -> str:
    """Write the link to the next page: absolute, with the size as `page_size`, and every filter kept."""
    kept = {name: value for name, value in request.query.items() if name not in _REWRITTEN}
    query = urlencode({**kept, "page_size": size, "linked_partitioning": 1, **position})
    return f"{request.state.api_url}{request.url_path}?{query}"


def _collection(request: Request, items: list[Any], next_href: str | None, *, array: bool) -> Response:
    """Answer a list.

    Args:
        request: The request.
        items: What the page holds.
        next_href: The link to the next page, if there is one.
        array: Whether the endpoint gives a bare array when `linked_partitioning` is not asked for.

    Returns:
        The answer.
    """
    if array and not read_flag(request, "linked_partitioning", default=False):
        return Response(items)
    return Response({"collection": items, "next_href": next_href})


def page_by_cursor(
    request: Request, statement: str, write: WriteItems, *, array: bool = False, order: int = -1, **named: object
) -> Response:
    """Answer one page of a list that has a key to go on from: nothing is skipped when the list grows meanwhile.

    What the person may not see is dropped after the page is cut, as SoundCloud does: a page can be short, or empty,
    and have a next one.

    Args:
        request: The request.
        statement: SQL that gives `key` and `item`.
        write: Writes the items of a page.
        array: See `collection`.
        order: 1 for the lowest key first, -1 for the highest.
        named: Values for the statement.

    Returns:
        The answer.
    """
    size, cursor = read_page_size(request), read_integer(request, "cursor")
    # Lists that also know `offset` start there; their links go on by cursor.
    offset = read_integer(request, "offset") or 0
    if offset < 0:
        raise HTTPError(400, "offset must not be negative.")
    rows = request.state.database.rows(
        f"SELECT key, item FROM ({statement}) WHERE :cursor IS NULL OR key * :order > :cursor * :order"  # noqa: S608 - statements are this package's own
        " ORDER BY key * :order LIMIT :size OFFSET :offset",
        cursor=cursor,
        order=order,
        size=size + 1,
        offset=offset,
        **named,
    )
    next_href = next_page_url(request, size, cursor=rows[size - 1]["key"]) if len(rows) > size else None
    return _collection(request, write([row["item"] for row in rows[:size]]), next_href, array=array)


def page_by_offset(
    request: Request,
    rows: Sequence[Row],
    write: WriteItems,
    *,
    array: bool = False,
    headers: dict[str, str] | None = None,
    default_size: int = _DEFAULT_LIMIT,
) -> Response:
    """Answer one page of a search; the last page has no `next_href` at all.

    Args:
        request: The request.
        rows: Everything found, best first, with the ids as `item`.
        write: Writes the items of a page.
        array: See `collection`.
        headers: Headers of the answer.
        default_size: How many items a page holds when nothing was said.

    Returns:
        The answer.
    """
    size, offset = read_page_size(request, default_size), read_integer(request, "offset") or 0
    if offset < 0:
        raise HTTPError(400, "offset must not be negative.")
    items = write([row["item"] for row in rows[offset : offset + size]])
    if array and not read_flag(request, "linked_partitioning", default=False):
        return Response(items, headers=headers or {})
    page: JsonObject = {"collection": items}
    if offset + size < len(rows):
        page["next_href"] = next_page_url(request, size, offset=offset + size)
    return Response(page, headers=headers or {})
