"""SoundCloud URNs, which identify tracks, users, playlists and comments."""

import re
from typing import Any, Self, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

from soundcloud._protocol.http.urls import is_loopback, is_soundcloud, with_scheme
from soundcloud.errors import InvalidInputError
from soundcloud_api.types import Model

Resource: TypeAlias = "str | int | Model"
"""A resource: an id, a URN, an API URL, or a model such as `Track`."""

__all__ = ["Resource", "Urn"]

MAX_ID_DIGITS = 40
_ID_LIMIT = 10**MAX_ID_DIGITS
STATIONS = "system-playlists"
"""The kind of stations."""
KINDS = {
    "tracks": ("tracks",),
    "users": ("users",),
    # Likes of stations use the paths of playlists, and `playlists.get_playlist` uses that of stations.
    "playlists": ("playlists", STATIONS),
    STATIONS: (STATIONS,),
    "comments": ("comments",),
}
_EXAMPLES = {None: "tracks:123", STATIONS: f"{STATIONS}:track-stations:123"}
_LONGEST_WORD = 24
_SEPARATORS = frozenset(":/ ")
_URN = re.compile(r"soundcloud:([a-z][a-z-]*):([A-Za-z0-9_.~:-]+)", re.ASCII)


class Urn(str):
    """A SoundCloud URN such as `soundcloud:tracks:308946187`: a string with the properties `kind` and `id`.

    Example:
        >>> Urn.parse("https://api.soundcloud.com/tracks/308946187")
        Urn('soundcloud:tracks:308946187')
        >>> Urn.parse("soundcloud:system-playlists:track-stations:5").kind
        'system-playlists'

    Raises:
        InvalidInputError: The string is not a URN.
    """

    __slots__ = ()

    def __new__(cls, urn: str) -> Self:
        """Check the format."""
        if not isinstance(urn, str) or not _URN.fullmatch(urn):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"{urn!r} is not a URN: use one such as soundcloud:tracks:123, or Urn.parse()")
        return super().__new__(cls, urn)

    @property
    def kind(self) -> str:
        """The second part: `tracks`, `users`, `playlists`, ..."""
        return self.split(":", 2)[1]

    @property
    def id(self) -> str:
        """The part after the kind: an opaque string that may contain colons."""
        return self.split(":", 2)[2]

    @classmethod
    def parse(cls, value: "Resource", kind: str | None = None) -> Self:
        """Return the URN of a resource.

        Args:
            value: An id (integer or digits), a URN (percent-encoded or not), an API URL with an id or URN (of any host, such as
                that of a sandbox), the URL of an embedded player, or a model with a `urn`.
            kind: The expected kind: `tracks`, `users`, `playlists`, `comments` or, for stations, `system-playlists`; required for
                an id, default any kind. A station cannot be given by an id.

        Raises:
            InvalidInputError: The value does not identify a resource of this kind.

        Source:
            https://developers.soundcloud.com/blog/urn-num-to-string
        """
        return cls(_parse(value, kind))

    def __repr__(self) -> str:
        return f"Urn({str(self)!r})"


def to_urn(value: "Resource", kind: str) -> str:
    """Return the URN of a resource as a plain string; see `Urn.parse`."""
    # Fast paths for the common cases: this runs for every request.
    if isinstance(value, int) and value is not True and 0 < value < _ID_LIMIT and kind != STATIONS:
        return f"soundcloud:{kind}:{value}"
    if isinstance(value, str) and (found := _URN.fullmatch(value)) and found[1] == kind and ".." not in value:
        # msgspec does not encode subclasses of str.
        return str(value)
    return _parse(value, kind)


def is_station(urn: str) -> bool:
    """Return whether a URN is that of a station."""
    return urn.startswith(f"soundcloud:{STATIONS}:")


