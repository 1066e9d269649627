"""Query parameters and pages of lists."""

from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlencode

from soundcloud.sandbox.data.serializers import EVERY_ACCESS
from soundcloud.sandbox.http.messages import HTTPError, JsonObject, Request, Response

# Serializes the resources with these ids, in their order; hidden ones may be omitted.
WriteItems: TypeAlias = Callable[[list[int]], list[JsonObject]]

_DEFAULT_LIMIT = 50
_MAXIMUM_LIMIT = 200
_MAXIMUM_OFFSET = 2**53
_TRUE = frozenset({"true", "1", "t", "yes"})
_FALSE = frozenset({"false", "0", "f", "no", ""})
# Parameters that `next_page_url` replaces.
_REWRITTEN = frozenset({"limit", "page_size", "offset", "cursor", "linked_partitioning"})


def read_integer(request: Request, name: str) -> int | None:
    """Return an integer of the query; reject anything else with 400."""
    value = request.query.get(name, "").strip()
    if not value:
        return None
    try:
        number = int(value)
    except ValueError:
        raise HTTPError(400, f"{name} is not a whole number.") from None
    if abs(number) > _MAXIMUM_OFFSET:
        raise HTTPError(400, f"{name} is too large.")
    return number


def read_flag(request: Request, name: str, *, default: bool) -> bool:
    """Return a boolean of the query; reject anything else with 400."""
    value = request.query.get(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise HTTPError(400, f"{name} is neither true nor false.")


def read_access(request: Request, default: frozenset[str]) -> frozenset[str]:
    """Return the access levels in the query; reject an unknown one with 400."""
    value = request.query.get("access")
    if not value:
        return default
    levels = frozenset(value.split(","))
    if not levels <= EVERY_ACCESS:
        raise HTTPError(400, "access is not a list of playable, preview, blocked.")
    return levels


def read_page_size(request: Request, default: int = _DEFAULT_LIMIT) -> int:
    """Return the page size in the query; reject one outside 1 to 200 with 400."""
    name = "limit" if "limit" in request.query else "page_size"
    size = read_integer(request, name)
    if size is None:
        return default
    if not 1 <= size <= _MAXIMUM_LIMIT:
        raise HTTPError(400, f"{name} must be between 1 and {_MAXIMUM_LIMIT}.")
    return size


def read_order(request: Request) -> int:
    """Return the order by date: 1 for oldest first, -1 (the default) for newest first."""
    for name in ("sort", "direction", "order"):
        value = request.query.get(name)
        if value:
            if value not in {"asc", "desc"}:
                raise HTTPError(400, f"{name} must be asc or desc.")
            return 1 if value == "asc" else -1
    return -1


def next_page_url(request: Request, size: int, **position: object) -> str:
    """Return the absolute URL of the next page: every filter is kept, the size is `page_size`."""
    kept = {name: value for name, value in request.query.items() if name not in _REWRITTEN}
    query = urlencode({**kept, "page_size": size, "linked_partitioning": 1, **position})
    return f"{request.state.api_url}{request.url_path}?{query}"


def page_by_cursor(
    request: Request, statement: str, write: WriteItems, *, array: bool = False, order: int = -1, **named: object
) -> Response:
    """Return a page of a list with a cursor; items that are added between two pages cause no gap and no duplicate.

    Items that the viewer cannot see are dropped after the page is cut, as SoundCloud does. A page can be short or empty and
    still have a next one.
    """
    size, cursor = read_page_size(request), read_integer(request, "cursor")
    # An `offset` sets the first page only; the next ones have a cursor.
    offset = read_integer(request, "offset") or 0
    if offset < 0:
        raise HTTPError(400, "offset must not be negative.")
    rows = request.state.database.rows(
        f"SELECT key, item FROM ({statement}) WHERE :cursor IS NULL OR key {'>' if order > 0 else '<'} :cursor"  # noqa: S608 - statements are this package's own
        f" ORDER BY key {'ASC' if order > 0 else 'DESC'} LIMIT :size OFFSET :offset",
        cursor=cursor,
        size=size + 1,
        offset=offset,
        **named,
    )
    items = write([row["item"] for row in rows[:size]])
    if array and not read_flag(request, "linked_partitioning", default=False):
        return Response(items)
    next_href = next_page_url(request, size, cursor=rows[size - 1]["key"]) if len(rows) > size else None
    return Response({"collection": items, "next_href": next_href})


def page_by_offset(
    request: Request,
    statement: str,
    write: WriteItems,
    *,
    array: bool = False,
    headers: dict[str, str] | None = None,
    default_size: int = _DEFAULT_LIMIT,
    **named: object,
) -> Response:
    """Return a page of the ids in the column `item`, in their order; the last page has no `next_href` field."""
    size, offset = read_page_size(request, default_size), read_integer(request, "offset") or 0
    if offset < 0:
        raise HTTPError(400, "offset must not be negative.")
    rows = request.state.database.rows(f"{statement} LIMIT :size OFFSET :offset", size=size + 1, offset=offset, **named)
    items = write([row["item"] for row in rows[:size]])
    if array and not read_flag(request, "linked_partitioning", default=False):
        return Response(items, headers=headers or {})
    page: JsonObject = {"collection": items}
    if len(rows) > size:
        page["next_href"] = next_page_url(request, size, offset=offset + size)
    return Response(page, headers=headers or {})
