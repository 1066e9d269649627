"""Search for tracks, users and playlists by words, filters or URNs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.queries import make_serializer
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.data.text import fold
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, parse_resource_id
from soundcloud.sandbox.http.pagination import page_by_offset, read_access, read_flag, read_integer
from soundcloud.sandbox.http.routing import handles

_CACHED = {"Cache-Control": "public, max-age=60"}
_PAGE_SIZE = 50
_MAXIMUM_URNS = 200

_TRACKS = """
SELECT id AS item FROM tracks WHERE sharing = 'public'
    AND (SELECT COUNT(*) FROM json_each(:words) WHERE instr(search_text, value) = 0) = 0
    AND (:any_genre OR lower(genre) IN (SELECT value FROM json_each(:genres)))
    AND (:any_tag OR EXISTS (SELECT 1 FROM json_each(:tags) WHERE instr(tag_index, value)))
    AND (:bpm_from IS NULL OR bpm >= :bpm_from) AND (:bpm_to IS NULL OR bpm <= :bpm_to)
    AND (:duration_from IS NULL OR duration >= :duration_from) AND (:duration_to IS NULL OR duration <= :duration_to)
    AND (:created_from IS NULL OR created_at >= :created_from) AND (:created_to IS NULL OR created_at <= :created_to)
    AND (user_id = :viewer AND instr(:access, 'playable')
        OR user_id IS NOT :viewer AND instr(:access, access))
ORDER BY id DESC
"""
_USERS = """
SELECT id AS item FROM users
WHERE (SELECT COUNT(*) FROM json_each(:words) WHERE instr(search_text, value) = 0) = 0 ORDER BY id
"""
_PLAYLISTS = """
SELECT id AS item FROM playlists WHERE sharing = 'public'
    AND (SELECT COUNT(*) FROM json_each(:words) WHERE instr(search_text, value) = 0) = 0
ORDER BY id DESC
"""


def _read_words(request: Request) -> str:
    return json.dumps(fold(request.query.get("q", "")).split())


def _read_list(request: Request, name: str, normalize: Callable[[str], str]) -> list[str]:
    return [normalize(text.strip()) for text in request.query.get(name, "").split(",") if text.strip()]


def _select_ids(request: Request, rows: list[Row], kind: str) -> tuple[list[Row], int]:
    """Return the rows with the ids in `urns` or the older `ids`, or all rows, and the default page size."""
    text = request.query.get("urns") or request.query.get("ids")
    if not text:
        return rows, _PAGE_SIZE
    ids = [parse_resource_id(part.strip(), kind) for part in text.split(",")]
    if -1 in ids:
        raise HTTPError(400, f"urns is not a list of URNs such as soundcloud:{kind}:123.")
    if len(ids) > _MAXIMUM_URNS:
        raise HTTPError(400, f"urns holds more than {_MAXIMUM_URNS}.")
    by_id = {row["item"]: row for row in rows}
    return [by_id[id_] for id_ in dict.fromkeys(ids) if id_ in by_id], _MAXIMUM_URNS


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
    genres, tags = _read_list(request, "genres", str.lower), _read_list(request, "tags", lambda tag: f"|{fold(tag)}|")
    rows = request.state.database.rows(
        _TRACKS,
        words=_read_words(request),
        any_genre=not genres,
        genres=json.dumps(genres),
        any_tag=not tags,
        tags=json.dumps(tags),
        bpm_from=read_integer(request, "bpm[from]"),
        bpm_to=read_integer(request, "bpm[to]"),
        duration_from=read_integer(request, "duration[from]"),
        duration_to=read_integer(request, "duration[to]"),
        created_from=_read_datetime(request, "created_at[from]"),
        created_to=_read_datetime(request, "created_at[to]"),
        access=",".join(access),
        viewer=request.viewer.user_id,
    )
    rows, size = _select_ids(request, rows, "tracks")
    write = partial(make_serializer(request).tracks, personal=True)
    return page_by_offset(request, rows, write, array=True, headers=_CACHED, default_size=size)


@handles("get_users")
def search_users(request: Request) -> Response:
    """Search users, or fetch them by URN."""
    rows = request.state.database.rows(_USERS, words=_read_words(request))
    rows, size = _select_ids(request, rows, "users")
    return page_by_offset(request, rows, make_serializer(request).users, headers=_CACHED, default_size=size)


@handles("get_playlists")
def search_playlists(request: Request) -> Response:
    """Search playlists, newest first."""
    access, show_tracks = read_access(request, DEFAULT_ACCESS), read_flag(request, "show_tracks", default=True)
    rows = request.state.database.rows(_PLAYLISTS, words=_read_words(request))
    write = partial(make_serializer(request).playlists, access=access, show_tracks=show_tracks)
    return page_by_offset(request, rows, write, array=True, headers=_CACHED)
