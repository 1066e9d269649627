"""Uniform resource names: what tracks, users and playlists are called in requests."""

import re
from typing import Any, Self, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

from soundcloud.errors import InvalidInputError
from soundcloud_api.types import Model

Resource: TypeAlias = "str | int | Model"
"""What names a resource: a number, a URN, an API URL, or a model such as `Track`."""

LONGEST_NUMBER = 40
KINDS = {
    "tracks": ("tracks",),
    "users": ("users",),
    # Stations are liked and fetched like playlists.
    "playlists": ("playlists", "system-playlists"),
    "comments": ("comments",),
}
_NOUNS = {"tracks": "track", "users": "user", "playlists": "playlist", "comments": "comment"}
_URN = re.compile(r"soundcloud:([a-z][a-z-]*):([A-Za-z0-9_.~:-]+)", re.ASCII)


class Urn(str):
    """A SoundCloud URN such as `soundcloud:tracks:308946187`; a string in every respect.

    What follows the kind is opaque: it may have more than one part.

    Example:
        >>> Urn.parse("https://api.soundcloud.com/tracks/308946187")
        Urn('soundcloud:tracks:308946187')
        >>> Urn.parse("soundcloud:system-playlists:track-stations:5").kind
        'system-playlists'
    """

    __slots__ = ()

    @property
    def kind(self) -> str:
        """The second part: `tracks`, `users`, `playlists`..."""
        return self.split(":", 2)[1]

    @property
    def id(self) -> str:
        """What follows the kind; opaque."""
        return self.split(":", 2)[2]

    @classmethod
    def parse(cls, value: "Resource", kind: str | None = None) -> Self:
        """Read whatever names a resource.

        Args:
            value: A number, digits, a URN (percent-encoded or not), an API URL that holds one, the URL of an embedded
                player, or a model with a `urn`.
            kind: `tracks`, `users`, `playlists` or `comments`. Needed for numbers; with anything else it is checked.

        Returns:
            The URN.

        Raises:
            InvalidInputError: The value names no resource, or one of another kind.

        Source:
            https://developers.soundcloud.com/blog/urn-num-to-string
        """
        return cls(_parse(value, kind))

    def __repr__(self) -> str:
        return f"Urn({str(self)!r})"


def to_urn(value: "Resource", kind: str) -> str:
    """The URN that a request names a resource by; see `Urn.parse`."""
    # The common cases first: this runs with every call.
    if isinstance(value, str) and (found := _URN.fullmatch(value)) and found[1] == kind and ".." not in value:
        # Of a `Urn` only the text: what writes JSON takes no subclasses.
        return str(value)
    return _parse(value, kind)


def _parse(value: Any, kind: str | None) -> str:
    noun = _NOUNS.get(kind or "", "resource")
    if kind is not None and kind not in KINDS:
        raise InvalidInputError(f"{kind!r} is no kind of resource: use one of {', '.join(KINDS)}")
    if isinstance(value, Model):
        urn = getattr(value, "urn", None)
        if not isinstance(urn, str) or not urn:
            raise InvalidInputError(f"this {type(value).__name__} has no urn, so it cannot name a {noun}")
        return _checked(urn, kind, noun)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInputError(
            f"a {noun} is named by a number, a URN, an API URL or a model, not by {type(value).__name__}"
        )
    if isinstance(value, int):
        if not 0 < value < 10**LONGEST_NUMBER:
            raise InvalidInputError(
                f"this number is no id: ids of SoundCloud are positive, with at most {LONGEST_NUMBER} digits"
            )
        return f"soundcloud:{_needed(kind, value)}:{value}"
    text = value.strip()
    if not text:
        raise InvalidInputError(f"the {noun} is an empty text: give a number, a URN, an API URL or a model")
    if _is_number(text):
        return _parse(int(text), kind)
    if "://" in text:
        return _from_url(text, kind, noun)
    return _checked(unquote(text), kind, noun)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


def _needed(kind: str | None, value: object) -> str:
    if kind is None:
        raise InvalidInputError(f"{value} may be a track, a user or a playlist: say which with kind=")
    return kind


def _checked(text: str, kind: str | None, noun: str) -> str:
    found = _URN.fullmatch(text)
    if found is None or ".." in text:
        raise InvalidInputError(
            f"{_shown(text)} is no URN of a {noun}: it should look like soundcloud:{kind or 'tracks'}:123"
        )
    if kind is not None and found[1] not in KINDS[kind]:
        raise InvalidInputError(f"a {noun} is needed here, but {_shown(text)} is one of the {found[1]}")
    return text


def _from_url(text: str, kind: str | None, noun: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        inner = parse_qs(parts.query).get("url", [""])[0] if host == "w.soundcloud.com" else ""
        within = urlsplit(inner).hostname
    except ValueError:
        raise InvalidInputError(f"{_shown(text)} is no URL") from None
    if any(ord(letter) <= 32 for letter in text):
        # urlsplit would leave line breaks out, and find another resource.
        raise InvalidInputError(f"{_shown(text)} is no URL: it holds a space or a line break")
    if within not in {None, host}:
        return _from_url(inner, kind, noun)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if len(segments) >= 2 and segments[0] in {name for names in KINDS.values() for name in names}:
        if host in {"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com", "on.soundcloud.com"}:
            segments = []  # a user may be called "tracks"
        elif segments[1].startswith("soundcloud:"):
            return _checked(segments[1], kind, noun)
        elif _is_number(segments[1]):
            return _checked(f"soundcloud:{segments[0]}:{segments[1]}", kind, noun)
    raise InvalidInputError(
        f"{_shown(parts._replace(query='', fragment='').geturl())} holds no URN; "
        "ask SoundCloud what it is with client.resolve.resolve(url)"
    )


def _shown(text: str) -> str:
    """A text as messages show it: short, quoted, without what looks like a share link's secret."""
    from soundcloud_api.types import redact

    short = redact(text)
    return repr(short if len(short) <= 80 else short[:77] + "...")
