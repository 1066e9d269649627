"""From the addresses of a track's streams to the link that a player opens: which one, where it leads, until when."""

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.http.urls import is_loopback
from soundcloud._protocol.pagination import MAX_LINK_LENGTH, next_page_url
from soundcloud._protocol.secrets import Secret, SecretBytes
from soundcloud.errors import (
    ForbiddenError,
    InvalidInputError,
    NotPlayableError,
    PaginationError,
    StatusError,
    UnexpectedResponseError,
)
from soundcloud_api.models import Streams
from soundcloud_api.models.found import Found

if TYPE_CHECKING:
    from m3u8 import M3U8

PREFERRED = ("hls_aac_160", "hls_aac_96", "hls_mp3_128", "preview_mp3_128")
"""The formats that SoundCloud documents or has announced, the best first."""

MOST_REDIRECTS = 5
"""How many hops at the API a link may take."""

STREAM = "/tracks/{track_urn}/streams/{stream}"
"""The path of a stream's address, for telemetry."""

NOT_FROM_CACHES = {"Cache-Control": "no-cache"}

_SUFFIX = "_url"
_FORMAT = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
# The last part is short enough to be sent with a port behind it.
_HOST = re.compile(
    r"(?:(?:[a-z0-9_-]{1,63}\.){0,30}[a-z0-9_-]{1,57}\.?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?",
    re.ASCII | re.IGNORECASE,
)
_EPOCH = re.compile(r"[0-9]{1,12}", re.ASCII)
_POLICY_TIME = re.compile(rb'"DateLessThan"\s*:\s*\{\s*"AWS:EpochTime"\s*:\s*([0-9]{1,12})')
_POLICY_LETTERS = bytes.maketrans(b"-_~", b"+=/")


def check_formats(prefer: Iterable[str]) -> list[str]:
    """Check the formats that a caller prefers.

    Args:
        prefer: Their names, such as `hls_aac_160`; those of the fields, with `_url` behind, are taken too.

    Returns:
        The names, each once.

    Raises:
        InvalidInputError: One is no name, or there are none.
    """
    given: Any = prefer
    try:
        names: list[Any] = [given] if isinstance(given, str) else list(given)
    except TypeError:
        names = []
    found = [name.removesuffix(_SUFFIX) if isinstance(name, str) else "" for name in names]
    if not found or not all(map(_FORMAT.fullmatch, found)):
        raise InvalidInputError(f"prefer={given!r}: give names of formats such as {PREFERRED[0]!r}")
    return list(dict.fromkeys(found))


def stream_urls(streams: Streams) -> dict[str, Secret]:
    """Name the addresses of a track's streams by format, those too that the document does not know."""
    return {
        name.removesuffix(_SUFFIX): Secret(value)
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


def hop(link: str, base_url: str, token: str | None, template: str) -> Request | None:
    """Make the request that follows a link, while it stays at the API.

    Args:
        link: The link, checked by `next_link`.
        base_url: The API's origin.
        token: The access token to act with, or None for the client's own.
        template: The path as telemetry shows it.

    Returns:
        The request, with a token; None where the link leads away from the API, and no token may be sent.
    """
    try:
        url = next_page_url(link, base_url)
    except PaginationError:
        return None
    path = urlsplit(url).path
    return Request("GET", url, path, template=template, responses={302: Found}, token=token)


def next_link(link: str, location: str, base_url: str) -> Secret:
    """Tell where a redirect leads.

    Args:
        link: The link that was followed.
        location: Where it leads, as the reply says.
        base_url: The API's origin.

    Returns:
        An absolute address.

    Raises:
        UnexpectedResponseError: It is no address that a player may be given.
    """
    url, problem = _checked(link, location, base_url)
    del link, location  # no frame of a traceback shows them
    if problem:
        raise UnexpectedResponseError(problem, hint="this comes from SoundCloud or from something before it; try again")
    return url


def _checked(link: str, location: str, base_url: str) -> tuple[Secret, str]:
    """The address that a redirect leads to, and what is wrong with it."""
    nowhere = (Secret(), "the stream leads to no address")
    try:
        url = urljoin(link, location)
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return nowhere
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) < MAX_LINK_LENGTH
    # Names and passwords have no place in it, nor has what players read in two ways.
    if not plain or parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.netloc):
        return nowhere
    local = is_loopback(urlsplit(base_url).hostname or "")
    if parts.scheme == "http" and not (local and is_loopback(host)):
        return Secret(), f"the stream leads to {host[:100]} over plain http; it was not followed"
    return Secret(url), ""


def expiry_from_url(url: str) -> datetime | None:
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
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if _EPOCH.fullmatch(seconds) else None
    except (ValueError, OverflowError, OSError):
        return None  # a year that no calendar has


def link_refused(error: StatusError) -> ForbiddenError:
    """Say of a signed link that it was refused: the storage behind it answers 403 with a page, whatever the reason.

    Args:
        error: What came of the request.

    Returns:
        The error.
    """
    details: dict[str, Any] = {
        name: value
        for name, value in vars(error).items()
        if name in {"status", "code", "errors", "link", "request_id", "body", "method", "path"}
    }
    return ForbiddenError(
        "the link to the stream is refused: HTTP 403",
        hint="it works for minutes only: refresh() fetches it again",
        **details,
    )


def read_playlist(content: bytes, url: str) -> "M3U8":
    """Read an HLS playlist.

    Args:
        content: Its bytes.
        url: Where it comes from: what its lines name is relative to it.

    Returns:
        An `m3u8.M3U8`.

    Raises:
        InvalidInputError: The extra `audio` is not installed.
        UnexpectedResponseError: It is no playlist.
    """
    m3u8 = playlist_reader()
    # Its lines are links that are signed themselves: no frame of a traceback shows them.
    content, url = SecretBytes(content), Secret(url)
    text = Secret(content.decode("utf-8", "replace").lstrip("\ufeff \t\r\n"))
    if not text.startswith("#EXTM3U"):
        raise UnexpectedResponseError("this is no HLS playlist", body=bytes(content))
    try:
        found: M3U8 = m3u8.loads(text, uri=url)
    except Exception as error:
        # The reader fails in many ways on lines that are none; each means the same.
        raise UnexpectedResponseError(
            f"the HLS playlist cannot be read: {type(error).__name__}", body=bytes(content)
        ) from None
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
