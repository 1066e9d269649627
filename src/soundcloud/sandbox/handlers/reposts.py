"""Reposts: of tracks and playlists."""

from soundcloud.sandbox.data.database import now
from soundcloud.sandbox.data.queries import find_playlist, find_track
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, status_response
from soundcloud.sandbox.http.routing import handles


@handles("post_reposts_tracks_track_urn")
def repost_track(request: Request) -> Response:
    """Repost a track: 201 and nothing else; reposting it again changes nothing."""
    person, number = request.user_id, find_track(request)["id"]
    statement = "INSERT OR IGNORE INTO track_reposts (user_id, item_id) VALUES (?, ?)"
    if request.state.database.change(statement, person, number):
        activity = {"user_id": person, "type": "track:repost", "track_id": number, "created_at": now()}
        request.state.database.insert("activities", activity)
    return Response(None, 201)


@handles("post_reposts_playlists_playlist_urn")
def repost_playlist(request: Request) -> Response:
    """Repost a playlist: 201 and nothing else; reposting it again changes nothing."""
    person, number = request.user_id, find_playlist(request)["id"]
    statement = "INSERT OR IGNORE INTO playlist_reposts (user_id, item_id) VALUES (?, ?)"
    if request.state.database.change(statement, person, number):
        activity = {"user_id": person, "type": "playlist:repost", "playlist_id": number, "created_at": now()}
        request.state.database.insert("activities", activity)
    return Response(None, 201)


@handles("delete_reposts_tracks_track_urn")
def unrepost_track(request: Request) -> Response:
    """Take a repost back."""
    pair = request.user_id, find_track(request)["id"]
    if not request.state.database.change("DELETE FROM track_reposts WHERE user_id = ? AND item_id = ?", *pair):
        raise HTTPError(404)
    statement = "DELETE FROM activities WHERE user_id = ? AND track_id = ? AND type = 'track:repost'"
    request.state.database.change(statement, *pair)
    return status_response()


@handles("delete_reposts_playlists_playlist_urn")
def unrepost_playlist(request: Request) -> Response:
    """Take a repost back."""
    pair = request.user_id, find_playlist(request)["id"]
    if not request.state.database.change("DELETE FROM playlist_reposts WHERE user_id = ? AND item_id = ?", *pair):
        raise HTTPError(404)
    statement = "DELETE FROM activities WHERE user_id = ? AND playlist_id = ? AND type = 'playlist:repost'"
    request.state.database.change(statement, *pair)
    return status_response()
