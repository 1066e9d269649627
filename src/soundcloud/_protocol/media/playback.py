"""Selects a stream, follows its redirects, and reads expiry times and HLS playlists."""

from __future__ import annotations

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
from soundcloud_api.models.found import Found

if TYPE_CHECKING:
    from m3u8 import M3U8

    from soundcloud_api.models import Streams

PREFERRED = ("hls_aac_160", "hls_aac_96", "hls_mp3_128", "preview_mp3_128")
"""The formats that SoundCloud documents or has announced, best first."""

MAX_REDIRECTS = 4
"""The maximum number of redirects within the API."""

STREAM = "/tracks/{track_urn}/streams/{stream}"
"""The path template of a stream URL, for telemetry."""

NO_CACHE_HEADERS = {"Cache-Control": "no-cache"}

_SUFFIX = "_url"
_FORMAT = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
# The last label has at most 57 characters: IDNA counts the port as part of it, and allows 63.
_HOST = re.compile(
    r"(?:(?:[a-z0-9_-]{1,63}\.){0,30}[a-z0-9_-]{1,57}\.?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?",
    re.ASCII | re.IGNORECASE,
)
_EPOCH = re.compile(r"[0-9]{1,12}", re.ASCII)
_POLICY_TIME = re.compile(rb'"DateLessThan"\s*:\s*\{\s*"AWS:EpochTime"\s*:\s*([0-9]{1,12})')
_POLICY_LETTERS = bytes.maketrans(b"-_~", b"+=/")


def check_formats(prefer: Iterable[str]) -> list[str]:
    """Check format names such as `hls_aac_160` or `hls_aac_160_url`; return them without suffix and duplicates."""
    given: Any = prefer
    try:
        names: list[Any] = [given] if isinstance(given, str) else list(given)
    except TypeError:
        names = []
    found = [name.removesuffix(_SUFFIX) if isinstance(name, str) else "" for name in names]
    if not found or not all(map(_FORMAT.fullmatch, found)):
        raise InvalidInputError(f"prefer={given!r}: give format names such as {PREFERRED[0]!r}")
    return list(dict.fromkeys(found))


def stream_urls(streams: Streams) -> dict[str, Secret]:
    """Return the stream URLs by format, including formats that are not in the document."""
    return {
        name.removesuffix(_SUFFIX): Secret(value)
        for name, value in streams.raw.items()
        if name.endswith(_SUFFIX) and isinstance(value, str) and value
    }


def check_available(urn: str, links: Mapping[str, str], chosen: list[str]) -> None:
    """Raise NotPlayableError if a track has no stream in the chosen formats."""
    if not links:
        raise NotPlayableError(
            f"{urn} has no streams", hint="SoundCloud may still be processing the upload: use wait_until_playable()"
        )
    if not any(name in links for name in chosen):
        raise not_playable_error(f"{urn} has no stream in {', '.join(chosen)}", links)


def not_playable_error(message: str, others: Iterable[str], error: NotPlayableError | None = None) -> NotPlayableError:
    """Return the error for a track that cannot be played, with the other formats and the error of the last request."""
    available = tuple(others)
    details: dict[str, Any] = {} if error is None else {**vars(error)}
    for name in ("message", "retries", "available"):
        details.pop(name, None)
    details["hint"] = (
        f"available formats: {', '.join(available)}; give prefer={available!r}"
        if available
        else "SoundCloud blocks playback for the rights holder, the country or the app; a new token does not help"
    )
    return NotPlayableError(message, available=available, **details)


def redirect_request(link: str, base_url: str, token: str | None, template: str) -> Request | None:
    """Return the request that follows a redirect within the API; None for any other URL, which must not get the token."""
    try:
        url = next_page_url(link, base_url)
    except PaginationError:
        return None
    path = urlsplit(url).path
    return Request("GET", url, path, template=template, responses={302: Found}, token=token)


def redirect_url(link: str, location: str, base_url: str) -> Secret:
    """Return the absolute target of a redirect; raise UnexpectedResponseError if it is invalid or uses plain http."""
    url, problem = _checked(link, location, base_url)
    del link, location
    if problem:
        raise UnexpectedResponseError(problem, hint="SoundCloud or a proxy sent this URL; try again")
    return url


def _checked(link: str, location: str, base_url: str) -> tuple[Secret, str]:
    """Return the target of a redirect and the problem with it, of which one is empty."""
    invalid = (Secret(), "the stream redirects to an invalid URL")
    try:
        url = urljoin(link, location)
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return invalid
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) < MAX_LINK_LENGTH
    # Credentials are rejected, and characters that players parse differently.
    if not plain or parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.netloc):
        return invalid
    local = is_loopback(urlsplit(base_url).hostname or "")
    if parts.scheme == "http" and not (local and is_loopback(host)):
        return Secret(), f"the stream redirects to {host[:100]} over plain http, which was not followed"
    return Secret(url), ""


def expiry_from_url(url: str) -> datetime | None:
    """Return the expiry time of a signed URL, from `expires` or the CloudFront policy, in UTC; None without one."""
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
        return None  # the year is out of range


def expired_url_error(error: StatusError) -> ForbiddenError:
    """Return the error for a rejected stream URL: the storage answers 403 with a page, for any reason."""
    details: dict[str, Any] = {
        name: value
        for name, value in vars(error).items()
        if name in {"status", "code", "errors", "link", "request_id", "body", "method", "path"}
    }
    return ForbiddenError(
        "SoundCloud rejected the stream URL: HTTP 403",
        hint="it is valid for minutes only: refresh() gets a new one",
        **details,
    )


def parse_playlist(content: bytes, url: str) -> M3U8:
    """Parse the HLS playlist at a URL.

    Raises:
        InvalidInputError: The extra `audio` is not installed.
        UnexpectedResponseError: The content is not an HLS playlist.
    """
    m3u8 = require_m3u8()
    # The playlist consists of signed URLs.
    content, url = SecretBytes(content), Secret(url)
    text = Secret(content.decode("utf-8", "replace").lstrip("\ufeff \t\r\n"))
    if not text.startswith("#EXTM3U"):
        raise UnexpectedResponseError("the response is not an HLS playlist", body=bytes(content))
    try:
        found: M3U8 = m3u8.loads(text, uri=url)
    except Exception as error:
        # m3u8 raises many types of errors on malformed lines.
        raise UnexpectedResponseError(
            f"the HLS playlist cannot be read: {type(error).__name__}", body=bytes(content)
        ) from None
    return found


def require_m3u8() -> Any:
    """Import m3u8; raise InvalidInputError if it is not installed."""
    try:
        import m3u8
    except ImportError:
        raise InvalidInputError("reading playlists needs m3u8: pip install 'soundcloud-sdk[audio]'") from None
    return m3u8
