"""Likes and reposts of tracks, playlists and stations, and the users who liked or reposted them."""

from soundcloud.sandbox.data.queries import find_playlist, find_station, find_track, make_serializer
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, invented, status_response
from soundcloud.sandbox.http.pagination import page_by_cursor
from soundcloud.sandbox.http.routing import handles
from soundcloud.urn import is_station


@handles("post_likes_tracks_track_urn", "post_likes_playlists_playlist_urn")
def like(request: Request) -> Response:
    """Like a track, playlist or station; repeating it changes nothing."""
    if is_station(request.path.get("playlist_urn", "")):
        urn = find_station(request, request.path["playlist_urn"])["urn"]
        statement = "INSERT OR IGNORE INTO station_likes (user_id, urn) VALUES (?, ?)"
        request.state.database.change(statement, request.user_id, urn)
        return invented(status_response(), "body")
    user_id, (kind, item_id) = request.user_id, _find_item(request)
    _insert(request, f"{kind}_likes", user_id, item_id)
    return status_response()


@handles("delete_likes_tracks_track_urn", "delete_likes_playlists_playlist_urn")
def unlike(request: Request) -> Response:
    """Remove the like of a track, playlist or station."""
    if is_station(request.path.get("playlist_urn", "")):
        statement = "DELETE FROM station_likes WHERE user_id = ? AND urn = ?"
        if not request.state.database.change(statement, request.user_id, request.path["playlist_urn"]):
            raise HTTPError(404)
        return invented(status_response(), "body")
    user_id, (kind, item_id) = request.user_id, _find_item(request)
    _delete(request, f"{kind}_likes", user_id, item_id)
    return status_response()


@handles("post_reposts_tracks_track_urn", "post_reposts_playlists_playlist_urn")
def repost(request: Request) -> Response:
    """Repost a track or playlist; repeating it changes nothing."""
    user_id, (kind, item_id) = request.user_id, _find_item(request)
    if _insert(request, f"{kind}_reposts", user_id, item_id):
        database = request.state.database
        activity = {"type": f"{kind}:repost", f"{kind}_id": item_id, "created_at": database.now()}
        database.insert("activities", {"user_id": user_id, **activity})
    return Response(None, 201)


@handles("delete_reposts_tracks_track_urn", "delete_reposts_playlists_playlist_urn")
def unrepost(request: Request) -> Response:
    """Remove the repost of a track or playlist."""
    user_id, (kind, item_id) = request.user_id, _find_item(request)
    _delete(request, f"{kind}_reposts", user_id, item_id)
    statement = f"DELETE FROM activities WHERE user_id = ? AND {kind}_id = ? AND type = ?"  # noqa: S608 - constants
    request.state.database.change(statement, user_id, item_id, f"{kind}:repost")
    return status_response()


@handles("get_tracks_track_urn_favoriters")
def list_favoriters(request: Request) -> Response:
    """List the users who like a track, the latest first."""
    return _list_users(request, "likes")


@handles("get_tracks_track_urn_reposters", "get_playlists_playlist_urn_reposters")
def list_reposters(request: Request) -> Response:
    """List the users who reposted a track or playlist, the latest first."""
    return _list_users(request, "reposts")


def _find_item(request: Request) -> tuple[str, int]:
    """Return the kind and the id of the track or playlist in the path."""
    if "track_urn" in request.path:
        return "track", find_track(request)["id"]
    return "playlist", find_playlist(request)["id"]


def _list_users(request: Request, reaction: str) -> Response:
    kind, item_id = _find_item(request)
    statement = f"SELECT id AS key, user_id AS item FROM {kind}_{reaction} WHERE item_id = :item"  # noqa: S608 - constants
    return page_by_cursor(request, statement, make_serializer(request).users, item=item_id)


def _insert(request: Request, table: str, user_id: int, item_id: int) -> bool:
    statement = f"INSERT OR IGNORE INTO {table} (user_id, item_id) VALUES (?, ?)"  # noqa: S608 - constants
    return bool(request.state.database.change(statement, user_id, item_id))


def _delete(request: Request, table: str, user_id: int, item_id: int) -> None:
    statement = f"DELETE FROM {table} WHERE user_id = ? AND item_id = ?"  # noqa: S608 - constants
    if not request.state.database.change(statement, user_id, item_id):
        raise HTTPError(404)
