"""Queries for the resources in a request's path, with SoundCloud's rules of visibility and ownership."""

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS, Serializer
from soundcloud.sandbox.data.stations import find_seed, tracks_of_station
from soundcloud.sandbox.http.messages import HTTPError, JsonObject, Request, parse_resource_id


def make_serializer(request: Request) -> Serializer:
    """Return a serializer for the user of a request."""
    return Serializer(request.state, request.viewer.user_id)


def find_track(request: Request) -> Row:
    """Return the track of the path; raise 404 if it is missing or hidden."""
    return _find_visible(request, "track")


def find_playlist(request: Request) -> Row:
    """Return the playlist of the path; raise 404 if it is missing or hidden."""
    return _find_visible(request, "playlist")


def find_own_track(request: Request) -> Row:
    """Return a track of the user; raise 404 if it is hidden, 403 if another user owns it."""
    return _check_owner(request, find_track(request))


def find_own_playlist(request: Request) -> Row:
    """Return a playlist of the user; see `find_own_track`."""
    return _check_owner(request, find_playlist(request))


def find_user(request: Request, name: str = "user_urn") -> Row:
    """Return the user of the path; raise 404 if there is none."""
    user_id = parse_resource_id(request.path[name], "users")
    row = request.state.database.row("SELECT * FROM user_rows WHERE id = ?", user_id)
    if row is None:
        raise HTTPError(404)
    return row


def find_station(request: Request, urn: str) -> JsonObject:
    """Return a station with the tracks that the viewer can see; raise 404 if there is none."""
    serializer, seed = make_serializer(request), find_seed(request.state.database, urn)
    station = serializer.station(urn)
    if seed is None or station is None:
        raise HTTPError(404)
    kind, row = seed
    tracks = serializer.tracks(tracks_of_station(request.state.database, kind, row["id"]), DEFAULT_ACCESS)
    if not tracks:
        raise HTTPError(404)
    return {**station, "track_count": len(tracks), "tracks": tracks}


def read_owner(request: Request, *, must_exist: bool = False, name: str = "user_urn") -> int:
    """Return the id of the user in the path, or of the signed-in user if the path has none."""
    if name not in request.path:
        return request.user_id
    return int(find_user(request, name)["id"]) if must_exist else parse_resource_id(request.path[name], "users")


def _find_visible(request: Request, kind: str) -> Row:
    item_id = parse_resource_id(request.path[f"{kind}_urn"], f"{kind}s")
    row = request.state.database.row(f"SELECT * FROM {kind}_rows WHERE id = ?", item_id)  # noqa: S608 - constants
    if row is None or not make_serializer(request).can_see(row, request.query.get("secret_token")):
        raise HTTPError(404)
    return row


def _check_owner(request: Request, row: Row) -> Row:
    if row["user_id"] != request.user_id:
        raise HTTPError(403)
    return row
