"""Likes: of tracks and playlists."""

from soundcloud.sandbox.data.queries import find_playlist, find_track
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, status_response
from soundcloud.sandbox.http.routing import handles


@handles("post_likes_tracks_track_urn")
def like_track(request: Request) -> Response:
    """Like a track; liking it again changes nothing."""
    return _like(request, "INSERT OR IGNORE INTO track_likes (user_id, item_id) VALUES (?, ?)", _track(request))


@handles("delete_likes_tracks_track_urn")
def unlike_track(request: Request) -> Response:
    """Like a track no more."""
    return _unlike(request, "DELETE FROM track_likes WHERE user_id = ? AND item_id = ?", _track(request))


@handles("post_likes_playlists_playlist_urn")
def like_playlist(request: Request) -> Response:
    """Like a playlist; liking it again changes nothing."""
    return _like(request, "INSERT OR IGNORE INTO playlist_likes (user_id, item_id) VALUES (?, ?)", _playlist(request))


@handles("delete_likes_playlists_playlist_urn")
def unlike_playlist(request: Request) -> Response:
    """Like a playlist no more."""
    return _unlike(request, "DELETE FROM playlist_likes WHERE user_id = ? AND item_id = ?", _playlist(request))


def _track(request: Request) -> tuple[int, int]:
    return request.user_id, find_track(request)["id"]


def _playlist(request: Request) -> tuple[int, int]:
    return request.user_id, find_playlist(request)["id"]


def _like(request: Request, statement: str, pair: tuple[int, int]) -> Response:
    request.state.database.change(statement, *pair)
    return status_response()


def _unlike(request: Request, statement: str, pair: tuple[int, int]) -> Response:
    if not request.state.database.change(statement, *pair):
        raise HTTPError(404)
    return status_response()
