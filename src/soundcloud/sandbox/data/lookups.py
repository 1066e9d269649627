"""Finding what a path names, for the person who asks: 404 for what they may not see, 403 for what is not theirs."""

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.serializers import Views
from soundcloud.sandbox.http.messages import Call, refused


def views(call: Call) -> Views:
    """Make the views of the person who asks."""
    return Views(call.state, call.viewer.user_id)


def track_row(call: Call) -> Row:
    """Find the track of the path, by the rules of private tracks, or answer 404."""
    return _visible(call, "SELECT * FROM track_rows WHERE id = ?", call.number("track_urn", "tracks"))


def playlist_row(call: Call) -> Row:
    """Find the playlist of the path, by the rules of private playlists, or answer 404."""
    return _visible(call, "SELECT * FROM playlist_rows WHERE id = ?", call.number("playlist_urn", "playlists"))


def own_track(call: Call) -> Row:
    """Find the track of the path and check that it is the person's own, or answer 401, 403 or 404."""
    person = call.person
    return _checked(track_row(call), person)


def own_playlist(call: Call) -> Row:
    """Find the playlist of the path and check that it is the person's own, or answer 401, 403 or 404."""
    person = call.person
    return _checked(playlist_row(call), person)


def user_row(call: Call, name: str = "user_urn") -> Row:
    """Find the user of the path, or answer 404."""
    row = call.state.database.row("SELECT * FROM user_rows WHERE id = ?", call.number(name, "users"))
    if row is None:
        raise refused(404)
    return row


def _visible(call: Call, statement: str, number: int) -> Row:
    row = call.state.database.row(statement, number)
    if row is None or not views(call).sees(row, call.query.get("secret_token")):
        raise refused(404)
    return row


def _checked(row: Row, person: int) -> Row:
    if row["user_id"] != person:
        raise refused(403)
    return row
