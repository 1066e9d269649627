"""Finding what a path names, for the person who asks: 404 for what they may not see, 403 for what is not theirs."""

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.serializers import Serializer
from soundcloud.sandbox.http.messages import HTTPError, Request


def make_serializer(request: Request) -> Serializer:
    """Make the views of the person who asks."""
    return Serializer(request.state, request.viewer.user_id)


def find_track(request: Request) -> Row:
    """Find the track of the path, by the rules of private tracks, or answer 404."""
    return _visible(request, "SELECT * FROM track_rows WHERE id = ?", request.resource_id("track_urn", "tracks"))


def find_playlist(request: Request) -> Row:
    """Find the playlist of the path, by the rules of private playlists, or answer 404."""
    return _visible(
        request, "SELECT * FROM playlist_rows WHERE id = ?", request.resource_id("playlist_urn", "playlists")
    )


def find_own_track(request: Request) -> Row:
    """Find the track of the path and check that it is the person's own, or answer 401, 403 or 404."""
    person = request.user_id
    return _checked(find_track(request), person)


def find_own_playlist(request: Request) -> Row:
    """Find the playlist of the path and check that it is the person's own, or answer 401, 403 or 404."""
    person = request.user_id
    return _checked(find_playlist(request), person)


def find_user(request: Request, name: str = "user_urn") -> Row:
    """Find the user of the path, or answer 404."""
    row = request.state.database.row("SELECT * FROM user_rows WHERE id = ?", request.resource_id(name, "users"))
    if row is None:
        raise HTTPError(404)
    return row


def read_owner(request: Request, *, must_exist: bool = False) -> int:
    """Return the id of the user in the path, or of the signed-in user if the path has none."""
    if "user_urn" not in request.path:
        return request.user_id
    return int(find_user(request)["id"]) if must_exist else request.resource_id("user_urn", "users")


def _visible(request: Request, statement: str, number: int) -> Row:
    row = request.state.database.row(statement, number)
    if row is None or not make_serializer(request).can_see(row, request.query.get("secret_token")):
        raise HTTPError(404)
    return row


def _checked(row: Row, person: int) -> Row:
    if row["user_id"] != person:
        raise HTTPError(403)
    return row
