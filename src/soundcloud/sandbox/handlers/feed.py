"""Activities: what those whom one follows put up and repost, and one's own."""

import json

from soundcloud.sandbox.data.lookups import views
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.data.text import timestamp
from soundcloud.sandbox.http.messages import Answer, Call, JsonObject
from soundcloud.sandbox.http.pagination import access_levels, next_link, page_size, whole_number
from soundcloud.sandbox.http.routing import handles

# A cursor below 0 asks for what is newer than its number: that is what `future_href` holds.
_ACTIVITIES = """
SELECT * FROM activities WHERE (NOT :tracks_only OR track_id IS NOT NULL)
    AND (:own AND user_id = :owner
        OR NOT :own AND user_id IN (SELECT followed_id FROM followings WHERE user_id = :owner))
    AND (:cursor IS NULL OR :cursor > 0 AND id < :cursor OR :cursor <= 0 AND id > -:cursor)
ORDER BY id DESC LIMIT :size
"""


@handles("get_me_feed", "get_me_activities")
def feed(call: Call) -> Answer:
    """List what those whom one follows put up and reposted, the latest first."""
    return _activities(call)


@handles("get_me_feed_tracks", "get_me_activities_tracks")
def feed_tracks(call: Call) -> Answer:
    """List the same, tracks only."""
    return _activities(call, tracks_only=True)


@handles("get_me_activities_all_own")
def own_activities(call: Call) -> Answer:
    """List what one put up and reposted oneself."""
    return _activities(call, own=True)


def _activities(call: Call, *, tracks_only: bool = False, own: bool = False) -> Answer:
    person, size, cursor = call.person, page_size(call), whole_number(call, "cursor")
    levels = access_levels(call, DEFAULT_ACCESS)
    rows = call.state.database.rows(
        _ACTIVITIES, tracks_only=tracks_only, own=own, owner=person, cursor=cursor, size=size + 1
    )
    shown = rows[:size]
    seen = views(call)
    tracks = seen.tracks([row["track_id"] for row in shown if row["track_id"]], levels)
    by_track = {track["id"]: track for track in tracks}
    statement = "SELECT * FROM playlist_rows WHERE id IN (SELECT value FROM json_each(?))"
    found = call.state.database.rows(statement, json.dumps([row["playlist_id"] for row in shown]))
    # Playlists have no `tracks` here.
    by_playlist = {row["id"]: seen.bare_playlist(row) for row in found if seen.sees(row)}
    items: list[JsonObject] = []
    for row in shown:
        origin = by_track.get(row["track_id"]) or by_playlist.get(row["playlist_id"])
        if origin is None:
            continue
        item: JsonObject = {"type": row["type"], "created_at": timestamp(row["created_at"]), "origin": origin}
        if row["type"].endswith(":repost"):
            item["reposter"] = f"soundcloud:users:{row['user_id']}"
        items.append(item)
    newest = shown[0]["id"] if shown else max(0, -(cursor or 0))
    return Answer(
        {
            "collection": items,
            "next_href": next_link(call, size, cursor=shown[-1]["id"]) if len(rows) > size else None,
            "future_href": next_link(call, size, cursor=-newest),
        }
    )
