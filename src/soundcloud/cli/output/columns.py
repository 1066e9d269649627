"""The columns of each table, and the lines that describe one object."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import attrs

from soundcloud.cli.output import formatting

OPTIONAL_RANK = 5


@attrs.frozen
class Column:
    """A column of a table, or a line of a description.

    In a narrow terminal, columns with the highest rank are hidden first. Ranks from `OPTIONAL_RANK` are hidden before any value is
    cut; 0 is never hidden. Values of a flexible column may be cut to its minimum width. `right` aligns values on the right; None
    does so for numbers. `link` is the field with the URL that a click opens. `style` is a name of `STYLES` in `terminal.py`, or a
    function that returns it for a text. A column that `marks` some rows is shown if one of the first rows has a value; it is not
    part of CSV.
    """

    heading: str
    path: str
    format: Callable[[Any], str] = formatting.format_value
    rank: int = 0
    flexible: bool = False
    minimum: int = 8
    right: bool | None = False
    link: str | None = None
    style: str | Callable[[str], str] = ""
    marks: bool = False

    def style_of(self, text: str) -> str:
        """Return the style of a value."""
        return self.style if isinstance(self.style, str) else self.style(text)


@attrs.frozen
class View:
    """How objects of one kind are printed: the columns of a table, which are also the fields of CSV, or lines for one object.

    `model` is the name of their model in `soundcloud.models`; `fields` are all fields of objects of the command itself.
    """

    plural: str
    columns: tuple[Column, ...]
    details: tuple[Column, ...] = ()
    model: str | None = None
    fields: tuple[str, ...] | None = None


_URL = "permalink_url"
_ID = Column("ID", "urn", formatting.format_id, right=True, style="cyan")
_STATES = {"playable": "green", "preview": "yellow", "blocked": "red", "private": "yellow"}


def _state_style(text: str) -> str:
    return _STATES.get(text, "")


def _format_mark(item: Any) -> str:
    """Return what is unusual about a track or a playlist: it is private, blocked, or a preview."""
    sharing, access = get_field(item, "sharing"), get_field(item, "access")
    if sharing is not None and str(sharing) == "private":
        return "private"
    return str(access) if access is not None and str(access) in _STATES and str(access) != "playable" else ""


_MARK = Column("State", "", _format_mark, rank=1, style=_state_style, marks=True)

TRACKS = View(
    "tracks",
    (
        Column("Title", "title", flexible=True, minimum=16, link=_URL),
        Column("Artist", "user.username", rank=1, flexible=True),
        Column("Length", "duration", formatting.format_duration, rank=2, right=True, style="dim"),
        Column("Plays", "playback_count", formatting.format_count, rank=3, right=True, style="dim"),
        Column("Likes", "favoritings_count", formatting.format_count, rank=5, right=True, style="dim"),
        Column("Genre", "genre", rank=6, flexible=True),
        Column("Created", "created_at", formatting.format_date, rank=4, style="dim"),
        _MARK,
        _ID,
    ),
    (
        Column("Title", "title", link=_URL),
        Column("Artist", "user.username", link="user.permalink_url"),
        Column("Length", "duration", formatting.format_duration),
        Column("Genre", "genre"),
        Column("Tags", "tag_list"),
        Column("Plays", "playback_count", formatting.format_count),
        Column("Likes", "favoritings_count", formatting.format_count),
        Column("Reposts", "reposts_count", formatting.format_count),
        Column("Comments", "comment_count", formatting.format_count),
        Column("Access", "access", style=_state_style),
        Column("Sharing", "sharing", style=_state_style),
        Column("License", "license"),
        Column("BPM", "bpm"),
        Column("Key", "key_signature"),
        Column("Label", "label_name"),
        Column("ISRC", "isrc"),
        Column("Created", "created_at", formatting.format_datetime, style="dim"),
        Column("URL", _URL, link=_URL, style="cyan"),
        Column("URN", "urn", style="cyan"),
        Column("Description", "description"),
    ),
    model="Track",
)

USERS = View(
    "users",
    (
        Column("Name", "username", flexible=True, minimum=12, link=_URL),
        Column("Full name", "full_name", rank=5, flexible=True),
        Column("City", "city", rank=4, flexible=True),
        Column("Country", "country", rank=6, flexible=True),
        Column("Followers", "followers_count", formatting.format_count, rank=1, right=True, style="dim"),
        Column("Tracks", "track_count", formatting.format_count, rank=2, right=True, style="dim"),
        _ID,
    ),
    (
        Column("Name", "username", link=_URL),
        Column("Full name", "full_name"),
        Column("City", "city"),
        Column("Country", "country"),
        Column("Plan", "plan"),
        Column("Followers", "followers_count", formatting.format_count),
        Column("Following", "followings_count", formatting.format_count),
        Column("Tracks", "track_count", formatting.format_count),
        Column("Playlists", "playlist_count", formatting.format_count),
        Column("Likes", "public_favorites_count", formatting.format_count),
        Column("Reposts", "reposts_count", formatting.format_count),
        Column("Website", "website", link="website", style="cyan"),
        Column("Since", "created_at", formatting.format_date, style="dim"),
        Column("URL", _URL, link=_URL, style="cyan"),
        Column("URN", "urn", style="cyan"),
        Column("Description", "description"),
    ),
    model="User",
)

STATIONS = View(
    "stations",
    (
        Column("Title", "title", flexible=True, minimum=16, link=_URL),
        Column("By", "user.username", rank=1, flexible=True),
        _ID,
    ),
    (
        Column("Title", "title", link=_URL),
        Column("By", "user.username", link="user.permalink_url"),
        Column("Tracks", "track_count", formatting.format_count),
        Column("URL", _URL, link=_URL, style="cyan"),
        Column("URN", "urn", style="cyan"),
        Column("Description", "description"),
    ),
    model="Station",
)

PLAYLISTS = View(
    "playlists",
    (
        Column("Title", "title", flexible=True, minimum=16, link=_URL),
        Column("By", "user.username", rank=1, flexible=True),
        Column("Tracks", "track_count", formatting.format_count, rank=2, right=True, style="dim"),
        Column("Length", "duration", formatting.format_duration, rank=3, right=True, style="dim"),
        Column("Likes", "likes_count", formatting.format_count, rank=4, right=True, style="dim"),
        Column("Created", "created_at", formatting.format_date, rank=5, style="dim"),
        _MARK,
        _ID,
    ),
    (
        Column("Title", "title", link=_URL),
        Column("By", "user.username", link="user.permalink_url"),
        Column("Kind", "playlist_type"),
        Column("Tracks", "track_count", formatting.format_count),
        Column("Length", "duration", formatting.format_duration),
        Column("Likes", "likes_count", formatting.format_count),
        Column("Genre", "genre"),
        Column("Tags", "tag_list"),
        Column("Sharing", "sharing", style=_state_style),
        Column("Created", "created_at", formatting.format_datetime, style="dim"),
        Column("URL", _URL, link=_URL, style="cyan"),
        Column("URN", "urn", style="cyan"),
        Column("Description", "description"),
    ),
    model="Playlist",
)

ME = View(
    "users",
    USERS.columns,
    (
        *USERS.details[:-3],
        Column("Private", "private_tracks_count", lambda number: formatting.with_noun(number or 0, "track")),
        Column("E-mail", "primary_email_confirmed", lambda confirmed: "confirmed" if confirmed else "not confirmed"),
        *USERS.details[-3:],
    ),
    model="Me",
)

WHOAMI = View(
    "users",
    (),
    (
        Column("Name", "username", link=_URL),
        Column("URL", _URL, link=_URL, style="cyan"),
        Column("URN", "urn", style="cyan"),
        Column("Plan", "plan"),
        Column("Uploads", "upload_unlimited", lambda unlimited: "unlimited" if unlimited else ""),
        Column("Upload time left", "upload_seconds_left", formatting.format_seconds),
        Column("Profile", "profile"),
        Column("App from", "app_from"),
        Column("Tokens stored in", "tokens_kept_in"),
        Column("Token expires in", "token_seconds_left", formatting.format_seconds),
        Column("Refreshed automatically", "token_renewable"),
    ),
    fields=(
        *("username", "urn", "permalink_url", "plan", "upload_unlimited", "upload_seconds_left", "profile", "app_from"),
        *("tokens_kept_in", "token_expires_at", "token_seconds_left", "token_renewable"),
    ),
)

PROFILES = View(
    "profiles",
    (
        Column("Name", "name"),
        Column("Current", "current", rank=1),
        Column("Signed in", "signed_in", rank=2),
        Column("App", "client_id", rank=4, flexible=True),
        Column("Secrets stored in", "secrets_kept_in", rank=3, flexible=True),
    ),
    fields=("name", "current", "signed_in", "client_id", "secrets_kept_in"),
)

CHECK_RESULTS = View(
    "checks",
    (Column("Check", "check"), Column("OK", "ok"), Column("Detail", "detail"), Column("To do", "to_do")),
    fields=("check", "ok", "detail", "to_do"),
)

SETTINGS = View(
    "settings",
    (
        Column("Name", "name", style="cyan"),
        Column("Value", "value", flexible=True),
        Column("Source", "source", rank=1, flexible=True),
        Column("Meaning", "meaning", rank=5, style="dim"),
    ),
    fields=("name", "value", "source", "default", "variable", "meaning"),
)

UPLOADS = View(
    "uploads",
    (
        Column("File", "file", rank=2, flexible=True),
        Column("Title", "title", rank=1, flexible=True, link=_URL),
        Column("Status", "status"),
        _ID,
    ),
    fields=("file", "title", "status", "id", "urn", "permalink_url", "error"),
)

COMMENTS = View(
    "comments",
    (
        Column("At", "timestamp", formatting.format_duration, rank=1, right=True, style="dim"),
        Column("By", "user.username", rank=2, flexible=True),
        Column("Comment", "body", flexible=True, minimum=16),
        Column("Created", "created_at", formatting.format_date, rank=3, style="dim"),
        attrs.evolve(_ID, rank=4),
    ),
    model="Comment",
)

STATIONS_OF_TRACKS = View(
    "stations",
    (
        Column("Station of", "title", flexible=True, minimum=16, link=_URL),
        Column("Artist", "user.username", rank=1, flexible=True),
        Column("URN", "urn"),
    ),
    fields=("urn", "title", "user", "user.username", "permalink_url", "track_urn"),
)
"""The stations of tracks, named by the tracks: the objects are the command's own."""

