"""Likes: of tracks and playlists."""

from soundcloud.sandbox.data.lookups import playlist_row, track_row
from soundcloud.sandbox.http.messages import Answer, Call, refused, status_object
from soundcloud.sandbox.http.routing import handles


@handles("post_likes_tracks_track_urn")
def like_track(call: Call) -> Answer:
    """Like a track; liking it again changes nothing."""
    return _like(call, "INSERT OR IGNORE INTO track_likes (user_id, item_id) VALUES (?, ?)", _track(call))


@handles("delete_likes_tracks_track_urn")
def unlike_track(call: Call) -> Answer:
    """Like a track no more."""
    return _unlike(call, "DELETE FROM track_likes WHERE user_id = ? AND item_id = ?", _track(call))


@handles("post_likes_playlists_playlist_urn")
def like_playlist(call: Call) -> Answer:
    """Like a playlist; liking it again changes nothing."""
    return _like(call, "INSERT OR IGNORE INTO playlist_likes (user_id, item_id) VALUES (?, ?)", _playlist(call))


@handles("delete_likes_playlists_playlist_urn")
def unlike_playlist(call: Call) -> Answer:
    """Like a playlist no more."""
    return _unlike(call, "DELETE FROM playlist_likes WHERE user_id = ? AND item_id = ?", _playlist(call))


def _track(call: Call) -> tuple[int, int]:
    return call.person, track_row(call)["id"]


def _playlist(call: Call) -> tuple[int, int]:
    return call.person, playlist_row(call)["id"]


def _like(call: Call, statement: str, pair: tuple[int, int]) -> Answer:
    call.state.database.change(statement, *pair)
    return status_object()


def _unlike(call: Call, statement: str, pair: tuple[int, int]) -> Answer:
    if not call.state.database.change(statement, *pair):
        raise refused(404)
    return status_object()
