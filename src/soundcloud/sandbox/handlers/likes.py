"""Likes of tracks and playlists."""

from collections.abc import Callable

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.queries import find_playlist, find_track
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, status_response
from soundcloud.sandbox.http.routing import handles


@handles("post_likes_tracks_track_urn")
def like_track(request: Request) -> Response:
    """Like a track; repeating it changes nothing."""
    return _like(request, "track_likes", find_track)


@handles("delete_likes_tracks_track_urn")
def unlike_track(request: Request) -> Response:
    """Remove the like of a track."""
    return _unlike(request, "track_likes", find_track)


@handles("post_likes_playlists_playlist_urn")
def like_playlist(request: Request) -> Response:
    """Like a playlist; repeating it changes nothing."""
    return _like(request, "playlist_likes", find_playlist)


@handles("delete_likes_playlists_playlist_urn")
def unlike_playlist(request: Request) -> Response:
    """Remove the like of a playlist."""
    return _unlike(request, "playlist_likes", find_playlist)


def _like(request: Request, table: str, find: Callable[[Request], Row]) -> Response:
    statement = f"INSERT OR IGNORE INTO {table} (user_id, item_id) VALUES (?, ?)"  # noqa: S608 - constants
    request.state.database.change(statement, request.user_id, find(request)["id"])
    return status_response()


def _unlike(request: Request, table: str, find: Callable[[Request], Row]) -> Response:
    statement = f"DELETE FROM {table} WHERE user_id = ? AND item_id = ?"  # noqa: S608 - constants
    if not request.state.database.change(statement, request.user_id, find(request)["id"]):
        raise HTTPError(404)
    return status_response()