def _parse(value: Any, kind: str | None) -> str:
    noun = "station" if kind == STATIONS else (kind or "resource").removesuffix("s")
    if kind is not None and kind not in KINDS:
        raise InvalidInputError(f"{kind!r} is not a kind of resource: use one of {', '.join(KINDS)}")
    if isinstance(value, Model):
        urn = getattr(value, "urn", None)
        if not isinstance(urn, str) or not urn:
            raise InvalidInputError(f"this {type(value).__name__} has no urn: use the id or URN of a {noun}")
        return _checked(urn, kind, noun)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInputError(f"{type(value).__name__} is not a {noun}: use an id, a URN, an API URL or a model")
    if isinstance(value, int):
        if not 0 < value < _ID_LIMIT:
            raise InvalidInputError(
                f"this number is not an id: an id is positive and has at most {MAX_ID_DIGITS} digits"
            )
        if kind is None:
            raise InvalidInputError(f"{value} may be a track, a user or a playlist: pass kind=")
        if kind == STATIONS:
            raise InvalidInputError(f"{value} is not a station: use its URN, such as the station_urn of a track")
        return f"soundcloud:{kind}:{value}"
    text = with_scheme(value.strip())
    if not text:
        raise InvalidInputError(f"the {noun} is an empty string: use an id, a URN, an API URL or a model")
    if _is_number(text):
        return _parse(int(text), kind)
    if "://" in text:
        return _from_url(text, kind, noun)
    return _checked(unquote(text), kind, noun)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS


def _checked(text: str, kind: str | None, noun: str) -> str:
    found = _URN.fullmatch(text)
    if found is None or ".." in text:
        raise InvalidInputError(
            f"{_redacted(text)} is not the URN of a {noun}: use for example soundcloud:{_EXAMPLES.get(kind, f'{kind}:123')}"
        )
    if kind is not None and found[1] not in KINDS[kind]:
        raise InvalidInputError(
            f"{_redacted(text)} is not a {noun}: it is one of the {found[1].replace(STATIONS, 'stations')}"
            + ("; use its station_urn" if kind == STATIONS and found[1] in {"tracks", "users"} else "")
        )
    return text


def _from_url(text: str, kind: str | None, noun: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        inner = parse_qs(parts.query).get("url", [""])[0] if host == "w.soundcloud.com" else ""
        within = urlsplit(inner).hostname
    except ValueError:
        raise InvalidInputError(f"{_redacted(text)} is not a URL") from None
    if any(ord(letter) <= 32 for letter in text):
        # urlsplit removes line breaks, so that the URL would identify another resource.
        raise InvalidInputError(f"{_redacted(text)} is not a URL: it contains a space or a line break")
    if within not in {None, host}:
        return _from_url(inner, kind, noun)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    kinds = {name for names in KINDS.values() for name in names}
    if parts.scheme in {"http", "https"} and len(segments) >= 2 and segments[0] in kinds:
        if host in {"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com", "on.soundcloud.com"}:
            segments = []  # "tracks" may be the permalink of a user
        elif segments[1].startswith("soundcloud:"):
            return _checked(segments[1], kind, noun)
        elif _is_number(segments[1]):
            return _checked(f"soundcloud:{segments[0]}:{segments[1]}", kind, noun)
    link = is_soundcloud(host) or is_loopback(host)  # the loopback interface: the permalinks of a sandbox
    shown = _redacted(parts._replace(query="", fragment="").geturl())
    what_to_do = "use client.resolve.resolve(url)" if link else "use an id, a URN or a URL of SoundCloud"
    raise InvalidInputError(f"{shown} does not contain a URN: {what_to_do}")


def _redacted(text: str) -> str:
    """Return a short quoted string without the secrets of share links, and without tokens."""
    from soundcloud_api.types import redact

    short = redact(text)
    if len(short) > _LONGEST_WORD and short.isascii() and not _SEPARATORS.intersection(short):
        short = short[:4] + "..."  # may be a token
    return repr(short if len(short) <= 80 else short[:77] + "...")
