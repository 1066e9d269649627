"""Checks URLs to resolve, and finds the operation for a resolved URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from soundcloud._protocol.announced.operations import get_station
from soundcloud._protocol.announced.station import Station
from soundcloud._protocol.decoding import host_of
from soundcloud._protocol.http.urls import is_soundcloud, with_scheme
from soundcloud._protocol.pagination import next_page_url
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import InvalidInputError, PaginationError, UnexpectedResponseError, WrongKindError
from soundcloud.urn import STATIONS, Urn
from soundcloud_api.api import playlists as playlists_api
from soundcloud_api.api import tracks as tracks_api
from soundcloud_api.api import users as users_api
from soundcloud_api.types import Operation, redact

if TYPE_CHECKING:
    from soundcloud_api.models import Playlist, Track, User

_METHODS = {
    "tracks": ("track", "resolve.track"),
    "users": ("user", "resolve.user"),
    "playlists": ("playlist", "resolve.playlist"),
    STATIONS: ("station", "resolve.resolve"),
}
"""A noun and the method by kind."""


def check_permalink(url: str, web_url: str) -> str:
    """Check that a URL to resolve is one of soundcloud.com, of its subdomains or of `web_url`; it may lack the scheme.

    Raises:
        InvalidInputError: It is another URL, or not a URL.
    """
    given = url.strip() if isinstance(url, str) else ""  # pyright: ignore[reportUnnecessaryIsInstance]
    web = urlsplit(web_url)
    found = f"{web.scheme}://{given}" if given.partition("/")[0].lower() == web.netloc else with_scheme(given)
    try:
        parts = urlsplit(found)
        host, port = parts.hostname or "", parts.port
        of_web = (parts.scheme, parts.netloc.lower()) == (web.scheme, web.netloc)
        of_soundcloud = parts.scheme in {"http", "https"} and is_soundcloud(host) and port in {None, 80, 443}
        valid = (of_web or of_soundcloud) and "@" not in parts.netloc and min(map(ord, found)) > 32
    except ValueError:
        valid = False
    if not valid:
        shown = repr_value(redact(url) if isinstance(url, str) else url)  # pyright: ignore[reportUnnecessaryIsInstance]
        others = "" if is_soundcloud(web.netloc) else f" or {web.netloc}"
        raise InvalidInputError(
            f"{shown} is not a URL of soundcloud.com, of its subdomains{others}: "
            "give one such as https://soundcloud.com/forss/flickermood"
        )
    return found


def operation_at(
    location: str, base_url: str, wanted: Literal["tracks", "users", "playlists"] | None = None
) -> Operation[Track | User | Playlist | Station]:
    """Return the operation that gets the resource at an API URL, with the secret of a share link if the URL has one.

    Args:
        location: The URL that `/resolve` redirects to.
        base_url: The origin of the API.
        wanted: The kind that the resource must have; None for any.

    Raises:
        UnexpectedResponseError: The URL is not one of the API.
        WrongKindError: The resource is not of the wanted kind, or not a track, user, playlist or station.
    """
    try:
        parts = urlsplit(next_page_url(location, base_url))
    except PaginationError:
        target = host_of(location) or " to an invalid URL"
        raise UnexpectedResponseError(f"the URL resolves{target}, which is not the API; no request was sent") from None
    segments = [unquote(segment) for segment in parts.path.removeprefix(urlsplit(base_url).path).split("/") if segment]
    secret_token = parse_qs(parts.query).get("secret_token", [None])[0]
    if len(segments) == 2:
        kind = segments[0]
        if wanted is not None and kind != wanted and kind in _METHODS:
            raise WrongKindError(
                f"the URL is of a {_METHODS[kind][0]}, not of a {_METHODS[wanted][0]}",
                kind=kind,
                hint=f"call {_METHODS[kind][1]}(url)",
            )
        try:
            match kind:
                case "tracks":
                    return tracks_api.get_tracks_track_urn(Urn.parse(segments[1], "tracks"), secret_token=secret_token)
                case "users":
                    return users_api.get_users_user_urn(Urn.parse(segments[1], "users"))
                case "playlists":
                    return playlists_api.get_playlists_playlist_urn(
                        Urn.parse(segments[1], "playlists"), secret_token=secret_token
                    )
                case "system-playlists":
                    return get_station(Urn.parse(segments[1], STATIONS))
                case _:
                    pass
        except InvalidInputError:
            pass
    raise WrongKindError(
        f"the URL resolves to {parts.path}, which is not a track, user, playlist or station",
        hint="get it with client.raw.get(path)",
    )
