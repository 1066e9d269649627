"""Activities: uploads and reposts of followed users, and of the signed-in user."""

import json

from soundcloud.sandbox.data.queries import make_serializer
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.data.text import format_timestamp
from soundcloud.sandbox.http.messages import JsonObject, Request, Response
from soundcloud.sandbox.http.pagination import next_page_url, read_access, read_integer, read_page_size
from soundcloud.sandbox.http.routing import handles

# A negative cursor, as in `future_href`, selects activities that are newer than its absolute value.
_OWN, _OF_FOLLOWED = "user_id = :owner", "user_id IN (SELECT followed_id FROM followings WHERE user_id = :owner)"
_ACTIVITIES = """
SELECT * FROM activities WHERE {of_users} AND (NOT :tracks_only OR track_id IS NOT NULL)
    AND (:cursor IS NULL OR :cursor > 0 AND id < :cursor OR :cursor <= 0 AND id > -:cursor)
ORDER BY id DESC LIMIT :size
"""


@handles("get_me_feed", "get_me_activities")
def list_feed(request: Request) -> Response:
    """List the uploads and reposts of followed users, the latest first."""
    return _list_activities(request)


@handles("get_me_feed_tracks", "get_me_activities_tracks")
def list_feed_tracks(request: Request) -> Response:
    """List the feed without playlists."""
    return _list_activities(request, tracks_only=True)


@handles("get_me_activities_all_own")
def list_own_activities(request: Request) -> Response:
    """List the uploads and reposts of the signed-in user, the latest first."""
    return _list_activities(request, own=True)


def _list_activities(request: Request, *, tracks_only: bool = False, own: bool = False) -> Response:
    user_id, size, cursor = request.user_id, read_page_size(request), read_integer(request, "cursor")
    levels = read_access(request, DEFAULT_ACCESS)
    statement = _ACTIVITIES.format(of_users=_OWN if own else _OF_FOLLOWED)
    rows = request.state.database.rows(statement, tracks_only=tracks_only, owner=user_id, cursor=cursor, size=size + 1)
    page = rows[:size]
    serializer = make_serializer(request)
    tracks = serializer.tracks([row["track_id"] for row in page if row["track_id"]], levels)
    by_track = {track["id"]: track for track in tracks}
    statement = "SELECT * FROM playlist_rows WHERE id IN (SELECT value FROM json_each(?))"
    playlists = request.state.database.rows(statement, json.dumps([row["playlist_id"] for row in page]))
    # Playlists have no `tracks` here.
    by_playlist = {row["id"]: serializer.bare_playlist(row) for row in playlists if serializer.can_see(row)}
    items: list[JsonObject] = []
    for row in page:
        origin = by_track.get(row["track_id"]) or by_playlist.get(row["playlist_id"])
        if origin is None:
            continue
        item: JsonObject = {"type": row["type"], "created_at": format_timestamp(row["created_at"]), "origin": origin}
        if row["type"].endswith(":repost"):
            item["reposter"] = f"soundcloud:users:{row['user_id']}"
        items.append(item)
    newest = page[0]["id"] if page else max(0, -(cursor or 0))
    return Response(
        {
            "collection": items,
            "next_href": next_page_url(request, size, cursor=page[-1]["id"]) if len(rows) > size else None,
            "future_href": next_page_url(request, size, cursor=-newest),
        }
    )
