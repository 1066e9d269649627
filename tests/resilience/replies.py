"""Replies of every kind, drawn by hypothesis: statuses, headers, encodings, and JSON that nearly has the shape asked for."""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import attrs
from hypothesis import strategies as st

from soundcloud import Token
from soundcloud_api.models import Found
from soundcloud_api.types import Model

Pairs = list[tuple[bytes, bytes]]
Draw = Callable[[Any], Any]

STATUSES = st.sampled_from(
    [200] * 24
    + [201, 204, 206, 301, 302, 302, 303, 304, 307, 308, 400, 401, 401, 403, 404, 409, 422, 429, 500, 502, 503]
) | st.integers(100, 999)
TYPES = [
    b"application/json; charset=utf-8",
    b"application/json",
    b"application/json; charset=utf-16",
    b"text/html",
    b"text/plain; charset=nonsense",
    b"image/png",
    b"multipart/form-data",
    b"\xff\xfe",
    b"",
]
NAMES = [
    *(b"Retry-After", b"Date", b"Location", b"ETag", b"Cache-Control", b"X-Request-Id", b"x-amz-cf-id", b"Set-Cookie"),
    *(b"X-RateLimit-Reset", b"Connection", b"Keep-Alive", b"WWW-Authenticate", b"Link", b"Server", b"X-" + b"x" * 200),
]
FRAMING = [b"Transfer-Encoding", b"Content-Length", b"Upgrade", b"Trailer"]
WORDS = [
    *(b"", b"0", b"-1", b"1e9", b"999999999999999999999", b"0.5", b"nan", b"\xb2", b"no-store", b"close", b"chunked"),
    *(b"Wed, 21 Oct 2026 07:28:00 GMT", b"Wed, 99 Oct 2026", b"Mon, 01 Jan 0001 00:00:00 +2359", b'W/"x"', b"identity"),
    *(b"/tracks/soundcloud:tracks:1", b"http://[", b"//evil.example", b"https://evil.example/me", b"data:,x", b"?a#b"),
    *(b"http://127.0.0.1:1/tracks/1", b"http://127.0.0.1:99999/", b"https://api.soundcloud.com/users/1", b"x" * 3000),
]
MOMENT = "2019/01/15 15:40:49 +0000"
ODD_TEXTS = [
    *("", " ", "inf", "nan", "1e999", "12.5", "true", MOMENT, "0001/01/01 00:00:00 +2359", "9999-12-31T23:59:59-23:59"),
    *("track", "playlist", "user", "soundcloud:tracks:1", "\x00\x1b[2J", "\u202e", "x" * 500, "https://[x", "s-secret"),
]
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.sampled_from([0, 1, 293, -1, 2**31, 2**63, -(2**70), 1.5, 1e308, -0.0, 10**400]) | st.integers()
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
ERROR_KEYS = [
    *("code", "message", "error", "errors", "error_code", "error_description", "error_message", "status", "link"),
    *("meta", "rate_limit", "reset_time", "name", "group", "spam_warning_urn", "max_nr_of_requests"),
    "remaining_requests",
]
LINKS = [
    *("", "/tracks?cursor=2", "https://api.soundcloud.com/tracks?cursor=2", "https://evil.example/tracks", "http://[x"),
    *("//evil.example", "?cursor=\u00e9", "/me/../users", "/a\nb", "tracks", "/tracks?cursor=2#here", "/\ud800"),
]
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ERROR_KEYS, "collection", "urn"]), inner, max_size=4)
    ),
    max_leaves=6,
)
NO_JSON = st.sampled_from(
    [
        *(b"", b" \r\n", b"\x00", b"null", b"[]", b"{}", b"<", b"[1, 2", b'{"title": "\\ud800"}', b"NaN"),
        *(b"[" * 20_000, b'{"user":' * 5_000, b"\xef\xbb\xbf{}", b'{"a": 1, "a": 2}', b'{"id": 1' + b"0" * 5000 + b"}"),
        b'{"id": Infinity}',
        *(b"<html><title>Stand by</title><h1>502</h1>Request ID: abcdefgh12345678", b"default backend - 404"),
        *(b"<title>" * 300, b"<h1>" + b"<" * 2000, "{}".encode("utf-16"), b"\xff\xfe\xfd", b'"' + b"x" * 5000),
    ]
) | st.binary(max_size=40)


