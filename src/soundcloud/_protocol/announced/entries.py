"""The entries of what SoundCloud has announced and its document does not have yet."""

from datetime import date
from typing import Literal

import attrs

Certainty = Literal["high", "medium", "low"]
"""How well an entry is known: `high` for an official text, `medium` for one with gaps, `low` if most of it is unknown."""

_RELEASES = "https://github.com/soundcloud/api/releases/tag"


@attrs.frozen
class Announcement:
    """An operation, a field, or another use of an operation that SoundCloud announced but does not document yet.

    Attributes:
        id: The id, for example `get_system_playlists_urn`.
        title: What was announced.
        meaning: What it does.
        source: The URL of the announcement.
        date: The date of the announcement.
        certainty: How well it is known.
        unknown: What the announcement leaves open.
        operation: Method and path of the operation, or of the one that has another use; empty for a field.
        along: The announced operation that brings this use of a documented one into the document, or empty.
        field: The name of the field, or empty.
        schemas: The schemas of the document that may have the field; shell patterns.
    """

    id: str
    title: str
    meaning: str
    source: str
    date: date
    certainty: Certainty
    unknown: str
    operation: str = ""
    along: str = ""
    field: str = ""
    schemas: tuple[str, ...] = ()


ANNOUNCED = (
    Announcement(
        "get_system_playlists_urn",
        "GET /system-playlists/{urn}",
        "a station with its visible tracks",
        f"{_RELEASES}/2026-09-30",
        date(2026, 9, 30),
        "medium",
        "the fields of the object, query parameters, the body of a 404",
        operation="GET /system-playlists/{urn}",
    ),
    Announcement(
        "get_me_likes_system_playlists",
        "GET /me/likes/system-playlists",
        "the stations that the user likes, without their tracks",
        f"{_RELEASES}/2026-09-30",
        date(2026, 9, 30),
        "medium",
        "the fields of the objects, query parameters, pages",
        operation="GET /me/likes/system-playlists",
    ),
    Announcement(
        "get_users_urn_likes_system_playlists",
        "GET /users/{urn}/likes/system-playlists",
        "the stations that a user likes",
        f"{_RELEASES}/2026-09-30",
        date(2026, 9, 30),
        "medium",
        "the fields of the objects, query parameters, pages, whether the tracks are included",
        operation="GET /users/{urn}/likes/system-playlists",
    ),
    Announcement(
        "likes_of_stations",
        "POST, DELETE /likes/playlists/{playlist_urn} of a station",
        "likes of stations, with the paths of playlists",
        f"{_RELEASES}/2026-09-30",
        date(2026, 9, 30),
        "high",
        "the body of the response, and whether /me/likes/playlists lists stations too",
        operation="POST /likes/playlists/{playlist_urn}",
        along="GET /system-playlists/{urn}",
    ),
    Announcement(
        "resolve_of_discover_links",
        "GET /resolve of a discover link",
        "soundcloud.com/discover/sets/... redirects to /system-playlists/{urn}",
        f"{_RELEASES}/2026-09-30",
        date(2026, 9, 30),
        "high",
        "links to personal stations, and the form of the location",
        operation="GET /resolve",
        along="GET /system-playlists/{urn}",
    ),
    Announcement(
        "station_urn",
        "station_urn of tracks and users",
        "the URN of the station; omitted for private tracks and for users without public tracks",
        f"{_RELEASES}/2026-09-30",
        date(2026, 9, 30),
        "high",
        "whether the user of a track or a playlist has it",
        field="station_urn",
        schemas=("Track", "User"),
    ),
    Announcement(
        "post_disconnect",
        "POST /disconnect",
        "ends the app's access to the account of the user",
        f"{_RELEASES}/2026-09-30",
        date(2026, 9, 30),
        "low",
        "the host, the status, the body, the effect on other sessions, the response to an app token and to a second call",
        operation="POST /disconnect",
    ),
    Announcement(
        "metadata_artist",
        "metadata_artist of PUT /tracks/{track_urn}",
        "sets the artist of a track",
        "https://developers.soundcloud.com/blog/api-artist-metadata",
        date(2025, 4, 4),
        "medium",
        "whether an upload takes it, and whether null clears it",
        field="metadata_artist",
        schemas=("*Request",),
    ),
    Announcement(
        "post_me_playlists",
        "POST /me/playlists",
        "creates a playlist, as POST /playlists does",
        f"{_RELEASES}/2026-08-10",
        date(2026, 8, 10),
        "low",
        "all but the path and `set_type`; use playlists.create",
        operation="POST /me/playlists",
    ),
)
"""All entries. An entry goes when the document has what it describes; `make openapi-coverage` names it then."""

ENTRIES = {entry.id: entry for entry in ANNOUNCED}
