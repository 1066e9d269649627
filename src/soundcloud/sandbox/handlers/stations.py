"""Stations, which SoundCloud has announced but not documented. What it has not published is invented, and marked as such."""

from soundcloud.sandbox.data.queries import find_station, make_serializer, read_owner
from soundcloud.sandbox.http.messages import JsonObject, Request, Response, invented
from soundcloud.sandbox.http.pagination import page_by_cursor
from soundcloud.sandbox.http.routing import handles_announced


@handles_announced("get_system_playlists_urn")
def get_station(request: Request) -> Response:
    """Return a station with the tracks that the viewer can see; a station without one is not found."""
    return invented(Response(find_station(request, request.path["urn"])), "fields")


@handles_announced("get_me_likes_system_playlists")
def list_my_likes(request: Request) -> Response:
    """List the stations that the signed-in user likes, the latest first, without their tracks."""
    return _list(request, request.user_id)


@handles_announced("get_users_urn_likes_system_playlists")
def list_likes(request: Request) -> Response:
    """List the stations that a user likes, the latest first, without their tracks."""
    return _list(request, read_owner(request, must_exist=True, name="urn"))


def _list(request: Request, owner: int) -> Response:
    database, serializer = request.state.database, make_serializer(request)

    def write(likes: list[int]) -> list[JsonObject]:
        urns = [database.rows("SELECT urn FROM station_likes WHERE id = ?", like)[0]["urn"] for like in likes]
        return [station for urn in urns if (station := serializer.station(urn)) is not None]

    statement = "SELECT id AS key, id AS item FROM station_likes WHERE user_id = :owner"
    return invented(page_by_cursor(request, statement, write, array=True, owner=owner), "fields", "paging")
