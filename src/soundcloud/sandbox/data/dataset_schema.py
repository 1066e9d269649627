"""Values of a catalogue of one's own: how each is read, and what is said when it is of no use."""

import math
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from soundcloud.sandbox.data.forms import CHOICES

Reader: TypeAlias = Callable[[Any], Any]
"""Reads one value, or raises a ValueError that says what it should have been."""

_LONGEST = 10_000
_LARGEST = 10**15
_PERMALINK = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


def text(value: Any) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise ValueError("this is no text")
    if len(value) > _LONGEST:
        raise ValueError(f"this is longer than {_LONGEST} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("this holds half of a surrogate pair") from None
    return value


def filled(value: Any) -> str:
    """Read a text that says something."""
    if not text(value).strip():
        raise ValueError("this is empty")
    return text(value)


def permalink(value: Any) -> str:
    """Read the last part of an address."""
    if not _PERMALINK.fullmatch(text(value)):
        raise ValueError("a permalink is 1 to 100 letters, digits, hyphens and underscores")
    return text(value)


def address(value: Any) -> str:
    """Read a link."""
    if not text(value).startswith(("http://", "https://")):
        raise ValueError("this is no http address")
    return text(value)


def number(value: Any) -> int:
    """Read a whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise ValueError(f"this is no whole number from 0 to {_LARGEST}")
    return value


def positive(value: Any) -> int:
    """Read a whole number above 0."""
    if number(value) == 0:
        raise ValueError("this must be above 0")
    return number(value)


def decimal(value: Any) -> float:
    """Read a number above 0."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value) or value <= 0:
        raise ValueError("this is no number above 0")
    return float(value)


def flag(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError("this is neither true nor false")
    return value


def moment(value: Any) -> int:
    """Read a time: `2026-01-15T15:40:49Z`, or as SoundCloud writes it, `2026/01/15 15:40:49 +0000`."""
    written = text(value)
    try:
        found = (
            datetime.strptime(written, "%Y/%m/%d %H:%M:%S %z") if "/" in written else datetime.fromisoformat(written)
        )
    except ValueError:
        raise ValueError("this is no time such as 2026-01-15T15:40:49Z") from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


def day(value: Any) -> str:
    """Read a day."""
    try:
        return date.fromisoformat(text(value)).isoformat()
    except ValueError:
        raise ValueError("this is no day such as 2026-01-15") from None


def one_of(*choices: str) -> Reader:
    """Make a reader of a text out of a few."""

    def choose(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"this is none of {listed(choices)}")
        return str(value)

    return choose


def listed(names: Collection[str]) -> str:
    """Write names one after the other."""
    return ", ".join(sorted(names))


USER: dict[str, Reader] = {
    "id": positive,
    "permalink": permalink,
    "username": filled,
    "first_name": text,
    "last_name": text,
    "city": text,
    "country": text,
    "description": text,
    "website": address,
    "website_title": text,
    "avatar_url": address,
    "plan": one_of("Free", "Pro Unlimited"),
    "created_at": moment,
}
"""The fields of a user that are columns, by name."""

_SOUND: dict[str, Reader] = {
    "id": positive,
    "permalink": permalink,
    "title": filled,
    "description": text,
    "genre": text,
    "tag_list": text,
    "created_at": moment,
    "sharing": one_of(*CHOICES["sharing"]),
    "secret_token": permalink,
    "license": one_of(*CHOICES["license"]),
    "label_name": text,
    "release": text,
    "release_date": day,
    "purchase_url": address,
    "artwork_url": address,
}

TRACK: dict[str, Reader] = {
    **_SOUND,
    "duration": positive,
    "bpm": decimal,
    "key_signature": text,
    "access": one_of("playable", "preview", "blocked"),
    "isrc": text,
    "metadata_artist": text,
    "downloadable": flag,
    "streamable": flag,
    "commentable": flag,
    "embeddable_by": one_of(*CHOICES["embeddable_by"]),
    "reveal_stats": flag,
    "reveal_comments": flag,
    "playback_count": number,
    "download_count": number,
}
"""The fields of a track that are columns, by name."""

PLAYLIST: dict[str, Reader] = {
    **_SOUND,
    "ean": text,
    "purchase_title": text,
    "set_type": one_of("", *CHOICES["set_type"]),
}
"""The fields of a playlist that are columns, by name."""

WEB_PROFILE: dict[str, Reader] = {
    "service": filled,
    "title": filled,
    "url": address,
    "username": text,
    "created_at": moment,
}
"""The fields of a link of a user's profile, by name."""
