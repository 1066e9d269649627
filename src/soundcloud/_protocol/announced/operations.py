"""The operations that SoundCloud has announced; see `entries`."""

from typing import Any

from soundcloud._protocol.announced.entries import ENTRIES
from soundcloud._protocol.announced.station import Station
from soundcloud._protocol.hand_written import page_model
from soundcloud._protocol.http.messages import Request
from soundcloud_api.models import Playlist
from soundcloud_api.types import Operation, QueryValue


def get_station(urn: str) -> Operation[Station]:
    """GET /system-playlists/{urn}."""
    return _operation("get_system_playlists_urn", Station, urn)


def get_station_as_playlist(urn: str, **query: QueryValue) -> Operation[Playlist]:
    """GET /system-playlists/{urn}, decoded as a playlist."""
    return _operation("get_system_playlists_urn", Playlist, urn, **query)


def get_me_likes_stations(**query: QueryValue) -> Operation[Any]:
    """GET /me/likes/system-playlists."""
    return _operation("get_me_likes_system_playlists", page_model(Station), **query)


def get_users_likes_stations(urn: str, **query: QueryValue) -> Operation[Any]:
    """GET /users/{urn}/likes/system-playlists."""
    return _operation("get_users_urn_likes_system_playlists", page_model(Station), urn, **query)


def disconnect(base_url: str, access_token: str | None = None) -> Request:
    """POST /disconnect, on the host of the API, with the token of the user."""
    method, path = ENTRIES["post_disconnect"].operation.split()
    return Request(method, base_url + path, path, "post_disconnect", token=access_token)


def _operation(entry: str, model: Any, urn: QueryValue = None, **query: QueryValue) -> Operation[Any]:
    method, path = ENTRIES[entry].operation.split()
    return Operation(entry, method, path, {200: model}, path={} if urn is None else {"urn": str(urn)}, query=query)
