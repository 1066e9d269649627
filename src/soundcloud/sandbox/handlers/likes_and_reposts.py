"""Likes and reposts of tracks and playlists."""

from soundcloud.sandbox.data.database import now
from soundcloud.sandbox.data.queries import find_playlist, find_track
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, status_response
from soundcloud.sandbox.http.routing import handles


@handles("post_likes_tracks_track_urn")
def like_track(request: Request) -> Response:
    """Like a track; repeating it changes nothing."""
    _insert(request, "track_likes", request.user_id, find_track(request)["id"])
    return status_response()


@handles("delete_likes_tracks_track_urn")
def unlike_track(request: Request) -> Response:
    """Remove the like of a track."""
    _delete(request, "track_likes", request.user_id, find_track(request)["id"])
    return status_response()


@handles("post_likes_playlists_playlist_urn")
def like_playlist(request: Request) -> Response:
    """Like a playlist; repeating it changes nothing."""
    _insert(request, "playlist_likes", request.user_id, find_playlist(request)["id"])
    return status_response()


@handles("delete_likes_playlists_playlist_urn")
def unlike_playlist(request: Request) -> Response:
    """Remove the like of a playlist."""
    _delete(request, "playlist_likes", request.user_id, find_playlist(request)["id"])
    return status_response()


@handles("post_reposts_tracks_track_urn")
def repost_track(request: Request) -> Response:
    """Repost a track; repeating it changes nothing."""
    return _repost(request, "track", request.user_id, find_track(request)["id"])


@handles("post_reposts_playlists_playlist_urn")
def repost_playlist(request: Request) -> Response:
    """Repost a playlist; repeating it changes nothing."""
    return _repost(request, "playlist", request.user_id, find_playlist(request)["id"])


@handles("delete_reposts_tracks_track_urn")
def unrepost_track(request: Request) -> Response:
    """Remove the repost of a track."""
    return _unrepost(request, "track", request.user_id, find_track(request)["id"])


@handles("delete_reposts_playlists_playlist_urn")
def unrepost_playlist(request: Request) -> Response:
    """Remove the repost of a playlist."""
    return _unrepost(request, "playlist", request.user_id, find_playlist(request)["id"])


def _repost(request: Request, kind: str, user_id: int, item_id: int) -> Response:
    if _insert(request, f"{kind}_reposts", user_id, item_id):
        activity = {"user_id": user_id, "type": f"{kind}:repost", f"{kind}_id": item_id, "created_at": now()}
        request.state.database.insert("activities", activity)
    return Response(None, 201)


def _unrepost(request: Request, kind: str, user_id: int, item_id: int) -> Response:
    _delete(request, f"{kind}_reposts", user_id, item_id)
    statement = f"DELETE FROM activities WHERE user_id = ? AND {kind}_id = ? AND type = ?"  # noqa: S608 - constants
    request.state.database.change(statement, user_id, item_id, f"{kind}:repost")
    return status_response()


def _insert(request: Request, table: str, user_id: int, item_id: int) -> bool:
    statement = f"INSERT OR IGNORE INTO {table} (user_id, item_id) VALUES (?, ?)"  # noqa: S608 - constants
    return bool(request.state.database.change(statement, user_id, item_id))


def _delete(request: Request, table: str, user_id: int, item_id: int) -> None:
    statement = f"DELETE FROM {table} WHERE user_id = ? AND item_id = ?"  # noqa: S608 - constants
    if not request.state.database.change(statement, user_id, item_id):
        raise HTTPError(404)
