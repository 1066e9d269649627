"""Reading playlists: a playlist, its tracks and its reposters."""

from soundcloud.sandbox.data.queries import find_playlist, make_serializer
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.http.messages import Request, Response
from soundcloud.sandbox.http.pagination import page_by_cursor, read_access, read_flag
from soundcloud.sandbox.http.routing import handles


@handles("get_playlists_playlist_urn")
def get_playlist(request: Request) -> Response:
    """Return a playlist, with its tracks unless `show_tracks` is false."""
    row, levels = find_playlist(request), read_access(request, DEFAULT_ACCESS)
    return Response(
        make_serializer(request).playlist(row, levels, show_tracks=read_flag(request, "show_tracks", default=True))
    )


@handles("get_playlists_playlist_urn_tracks")
def list_tracks(request: Request) -> Response:
    """List the tracks of a playlist in order."""
    row, levels, serializer = find_playlist(request), read_access(request, DEFAULT_ACCESS), make_serializer(request)
    statement = "SELECT position AS key, track_id AS item FROM playlist_tracks WHERE playlist_id = :playlist"
    return page_by_cursor(
        request, statement, lambda page: serializer.tracks(page, levels), array=True, order=1, playlist=row["id"]
    )


@handles("get_playlists_playlist_urn_reposters")
def list_reposters(request: Request) -> Response:
    """List the users who reposted a playlist, the latest first."""
    statement = "SELECT id AS key, user_id AS item FROM playlist_reposts WHERE item_id = :playlist"
    return page_by_cursor(request, statement, make_serializer(request).users, playlist=find_playlist(request)["id"])
