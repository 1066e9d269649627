"""The schema of custom datasets: fields and the functions that validate their values."""

import re
import sys
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from reprlib import repr as shorten
from typing import Any, TypeAlias

from soundcloud.sandbox.data.forms import CHOICES

# Validates a JSON value and returns the value of its column; raises ValueError with the reason.
Parser: TypeAlias = Callable[[Any], Any]

_MAXIMUM_LENGTH = 10_000
_MAXIMUM_NUMBER = 10**15
_PERMALINK = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


def parse_string(value: Any) -> str:
    """Return a string of at most 10,000 characters."""
    if not isinstance(value, str):
        raise ValueError(f"{shorten(value)} is not a string")
    if len(value) > _MAXIMUM_LENGTH:
        raise ValueError(f"the string is longer than {_MAXIMUM_LENGTH} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{shorten(value)} has a lone surrogate") from None
    return value


def parse_nonblank(value: Any) -> str:
    """Return a string that is not blank."""
    if not parse_string(value).strip():
        raise ValueError("the string is blank")
    return str(value)


def parse_permalink(value: Any) -> str:
    """Return a permalink."""
    if not _PERMALINK.fullmatch(parse_string(value)):
        raise ValueError(f"{shorten(value)} is not a permalink: use 1 to 100 letters, digits, hyphens and underscores")
    return str(value)


def parse_url(value: Any) -> str:
    """Return an HTTP URL."""
    if not parse_string(value).startswith(("http://", "https://")):
        raise ValueError(f"{shorten(value)} is not an HTTP URL")
    return str(value)


def parse_integer(value: Any) -> int:
    """Return an integer of at least 0."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAXIMUM_NUMBER:
        raise ValueError(f"{shorten(value)} is not a whole number from 0 to {_MAXIMUM_NUMBER}")
    return value


def parse_positive(value: Any) -> int:
    """Return an integer above 0."""
    if parse_integer(value) == 0:
        raise ValueError("0 is not above 0")
    return int(value)


def parse_decimal(value: Any) -> float:
    """Return a number above 0."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= sys.float_info.max:
        raise ValueError(f"{shorten(value)} is not a number above 0")
    return float(value)


def parse_flag(value: Any) -> bool:
    """Return a boolean."""
    if not isinstance(value, bool):
        raise ValueError(f"{shorten(value)} is neither true nor false")
    return value


def parse_time(value: Any) -> int:
    """Return the Unix time of `2026-01-15T15:40:49Z` or SoundCloud's `2026/01/15 15:40:49 +0000`; the default zone is UTC."""
    string = parse_string(value)
    try:
        time = datetime.strptime(string, "%Y/%m/%d %H:%M:%S %z") if "/" in string else datetime.fromisoformat(string)
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{shorten(value)} is not a time such as 2026-01-15T15:40:49Z") from None
    return int(time.timestamp())


def parse_date(value: Any) -> str:
    """Return a date as `yyyy-mm-dd`."""
    try:
        return date.fromisoformat(parse_string(value)).isoformat()
    except ValueError:
        raise ValueError(f"{shorten(value)} is not a date such as 2026-01-15") from None


def one_of(*choices: str) -> Parser:
    """Return a parser that accepts certain strings only."""

    def parse(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"{shorten(value)} is not one of {join_names(choices)}")
        return str(value)

    return parse


def join_names(names: Collection[str]) -> str:
    """Return names in alphabetical order, separated by commas."""
    return ", ".join(sorted(names))


# Columns of a user, and their parsers.
USER: dict[str, Parser] = {
    "id": parse_positive,
    "permalink": parse_permalink,
    "username": parse_nonblank,
    "first_name": parse_string,
    "last_name": parse_string,
    "city": parse_string,
    "country": parse_string,
    "description": parse_string,
    "website": parse_url,
    "website_title": parse_string,
    "avatar_url": parse_url,
    "plan": one_of("Free", "Pro Unlimited"),
    "created_at": parse_time,
}

_SOUND: dict[str, Parser] = {
    "id": parse_positive,
    "permalink": parse_permalink,
    "title": parse_nonblank,
    "description": parse_string,
    "genre": parse_string,
    "tag_list": parse_string,
    "created_at": parse_time,
    "sharing": one_of(*CHOICES["sharing"]),
    "secret_token": parse_permalink,
    "license": one_of(*CHOICES["license"]),
    "label_name": parse_string,
    "release": parse_string,
    "release_date": parse_date,
    "purchase_url": parse_url,
    "artwork_url": parse_url,
}

# Columns of a track, and their parsers.
TRACK: dict[str, Parser] = {
    **_SOUND,
    "duration": parse_positive,
    "bpm": parse_decimal,
    "key_signature": parse_string,
    "access": one_of("playable", "preview", "blocked"),
    "isrc": parse_string,
    "metadata_artist": parse_string,
    "downloadable": parse_flag,
    "streamable": parse_flag,
    "commentable": parse_flag,
    "embeddable_by": one_of(*CHOICES["embeddable_by"]),
    "reveal_stats": parse_flag,
    "reveal_comments": parse_flag,
    "playback_count": parse_integer,
    "download_count": parse_integer,
}

# Columns of a playlist, and their parsers.
PLAYLIST: dict[str, Parser] = {
    **_SOUND,
    "ean": parse_string,
    "purchase_title": parse_string,
    "set_type": one_of("", *CHOICES["set_type"]),
}

# Columns of a comment, and their parsers.
COMMENT: dict[str, Parser] = {"body": parse_nonblank, "timestamp": parse_integer, "created_at": parse_time}

# Columns of a web profile, and their parsers.
WEB_PROFILE: dict[str, Parser] = {
    "service": parse_nonblank,
    "title": parse_nonblank,
    "url": parse_url,
    "username": parse_string,
    "created_at": parse_time,
}
