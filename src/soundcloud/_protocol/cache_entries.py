"""Replies that are kept: under which key, in which form, and what a change makes worthless.

Two kinds of entries stand in a cache. A reply is kept under a digest of method, address and access token. A *generation* is
a random text for an access token or a resource; it is part of the key of every reply that belongs to it. A call that changes
something gives its token and the resources in its path new generations, and with that nobody finds the replies from before.
"""

import re
from hashlib import sha256
from typing import Any

import msgspec

from soundcloud._protocol.http.messages import Request, Response

PREFIX = "soundcloud:"
FIRST_GENERATION = "0"
STALE_TTLS = 10
"""How many times longer than it is fresh a reply with an ETag is kept, to be asked for on condition."""

_VERSION = 1
_KEPT_HEADERS = ("content-type", "location", "etag")
_URN = re.compile(r"soundcloud:[a-z-]+:[^/]+")
# What these answer with is short-lived by itself.
_NEVER = ("/streams", "/preview")


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A reply as it is kept.

    Args:
        version: The version of this form.
        key: The key that it is kept under: an entry of somebody else is none.
        status: The HTTP status.
        headers: Some of its headers.
        content: The body.
        fresh_until: Seconds since 1970 until when it is used as it is.
    """

    version: int
    key: str
    status: int
    headers: dict[str, str]
    content: bytes
    fresh_until: float

    def response(self, token: str | None) -> Response:
        """The reply."""
        return Response(self.status, self.headers, self.content, token)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Entry)


def is_cachable(request: Request) -> bool:
    """Whether the replies to a call may be kept at all."""
    return request.shareable and not request.path.endswith(_NEVER)


def generation_keys(request: Request, token: str | None) -> list[str]:
    """The keys of the generations that a call belongs to: that of its token, and those of the resources in its path."""
    return [f"{PREFIX}generation:{name}" for name in (_digest(token or ""), *_URN.findall(request.path))]


def entry_key(request: Request, token: str | None, generations: list[str]) -> str:
    """The key of the reply to a call."""
    return PREFIX + _digest("\n".join((request.method, request.url, _digest(token or ""), *generations)))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def encode(key: str, response: Response, fresh_until: float) -> bytes | None:
    """Write a reply as an entry; None for one that is not to be kept."""
    if response.status not in {200, 302} or "no-store" in response.headers.get("cache-control", "").lower():
        return None
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return _encoder.encode(Entry(_VERSION, key, response.status, headers, response.content, fresh_until))


def decode(key: str, value: Any) -> Entry | None:
    """Read an entry; None for anything that is none, or that of another key."""
    if not isinstance(value, bytes):
        return None
    try:
        entry = _decoder.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return entry if entry.version == _VERSION and entry.key == key else None
