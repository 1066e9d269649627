"""From the addresses of a track's streams to the link that a player opens: which one, where it leads, until when."""

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

from soundcloud._core.pages import next_url
from soundcloud._core.request import Call, is_loopback
from soundcloud.errors import InvalidInputError, NotPlayableError, PaginationError, UnexpectedReplyError
from soundcloud_api.models import Streams
from soundcloud_api.models.found import Found

if TYPE_CHECKING:
    from m3u8 import M3U8

PREFERRED = ("hls_aac_160", "hls_aac_96", "hls_mp3_128", "preview_mp3_128")
"""The formats that SoundCloud documents or has announced, the best first."""

MOST_REDIRECTS = 5
"""How many hops at the API a link may take."""

LARGEST_PLAYLIST = 8 * 1024 * 1024

_SUFFIX = "_url"
_FORMAT = re.compile(r"[a-z0-9_]+", re.ASCII)
_EPOCH = re.compile(r"[0-9]{1,12}", re.ASCII)
_POLICY_TIME = re.compile(rb'"AWS:EpochTime"\s*:\s*([0-9]{1,12})')
_POLICY_LETTERS = bytes.maketrans(b"-_~", b"+=/")


def formats_of(prefer: Iterable[str]) -> list[str]:
    """Check the formats that a caller prefers.

    Args:
        prefer: Their names, such as `hls_aac_160`; those of the fields, with `_url` behind, are taken too.

    Returns:
        The names.

    Raises:
        InvalidInputError: One is no name, or there are none.
    """
    names = [prefer] if isinstance(prefer, str) else list(prefer)
    if not names or not all(isinstance(name, str) and _FORMAT.fullmatch(name) for name in names):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"prefer={prefer!r}: give names of formats such as {PREFERRED[0]!r}")
    return [name.removesuffix(_SUFFIX) for name in names]


def links_of(streams: Streams) -> dict[str, str]:
    """Name the addresses of a track's streams by format, those too that the document does not know."""
    return {
        name.removesuffix(_SUFFIX): value
        for name, value in streams.raw.items()
        if name.endswith(_SUFFIX) and isinstance(value, str) and value
    }


def check_any(urn: str, links: Mapping[str, str], chosen: list[str]) -> None:
    """Check that there is something to play.

    Raises:
        NotPlayableError: There is nothing, or nothing in the formats that are preferred.
    """
    if not links:
        raise NotPlayableError(
            f"{urn} has no streams", hint="an upload has none until SoundCloud has processed it: wait_until_playable()"
        )
    if not any(name in links for name in chosen):
        raise not_playable(f"{urn} has no stream in {', '.join(chosen)}", links)


def not_playable(message: str, others: Iterable[str], error: NotPlayableError | None = None) -> NotPlayableError:
    """Say of a track that cannot be played what can be played in its place.

    Args:
        message: What cannot be played.
        others: The formats that are there.
        error: What SoundCloud answered, if it was asked.

    Returns:
        The error.
    """
    available = tuple(others)
    details: dict[str, Any] = {} if error is None else {**vars(error)}
    for name in ("message", "retries", "available"):
        details.pop(name, None)
    details["hint"] = (
        f"there is {', '.join(available)}: give prefer={available!r}"
        if available
        else "SoundCloud lets nobody play it here: its rights holder, the country or the app; a new token does not help"
    )
    return NotPlayableError(message, available=available, **details)


def hop(link: str, base_url: str, token: str | None) -> Call | None:
    """Make the request that follows a link, while it stays at the API.

    Args:
        link: The link as it came.
        base_url: The API's origin.
        token: The access token to act with, or None for the client's own.

    Returns:
        The request, with a token; None where the link leads away from the API, and no token may be sent.
    """
    try:
        url = next_url(link, base_url)
    except PaginationError:
        return None
    path = urlsplit(url).path
    return Call("GET", url, path, template="/tracks/{track_urn}/streams/{stream}", replies={302: Found}, token=token)


def next_link(link: str, location: str, base_url: str) -> str:
    """Tell where a redirect leads.

    Args:
        link: The link that was followed.
        location: Where it leads, as the reply says.
        base_url: The API's origin.

    Returns:
        An absolute address.

    Raises:
        UnexpectedReplyError: It is no address that a player may be given.
    """
    try:
        url = urljoin(link, location)
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, url, parts = "", "", urlsplit("")
    if not host or parts.scheme not in {"http", "https"} or not url.isprintable() or not url.isascii() or " " in url:
        raise UnexpectedReplyError("the stream leads to no address")
    local = is_loopback(urlsplit(base_url).hostname or "")
    if parts.scheme == "http" and not (local and is_loopback(host)):
        raise UnexpectedReplyError(f"the stream leads to {host} over plain http; it was not followed")
    return url


def expiry_of(url: str) -> datetime | None:
    """Read until when a signed link works: from `expires`, or from the policy that CloudFront signs.

    Args:
        url: The link.

    Returns:
        An aware datetime in UTC, or None where the link does not say.
    """
    query = {name.lower(): values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    seconds = query.get("expires", "")
    if not _EPOCH.fullmatch(seconds) and "policy" in query:
        try:
            policy = b64decode(query["policy"].encode("ascii").translate(_POLICY_LETTERS))
        except ValueError:
            return None
        found = _POLICY_TIME.search(policy)
        seconds = found[1].decode("ascii") if found else ""
    return datetime.fromtimestamp(int(seconds), UTC) if _EPOCH.fullmatch(seconds) else None


def read_playlist(content: bytes, url: str) -> "M3U8":
    """Read an HLS playlist.

    Args:
        content: Its bytes.
        url: Where it comes from: what its lines name is relative to it.

    Returns:
        An `m3u8.M3U8`.

    Raises:
        InvalidInputError: The extra `audio` is not installed.
        UnexpectedReplyError: It is no playlist.
    """
    m3u8 = playlist_reader()
    text = content.decode("utf-8", "replace")
    if not text.lstrip("\ufeff \r\n").startswith("#EXTM3U"):
        raise UnexpectedReplyError("this is no HLS playlist", body=content)
    try:
        found: M3U8 = m3u8.loads(text, uri=url)
    except Exception as error:
        # The reader fails in many ways on lines that are none; each means the same.
        raise UnexpectedReplyError(f"the HLS playlist cannot be read: {type(error).__name__}", body=content) from None
    return found


def playlist_reader() -> Any:
    """The library that reads HLS playlists.

    Raises:
        InvalidInputError: It is not installed.
    """
    try:
        import m3u8
    except ImportError:
        raise InvalidInputError(
            "playlists are read by m3u8, which is not installed: pip install 'soundcloud-sdk[audio]'"
        ) from None
    return m3u8
