"""Search for tracks, users and playlists by words, filters or URNs."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from soundcloud.sandbox.data.queries import make_serializer
from soundcloud.sandbox.data.searching import Search
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.data.text import fold
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, parse_resource_id
from soundcloud.sandbox.http.pagination import WriteItems, page_by_offset, read_access, read_flag, read_integer
from soundcloud.sandbox.http.routing import handles

_CACHED = {"Cache-Control": "public, max-age=60"}
_PAGE_SIZE = 50
_MAXIMUM_URNS = 200


def _read_list(request: Request, name: str, normalize: Callable[[str], str]) -> list[str]:
    return [normalize(text.strip()) for text in request.query.get(name, "").split(",") if text.strip()]


def _read_ids(request: Request, kind: str) -> list[int] | None:
    """Return the ids in `urns` or the older `ids`, or None without them."""
    text = request.query.get("urns") or request.query.get("ids")
    if not text:
        return None
    ids = [parse_resource_id(part.strip(), kind) for part in text.split(",")]
    if -1 in ids:
        raise HTTPError(400, f"urns is not a list of URNs such as soundcloud:{kind}:123.")
    if len(ids) > _MAXIMUM_URNS:
        raise HTTPError(400, f"urns holds more than {_MAXIMUM_URNS}.")
    return list(dict.fromkeys(ids))


def _read_datetime(request: Request, name: str) -> int | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise HTTPError(400, f"{name} is not a date and time: use yyyy-mm-dd hh:mm:ss.") from None


@handles("get_tracks")
def search_tracks(request: Request) -> Response:
    """Search tracks, newest first, or fetch them by URN."""
    access = read_access(request, DEFAULT_ACCESS)
    search = Search("tracks", request.query.get("q", ""), _read_ids(request, "tracks"))
    search.require("sharing = 'public'")
    search.require_genre(_read_list(request, "genres", str.lower))
    search.require_tag(_read_list(request, "tags", fold))
    for column, read in (("bpm", read_integer), ("duration", read_integer), ("created_at", _read_datetime)):
        search.require_range(column, read(request, f"{column}[from]"), read(request, f"{column}[to]"))
    search.require(
        "(user_id = :viewer AND instr(:access, 'playable') OR user_id IS NOT :viewer AND instr(:access, access))",
        access=",".join(access),
        viewer=request.viewer.user_id,
    )
    return _respond(request, search, partial(make_serializer(request).tracks, personal=True), array=True)


@handles("get_users")
def search_users(request: Request) -> Response:
    """Search users, or fetch them by URN."""
    search = Search("users", request.query.get("q", ""), _read_ids(request, "users"), order="ASC")
    return _respond(request, search, make_serializer(request).users)


@handles("get_playlists")
def search_playlists(request: Request) -> Response:
    """Search playlists, newest first."""
    access, show_tracks = read_access(request, DEFAULT_ACCESS), read_flag(request, "show_tracks", default=True)
    search = Search("playlists", request.query.get("q", ""))
    search.require("sharing = 'public'")
    write = partial(make_serializer(request).playlists, access=access, show_tracks=show_tracks)
    return _respond(request, search, write, array=True)


def _respond(request: Request, search: Search, write: WriteItems, *, array: bool = False) -> Response:
    size = _PAGE_SIZE if search.ids is None else _MAXIMUM_URNS
    return page_by_offset(
        request, search.statement(), write, array=array, headers=_CACHED, default_size=size, **search.values
    )