WEB_PROFILES = View(
    "links",
    (
        Column("Service", "service", rank=1),
        Column("Title", "title", rank=2, flexible=True),
        Column("URL", "url", flexible=True, minimum=16, link="url"),
    ),
    model="WebProfile",
)

CONNECTIONS = View(
    "connections",
    (
        Column("Service", "service", rank=1),
        Column("Name", "display_name", flexible=True),
        Column("Created", "created_at", formatting.format_value, rank=2),
        Column("ID", "id"),
    ),
)

STREAMS = View("streams", (), model="Streams")

WAVEFORM = View("waveforms", (), (), fields=("urn", "samples", "width", "height"))

REQUESTS = View("requests", ())
"""The requests of a dry run, and the responses of `soundcloud api`: their fields are their own."""

ACTIVITIES = View(
    "activities",
    (
        Column("Date", "created_at", formatting.format_date, rank=2, style="dim"),
        Column("Type", "type", rank=3),
        Column("Title", "origin.title", flexible=True, minimum=16, link="origin.permalink_url"),
        Column("By", "origin.user.username", rank=1, flexible=True),
        attrs.evolve(_ID, path="origin.urn"),
    ),
    model="Activity",
)


def get_field(item: object, path: str) -> Any:
    """Return a field of a model or of plain values by a path such as `user.username`; None if it is missing.

    The empty path is the item itself.
    """
    value: Any = item
    for name in path.split(".") if path else ():
        is_mapping = isinstance(value, Mapping)
        value = cast("Mapping[str, Any]", value).get(name) if is_mapping else getattr(value, name, None)
        if value is None:
            return None
    return value


def get_raw(item: object) -> Any:
    """Return an object as plain JSON values, as SoundCloud sent it."""
    return getattr(item, "raw", item)