@dataclass(frozen=True)
class DrawnReply:
    """A reply.

    Args:
        status: Its status.
        headers: Its headers, but for those that say where its body ends.
        body: Its body, as it is sent.
        framed: How a socket says where the body ends: `length`, `chunked`, `close`, or `wrong`.
        keep: Whether the connection stays open after it.
        extra: What is sent after it.
    """

    status: int
    headers: Pairs
    body: bytes
    framed: str
    keep: bool
    extra: bytes

    def wire(self) -> tuple[bytes, bool]:
        """Its bytes on a socket, and whether the connection stays open: it cannot where the end of the reply is not known."""
        headers, body = list(self.headers), self.body
        if self.framed == "length":
            headers.append((b"Content-Length", b"%d" % len(body)))
        elif self.framed == "chunked":
            headers.append((b"Transfer-Encoding", b"chunked"))
            middle = len(body) // 2
            chunks = [b"%x;x=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in (body[:middle], body[middle:]) if chunk]
            body = b"".join(chunks) + b"0\r\n\r\n"
        elif self.framed == "wrong":
            headers.append((b"Content-Length", b"%d" % (len(body) // 2 + 7)))
        lines = b"".join(b"%b: %b\r\n" % pair for pair in headers)
        head = b"HTTP/1.1 %d Whatever\r\n%b\r\n" % (self.status, lines)
        framing = {name.lower() for name, _ in self.headers} & {name.lower() for name in FRAMING}
        known = self.framed in {"length", "chunked"} and not framing and self.status >= 200
        return head + body + self.extra, self.keep and known


def fields_of(cls: Any) -> list[str]:
    return [field.name for field in attrs.fields(cls)]


@cache
def objects(cls: Any, depth: int = 3) -> st.SearchStrategy[Any]:
    """JSON that is nearly an object of a model: some of its fields, each of them right or wrong."""
    values = {name: _field(cls, name, depth) for name in fields_of(cls)}
    names = st.lists(st.sampled_from([*values, ""]), max_size=4, unique=True)

    @st.composite
    def build(draw: Draw) -> Any:
        return {name or "something new": draw(values.get(name, VALUES)) for name in draw(names)}

    return build()


def _field(cls: Any, name: str, depth: int) -> st.SearchStrategy[Any]:
    """What is drawn for a field of a model."""
    expected = cls._nested.get(name)
    if expected is not None and depth:
        return st.one_of(*[_within(expected, depth)] * 4, SCALARS)
    if name.endswith("_href"):
        return st.sampled_from([*LINKS, None, 7])
    return st.just(MOMENT) | SCALARS if name in cls._wire else SCALARS


def _within(expected: Any, depth: int) -> st.SearchStrategy[Any]:
    """What a field holds that is a model, a list of them, or one that is known by its kind."""
    if get_args(expected):
        return st.lists(objects(get_args(expected)[0], depth - 1) | SCALARS, max_size=3)
    if isinstance(expected, Mapping):
        return st.sampled_from(sorted(expected)).flatmap(
            lambda kind: objects(expected[kind], depth - 1).map(lambda found: {**found, "kind": kind})
        )
    return objects(expected, depth - 1)


TOKENS = st.fixed_dictionaries(
    {"access_token": st.sampled_from(["new", "a\nb", ""]) | SCALARS},
    optional={name: st.sampled_from(["another", 3600]) | SCALARS for name in ("refresh_token", "expires_in", "scope")},
)


def shapes(declared: Any) -> st.SearchStrategy[Any]:
    """JSON that is nearly what a method gives back, for what it declares."""
    if declared is Token:
        return TOKENS
    arguments = get_args(declared)
    item = next((each for each in (*arguments, declared) if isinstance(each, type) and issubclass(each, Model)), Found)
    one = objects(item)
    if not arguments:
        return one
    return st.one_of(
        st.lists(one | SCALARS, max_size=3),
        st.fixed_dictionaries(
            {"collection": st.lists(one | SCALARS, max_size=3) | VALUES},
            optional={"next_href": st.sampled_from(LINKS) | SCALARS},
        ),
        one,
    )


def errors() -> st.SearchStrategy[Any]:
    """JSON that is nearly an object of an error."""
    return st.dictionaries(st.sampled_from(ERROR_KEYS), VALUES, max_size=5)


@cache
def contents(declared: Any) -> st.SearchStrategy[bytes]:
    """A body: JSON of the right shape or another, or no JSON at all."""
    right = shapes(declared).map(written)
    return st.one_of(right, right, right, errors().map(written), VALUES.map(written), NO_JSON)


def written(value: Any) -> bytes:
    return json.dumps(value).encode()


ENCODINGS = st.sampled_from(
    [(b"", bytes)] * 12
    + [(b"gzip", gzip.compress)] * 3
    + [(b"x-gzip", gzip.compress), (b"GZIP ", gzip.compress), (b"gzip, gzip", gzip.compress), (b"", gzip.compress)]
    + [(b"gzip", bytes), (b"gzip", zlib.compress), (b"deflate", zlib.compress), (b"br", bytes), (b"\xff", bytes)]
)
CUTS = st.sampled_from([1.0] * 16 + [0.0, 0.2, 0.5, 0.9, 0.99])
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([*NAMES * 2, *FRAMING]),
        st.sampled_from(WORDS) | st.binary(max_size=12).map(lambda text: text.translate(None, b"\r\n\0")),
    ),
    max_size=3,
)
ENDS = st.sampled_from(
    [
        (framed, keep, extra)
        for framed in ("length", "length", "chunked", "close", "wrong")
        for keep in (False, True)
        for extra in (b"", b"", b"", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    ]
)


@cache
def replies(declared: Any) -> st.SearchStrategy[DrawnReply]:
    """A reply to a call that declares what it gives back."""

    def build(
        status: int, kind: bytes, headers: Pairs, encoding: Any, content: bytes, cut: float, end: Any
    ) -> DrawnReply:
        name, encode = encoding
        pairs = [(b"Content-Type", kind), *([(b"Content-Encoding", name)] if name else []), *headers]
        body = encode(content)
        return DrawnReply(status, pairs, body[: int(len(body) * cut)], *end)

    return st.builds(
        build, STATUSES, st.sampled_from([TYPES[0]] * 6 + TYPES), HEADERS, ENCODINGS, contents(declared), CUTS, ENDS
    )
