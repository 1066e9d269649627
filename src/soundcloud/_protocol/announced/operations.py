"""The operations that SoundCloud has announced; see `entries`."""

import re
from importlib import import_module
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
    method, path = _method_and_path("post_disconnect")
    return Request(method, base_url + path, path, "post_disconnect", token=access_token)


def _operation(name: str, model: Any, *urn: str, **query: QueryValue) -> Operation[Any]:
    method, path = _method_and_path(name)
    values = dict(zip(re.findall(r"\{(\w+)\}", path), urn, strict=True))
    return Operation(name, method, path, {200: model}, path=values, query=query)


def _method_and_path(name: str) -> tuple[str, str]:
    """Return the method and path of an entry, or of the operation of the document that has replaced it."""
    if name in ENTRIES:
        method, path = ENTRIES[name].operation.split()
        return method, path
    info = import_module("soundcloud_api.operations").OPERATIONS[name]
    return info.method, info.path
