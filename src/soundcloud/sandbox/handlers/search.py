"""Searching: tracks, users and playlists, by words, filters or URNs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from soundcloud.sandbox.data.lookups import views
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.data.text import fold
from soundcloud.sandbox.http.messages import Answer, Call, refused, resource_number
from soundcloud.sandbox.http.pagination import access_levels, flag, page_by_offset, whole_number
from soundcloud.sandbox.http.routing import handles

_CACHED = {"Cache-Control": "public, max-age=60"}
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


def _words(call: Call) -> str:
    return json.dumps(fold(call.query.get("q", "")).split())


def _comma_list(call: Call, name: str, change: Callable[[str], str]) -> list[str]:
    return [change(text.strip()) for text in call.query.get(name, "").split(",") if text.strip()]


def _numbers(call: Call, kind: str) -> list[int] | None:
    """The ids that `urns`, or the older `ids`, asks for; None where neither was sent."""
    text = call.query.get("urns") or call.query.get("ids")
    if not text:
        return None
    numbers = [resource_number(part.strip(), kind) for part in text.split(",")]
    if -1 in numbers:
        raise refused(400, f"urns is not a list of URNs such as soundcloud:{kind}:123.")
    if len(numbers) > _MAXIMUM_URNS:
        raise refused(400, f"urns holds more than {_MAXIMUM_URNS}.")
    return list(dict.fromkeys(numbers))


def _moment(call: Call, name: str) -> int | None:
    text = call.query.get(name)
    if not text:
        return None
    try:
        return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise refused(400, f"{name} is not a time, written yyyy-mm-dd hh:mm:ss.") from None


@handles("get_tracks")
def tracks(call: Call) -> Answer:
    """Search tracks, newest first, or fetch them by URN."""
    access = access_levels(call, DEFAULT_ACCESS)
    genres, tags = _comma_list(call, "genres", str.lower), _comma_list(call, "tags", lambda tag: f"|{fold(tag)}|")
    rows = call.state.database.rows(
        _TRACKS,
        words=_words(call),
        any_genre=not genres,
        genres=json.dumps(genres),
        any_tag=not tags,
        tags=json.dumps(tags),
        bpm_from=whole_number(call, "bpm[from]"),
        bpm_to=whole_number(call, "bpm[to]"),
        duration_from=whole_number(call, "duration[from]"),
        duration_to=whole_number(call, "duration[to]"),
        created_from=_moment(call, "created_at[from]"),
        created_to=_moment(call, "created_at[to]"),
        access=",".join(access),
        viewer=call.viewer.user_id,
    )
    numbers = _numbers(call, "tracks")
    if numbers is not None:
        by_number = {row["item"]: row for row in rows}
        rows = [by_number[number] for number in numbers if number in by_number]
    seen = views(call)
    return page_by_offset(
        call,
        rows,
        lambda page: seen.tracks(page, personal=True),
        array=True,
        headers=_CACHED,
        default_size=50 if numbers is None else _MAXIMUM_URNS,
    )


@handles("get_users")
def users(call: Call) -> Answer:
    """Search users, or fetch them by URN."""
    rows = call.state.database.rows(_USERS, words=_words(call))
    numbers = _numbers(call, "users")
    if numbers is not None:
        by_number = {row["item"]: row for row in rows}
        rows = [by_number[number] for number in numbers if number in by_number]
    size = 50 if numbers is None else _MAXIMUM_URNS
    return page_by_offset(call, rows, views(call).users, headers=_CACHED, default_size=size)


@handles("get_playlists")
def playlists(call: Call) -> Answer:
    """Search playlists, newest first."""
    access, show_tracks = access_levels(call, DEFAULT_ACCESS), flag(call, "show_tracks", default=True)
    rows = call.state.database.rows(_PLAYLISTS, words=_words(call))
    seen = views(call)
    return page_by_offset(
        call,
        rows,
        lambda page: seen.playlists(page, access, show_tracks=show_tracks),
        array=True,
        headers=_CACHED,
    )
