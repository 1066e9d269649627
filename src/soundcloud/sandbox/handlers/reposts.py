"""Reposts: of tracks and playlists."""

from soundcloud.sandbox.data.database import now
from soundcloud.sandbox.data.lookups import playlist_row, track_row
from soundcloud.sandbox.http.messages import Answer, Call, refused, status_object
from soundcloud.sandbox.http.routing import handles


@handles("post_reposts_tracks_track_urn")
def repost_track(call: Call) -> Answer:
    """Repost a track: 201 and nothing else; reposting it again changes nothing."""
    person, number = call.person, track_row(call)["id"]
    statement = "INSERT OR IGNORE INTO track_reposts (user_id, item_id) VALUES (?, ?)"
    if call.state.database.change(statement, person, number):
        activity = {"user_id": person, "type": "track:repost", "track_id": number, "created_at": now()}
        call.state.database.insert("activities", activity)
    return Answer(None, 201)


@handles("post_reposts_playlists_playlist_urn")
def repost_playlist(call: Call) -> Answer:
    """Repost a playlist: 201 and nothing else; reposting it again changes nothing."""
    person, number = call.person, playlist_row(call)["id"]
    statement = "INSERT OR IGNORE INTO playlist_reposts (user_id, item_id) VALUES (?, ?)"
    if call.state.database.change(statement, person, number):
        activity = {"user_id": person, "type": "playlist:repost", "playlist_id": number, "created_at": now()}
        call.state.database.insert("activities", activity)
    return Answer(None, 201)


@handles("delete_reposts_tracks_track_urn")
def unrepost_track(call: Call) -> Answer:
    """Take a repost back."""
    pair = call.person, track_row(call)["id"]
    if not call.state.database.change("DELETE FROM track_reposts WHERE user_id = ? AND item_id = ?", *pair):
        raise refused(404)
    statement = "DELETE FROM activities WHERE user_id = ? AND track_id = ? AND type = 'track:repost'"
    call.state.database.change(statement, *pair)
    return status_object()


@handles("delete_reposts_playlists_playlist_urn")
def unrepost_playlist(call: Call) -> Answer:
    """Take a repost back."""
    pair = call.person, playlist_row(call)["id"]
    if not call.state.database.change("DELETE FROM playlist_reposts WHERE user_id = ? AND item_id = ?", *pair):
        raise refused(404)
    statement = "DELETE FROM activities WHERE user_id = ? AND playlist_id = ? AND type = 'playlist:repost'"
    call.state.database.change(statement, *pair)
    return status_object()
