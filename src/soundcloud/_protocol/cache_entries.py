"""Cache entries: the keys and the encoding of stored responses, and how a change invalidates them.

A cache holds two kinds of entries. A response is stored under a digest of its method, URL, access token and additional headers. A
namespace version is a random string for an access token or for a resource, and it is part of the key of every response that belongs
to either. A request that changes something gives new versions to its token and to the resources in its path, so that older
responses are not found any more.
"""

import re
from typing import TYPE_CHECKING, Any

import msgspec

from soundcloud._protocol.http.messages import Request, Response
from soundcloud_api.imports import lazy_module

if TYPE_CHECKING:
    import hashlib
else:
    hashlib = lazy_module("hashlib")

PREFIX = "soundcloud:"
FIRST_VERSION = "0"
STALE_TTLS = 10
"""A response with an ETag is kept this many times longer than it is fresh, for conditional requests."""

_VERSION = 1
_KEPT_HEADERS = ("content-type", "location", "etag")
_URN = re.compile(r"soundcloud:[a-z-]+:[^/]+")
# These responses hold URLs that expire.
_NEVER = ("/streams", "/preview")


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A stored response, with the version of this encoding; an entry with another version or key is ignored."""

    version: int
    key: str
    status: int
    headers: dict[str, str]
    content: bytes
    fresh_until: float

    def response(self) -> Response:
        """Return the response."""
        return Response(self.status, self.headers, self.content)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Entry)


def is_cacheable(request: Request) -> bool:
    """Return whether the response to a request may be stored at all."""
    return request.shareable and not request.path.endswith(_NEVER)


def namespace_keys(request: Request, token: str | None) -> list[str]:
    """Return the keys of the versions that a request depends on: of its token, and of the resources in its path."""
    return [f"{PREFIX}generation:{name}" for name in (_digest(token or ""), *_URN.findall(request.path))]


def entry_key(request: Request, token: str | None, versions: list[str]) -> str:
    """Return the key of the response to a request."""
    headers = (f"{name}: {value}" for name, value in request.header_key)
    return PREFIX + _digest("\n".join((request.method, request.url, _digest(token or ""), *versions, *headers)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def encode_entry(key: str, response: Response, fresh_until: float) -> bytes | None:
    """Encode a response, or return None for one that must not be stored."""
    if response.status not in {200, 302} or "no-store" in response.headers.get("cache-control", "").lower():
        return None
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return _encoder.encode(Entry(_VERSION, key, response.status, headers, response.content, fresh_until))


def decode_entry(key: str, value: Any) -> Entry | None:
    """Decode an entry, or return None for anything else, entries of other keys included."""
    if not isinstance(value, bytes):
        return None
    try:
        entry = _decoder.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return entry if entry.version == _VERSION and entry.key == key else None
