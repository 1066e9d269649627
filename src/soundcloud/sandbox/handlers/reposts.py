"""Reposts of tracks and playlists."""

from collections.abc import Callable

from soundcloud.sandbox.data.database import Row, now
from soundcloud.sandbox.data.queries import find_playlist, find_track
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, status_response
from soundcloud.sandbox.http.routing import handles


@handles("post_reposts_tracks_track_urn")
def repost_track(request: Request) -> Response:
    """Repost a track; repeating it changes nothing."""
    return _repost(request, "track", find_track)


@handles("post_reposts_playlists_playlist_urn")
def repost_playlist(request: Request) -> Response:
    """Repost a playlist; repeating it changes nothing."""
    return _repost(request, "playlist", find_playlist)


@handles("delete_reposts_tracks_track_urn")
def unrepost_track(request: Request) -> Response:
    """Remove the repost of a track."""
    return _unrepost(request, "track", find_track)


@handles("delete_reposts_playlists_playlist_urn")
def unrepost_playlist(request: Request) -> Response:
    """Remove the repost of a playlist."""
    return _unrepost(request, "playlist", find_playlist)


def _repost(request: Request, kind: str, find: Callable[[Request], Row]) -> Response:
    user_id, item_id, database = request.user_id, find(request)["id"], request.state.database
    statement = f"INSERT OR IGNORE INTO {kind}_reposts (user_id, item_id) VALUES (?, ?)"  # noqa: S608 - constants
    if database.change(statement, user_id, item_id):
        activity = {"user_id": user_id, "type": f"{kind}:repost", f"{kind}_id": item_id, "created_at": now()}
        database.insert("activities", activity)
    return Response(None, 201)


def _unrepost(request: Request, kind: str, find: Callable[[Request], Row]) -> Response:
    user_id, item_id, database = request.user_id, find(request)["id"], request.state.database
    statement = f"DELETE FROM {kind}_reposts WHERE user_id = ? AND item_id = ?"  # noqa: S608 - constants
    if not database.change(statement, user_id, item_id):
        raise HTTPError(404)
    statement = f"DELETE FROM activities WHERE user_id = ? AND {kind}_id = ? AND type = ?"  # noqa: S608 - constants
    database.change(statement, user_id, item_id, f"{kind}:repost")
    return status_response()
