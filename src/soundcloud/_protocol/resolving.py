"""Which operation gets what a link was resolved to."""

from urllib.parse import parse_qs, unquote, urlsplit

from soundcloud._protocol.decoding import host_of
from soundcloud._protocol.pagination import next_page_url
from soundcloud.errors import InvalidInputError, PaginationError, UnexpectedResponseError
from soundcloud.urn import Urn
from soundcloud_api.api.playlists import get_playlists_playlist_urn
from soundcloud_api.api.tracks import get_tracks_track_urn
from soundcloud_api.api.users import get_users_user_urn
from soundcloud_api.models import Playlist, Track, User
from soundcloud_api.types import Operation


def permalink(url: str) -> str:
    """Check a link to resolve: an address with a host."""
    text = url.strip() if isinstance(url, str) else ""  # pyright: ignore[reportUnnecessaryIsInstance]
    try:
        parts = urlsplit(text)
        fine = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(ord(letter) <= 32 for letter in text)
        )
    except ValueError:
        fine = False
    if not fine:
        raise InvalidInputError(
            "a link such as https://soundcloud.com/forss/flickermood is needed, with https:// in front"
        )
    return text


def operation_at(location: str, base_url: str) -> Operation[Track | User | Playlist]:
    """The operation that gets what an API URL names.

    Args:
        location: The API URL that a link was resolved to.
        base_url: The API's origin.

    Returns:
        The operation, with the secret of a share link if the URL holds one.

    Raises:
        UnexpectedResponseError: The URL leads to another host, or names no track, user or playlist.
    """
    try:
        parts = urlsplit(next_page_url(location, base_url))
    except PaginationError:
        where = host_of(location) or " to no address"
        raise UnexpectedResponseError(
            f"the link was resolved{where}, which is not the API; it was not followed"
        ) from None
    segments = [unquote(segment) for segment in parts.path.removeprefix(urlsplit(base_url).path).split("/") if segment]
    secret_token = parse_qs(parts.query).get("secret_token", [None])[0]
    if len(segments) == 2:
        try:
            match segments[0]:
                case "tracks":
                    return get_tracks_track_urn(Urn.parse(segments[1], "tracks"), secret_token=secret_token)
                case "users":
                    return get_users_user_urn(Urn.parse(segments[1], "users"))
                case "playlists":
                    return get_playlists_playlist_urn(Urn.parse(segments[1], "playlists"), secret_token=secret_token)
                case _:
                    pass
        except InvalidInputError:
            pass
    raise UnexpectedResponseError(
        f"the link was resolved to {parts.path}, which is no track, user or playlist",
        hint="get it with client.raw.get(path)",
    )
