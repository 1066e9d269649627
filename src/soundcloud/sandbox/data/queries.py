"""Queries for the resources in a request's path, with SoundCloud's rules of visibility and ownership."""

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.serializers import Serializer
from soundcloud.sandbox.http.messages import HTTPError, Request


def make_serializer(request: Request) -> Serializer:
    """Return a serializer for the user of a request."""
    return Serializer(request.state, request.viewer.user_id)


def find_track(request: Request) -> Row:
    """Return the track of the path; raise 404 if it is missing or hidden."""
    return _find_visible(request, "SELECT * FROM track_rows WHERE id = ?", request.resource_id("track_urn", "tracks"))


def find_playlist(request: Request) -> Row:
    """Return the playlist of the path; raise 404 if it is missing or hidden."""
    playlist_id = request.resource_id("playlist_urn", "playlists")
    return _find_visible(request, "SELECT * FROM playlist_rows WHERE id = ?", playlist_id)


def find_own_track(request: Request) -> Row:
    """Return a track of the user; raise 401 for an app token, 404 if it is hidden, 403 if another user owns it."""
    user_id = request.user_id
    return _check_owner(find_track(request), user_id)


def find_own_playlist(request: Request) -> Row:
    """Return a playlist of the user; see `find_own_track`."""
    user_id = request.user_id
    return _check_owner(find_playlist(request), user_id)


def find_user(request: Request, name: str = "user_urn") -> Row:
    """Return the user of the path; raise 404 if there is none."""
    row = request.state.database.row("SELECT * FROM user_rows WHERE id = ?", request.resource_id(name, "users"))
    if row is None:
        raise HTTPError(404)
    return row


def read_owner(request: Request, *, must_exist: bool = False) -> int:
    """Return the id of the user in the path, or of the signed-in user if the path has none."""
    if "user_urn" not in request.path:
        return request.user_id
    return int(find_user(request)["id"]) if must_exist else request.resource_id("user_urn", "users")


def _find_visible(request: Request, statement: str, resource_id: int) -> Row:
    row = request.state.database.row(statement, resource_id)
    if row is None or not make_serializer(request).can_see(row, request.query.get("secret_token")):
        raise HTTPError(404)
    return row


def _check_owner(row: Row, user_id: int) -> Row:
    if row["user_id"] != user_id:
        raise HTTPError(403)
    return row
