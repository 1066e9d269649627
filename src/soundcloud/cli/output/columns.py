"""What is printed of tracks, users, playlists, comments and so on: the columns of a list, the lines of one object."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import attrs

from soundcloud.cli.output import formatting

SPARE = 5


@attrs.frozen
class Column:
    """A column of a table, or a line of one object.

    Attributes:
        heading: What it is called.
        path: Which field, such as `user.username`.
        write: Makes a text of its value.
        rank: Columns with the highest rank are left out first where the window is narrow, those of `SPARE` and above before
            anything is cut; 0 is never left out.
        flexible: Whether its texts may be cut.
        least: To how many cells at most.
        right: Whether it stands at the right.
        link: The field that holds the address which a click on it opens.
    """

    heading: str
    path: str
    write: Callable[[Any], str] = formatting.plain
    rank: int = 0
    flexible: bool = False
    least: int = 8
    right: bool = False
    link: str | None = None


@attrs.frozen
class Shape:
    """How a kind of thing is printed.

    Attributes:
        plural: What many of them are called.
        columns: The columns of a list; their paths are the fields of CSV, too.
        lines: The lines of one object.
    """

    plural: str
    columns: tuple[Column, ...]
    lines: tuple[Column, ...] = ()


_LINK = "permalink_url"
_NUMBER = Column("Number", "urn", formatting.number_of)

TRACKS = Shape(
    "tracks",
    (
        Column("Title", "title", flexible=True, least=16, link=_LINK),
        Column("Artist", "user.username", rank=1, flexible=True),
        Column("Length", "duration", formatting.clock, rank=2, right=True),
        Column("Plays", "playback_count", formatting.count, rank=3, right=True),
        Column("Likes", "favoritings_count", formatting.count, rank=5, right=True),
        Column("Genre", "genre", rank=6, flexible=True),
        Column("Created", "created_at", formatting.day, rank=4),
        _NUMBER,
    ),
    (
        Column("Title", "title", link=_LINK),
        Column("Artist", "user.username", link="user.permalink_url"),
        Column("Length", "duration", formatting.clock),
        Column("Genre", "genre"),
        Column("Tags", "tag_list"),
        Column("Plays", "playback_count", formatting.count),
        Column("Likes", "favoritings_count", formatting.count),
        Column("Reposts", "reposts_count", formatting.count),
        Column("Comments", "comment_count", formatting.count),
        Column("Access", "access"),
        Column("Sharing", "sharing"),
        Column("License", "license"),
        Column("BPM", "bpm"),
        Column("Key", "key_signature"),
        Column("Label", "label_name"),
        Column("ISRC", "isrc"),
        Column("Created", "created_at", formatting.moment),
        Column("Link", _LINK, link=_LINK),
        Column("URN", "urn"),
        Column("Description", "description"),
    ),
)

USERS = Shape(
    "users",
    (
        Column("Name", "username", flexible=True, least=12, link=_LINK),
        Column("Full name", "full_name", rank=5, flexible=True),
        Column("City", "city", rank=4, flexible=True),
        Column("Country", "country", rank=6, flexible=True),
        Column("Followers", "followers_count", formatting.count, rank=1, right=True),
        Column("Tracks", "track_count", formatting.count, rank=2, right=True),
        _NUMBER,
    ),
    (
        Column("Name", "username", link=_LINK),
        Column("Full name", "full_name"),
        Column("City", "city"),
        Column("Country", "country"),
        Column("Plan", "plan"),
        Column("Followers", "followers_count", formatting.count),
        Column("Follows", "followings_count", formatting.count),
        Column("Tracks", "track_count", formatting.count),
        Column("Playlists", "playlist_count", formatting.count),
        Column("Likes", "public_favorites_count", formatting.count),
        Column("Reposts", "reposts_count", formatting.count),
        Column("Website", "website", link="website"),
        Column("Since", "created_at", formatting.day),
        Column("Link", _LINK, link=_LINK),
        Column("URN", "urn"),
        Column("Description", "description"),
    ),
)

PLAYLISTS = Shape(
    "playlists",
    (
        Column("Title", "title", flexible=True, least=16, link=_LINK),
        Column("By", "user.username", rank=1, flexible=True),
        Column("Tracks", "track_count", formatting.count, rank=2, right=True),
        Column("Length", "duration", formatting.clock, rank=3, right=True),
        Column("Likes", "likes_count", formatting.count, rank=4, right=True),
        Column("Created", "created_at", formatting.day, rank=5),
        _NUMBER,
    ),
    (
        Column("Title", "title", link=_LINK),
        Column("By", "user.username", link="user.permalink_url"),
        Column("Kind", "playlist_type"),
        Column("Tracks", "track_count", formatting.count),
        Column("Length", "duration", formatting.clock),
        Column("Likes", "likes_count", formatting.count),
        Column("Genre", "genre"),
        Column("Tags", "tag_list"),
        Column("Sharing", "sharing"),
        Column("Created", "created_at", formatting.moment),
        Column("Link", _LINK, link=_LINK),
        Column("URN", "urn"),
        Column("Description", "description"),
    ),
)

ME = Shape(
    "users",
    USERS.columns,
    (
        *USERS.lines[:-3],
        Column("Private", "private_tracks_count", lambda number: f"{formatting.count(number)} tracks"),
        Column("E-mail", "primary_email_confirmed", lambda fine: "confirmed" if fine else "not confirmed"),
        *USERS.lines[-3:],
    ),
)

WHOAMI = Shape(
    "people",
    (),
    (
        Column("Name", "username", link=_LINK),
        Column("Link", _LINK, link=_LINK),
        Column("URN", "urn"),
        Column("Plan", "plan"),
        Column("Uploads", "upload_unlimited", lambda free: "without a limit" if free else ""),
        Column("Uploads left", "upload_seconds_left", formatting.span),
        Column("Profile", "profile"),
        Column("App from", "app_from"),
        Column("Tokens in", "tokens_kept_in"),
        Column("Token ends in", "token_seconds_left", formatting.span),
        Column("Renewed by itself", "token_renewable"),
    ),
)

PROFILES = Shape(
    "profiles",
    (
        Column("Name", "name"),
        Column("Current", "current", rank=1),
        Column("Signed in", "signed_in", rank=2),
        Column("App", "client_id", rank=4, flexible=True),
        Column("Secrets kept in", "secrets_kept_in", rank=3, flexible=True),
    ),
)

FINDINGS = Shape(
    "findings", (Column("Check", "check"), Column("OK", "ok"), Column("Detail", "detail"), Column("To do", "to_do"))
)

UPLOADS = Shape(
    "uploads",
    (
        Column("File", "file", rank=2, flexible=True),
        Column("Title", "title", rank=1, flexible=True, link=_LINK),
        Column("What became of it", "status"),
        _NUMBER,
    ),
)

COMMENTS = Shape(
    "comments",
    (
        Column("At", "timestamp", formatting.clock, rank=1, right=True),
        Column("By", "user.username", rank=2, flexible=True),
        Column("Comment", "body", flexible=True, least=16),
        Column("Created", "created_at", formatting.day, rank=3),
        Column("Number", "urn", formatting.number_of, rank=4),
    ),
)

ACTIVITIES = Shape(
    "activities",
    (
        Column("When", "created_at", formatting.day, rank=2),
        Column("What", "type", rank=3),
        Column("Title", "origin.title", flexible=True, least=16, link="origin.permalink_url"),
        Column("By", "origin.user.username", rank=1, flexible=True),
        Column("Number", "origin.urn", formatting.number_of),
    ),
)


def dig(item: object, path: str) -> Any:
    """Find a field of a model or of plain values.

    Args:
        item: A model, or what JSON holds.
        path: Names with dots between them.

    Returns:
        The value, or None where there is none.
    """
    value: Any = item
    for name in path.split("."):
        value = _get(value, name)
        if value is None:
            return None
    return value


def _get(value: Any, name: str) -> Any:
    return cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def raw_of(item: object) -> Any:
    """An object as it came, as plain values."""
    return getattr(item, "raw", item)
