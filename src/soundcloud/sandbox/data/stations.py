"""Stations: their URNs and their tracks. SoundCloud has not published which tracks a station has, so the choice is invented."""

from typing import Literal

from soundcloud.sandbox.data.database import Database, Row
from soundcloud.urn import STATIONS

StationKind = Literal["track", "artist"]
"""What a station is made from."""

_MAXIMUM_TRACKS = 50

# The best 120 by a score. The other tracks of the same genre, of the same user and of both are candidates only as far as they
# can be among these; so are the newest tracks of all. Of a track with many likes, the latest 50 count.
RELATED_TRACKS = """
SELECT item FROM (
    WITH this AS (SELECT id, lower(genre) AS genre, user_id FROM tracks WHERE id = :track),
    fans AS (SELECT user_id FROM track_likes WHERE item_id = :track ORDER BY id DESC LIMIT 50),
    shared AS (
        SELECT item_id AS id, COUNT(*) AS likes FROM track_likes WHERE user_id IN (SELECT user_id FROM fans) GROUP BY item_id
    ),
    candidates AS (
        SELECT id FROM shared
        UNION SELECT * FROM (
            SELECT id FROM tracks WHERE lower(genre) = (SELECT genre FROM this) AND sharing = 'public' ORDER BY id DESC LIMIT 121
        )
        UNION SELECT * FROM (
            SELECT tracks.id FROM tracks, this WHERE tracks.user_id = this.user_id AND lower(tracks.genre) = this.genre
                AND sharing = 'public' ORDER BY tracks.id DESC LIMIT 121
        )
        UNION SELECT * FROM (
            SELECT id FROM tracks WHERE user_id = (SELECT user_id FROM this) AND sharing = 'public' ORDER BY id DESC LIMIT 121
        )
        UNION SELECT * FROM (SELECT id FROM tracks WHERE sharing = 'public' ORDER BY id DESC LIMIT 121)
    )
    SELECT other.id AS item FROM candidates JOIN tracks AS other ON other.id = candidates.id
        JOIN tracks AS this ON this.id = :track AND other.id != this.id LEFT JOIN shared ON shared.id = other.id
    WHERE other.sharing = 'public'
    ORDER BY COALESCE(shared.likes, 0) + 4 * COALESCE(other.genre = this.genre AND other.genre != '', 0)
        + 2 * (other.user_id = this.user_id) DESC, other.id DESC
    LIMIT 120
)
"""
_ARTIST_TRACKS = "SELECT id AS item FROM tracks WHERE user_id = :user AND sharing = 'public' ORDER BY id DESC LIMIT 50"
_SEEDS = {
    "track": "SELECT * FROM track_rows WHERE id = ? AND sharing = 'public'",
    "artist": "SELECT * FROM user_rows WHERE id = ? AND track_count > 0",
}


def station_urn(kind: StationKind, seed: int) -> str:
    """Return the URN of the station of a track or of a user."""
    return f"soundcloud:{STATIONS}:{kind}-stations:{seed}"


def find_seed(database: Database, urn: str) -> tuple[StationKind, Row] | None:
    """Return what a station is made from: a public track, or a user with public tracks; None if there is no such station."""
    for kind in ("track", "artist"):
        start, _, number = urn.partition(f":{kind}-stations:")
        if start == f"soundcloud:{STATIONS}" and number.isascii() and number.isdigit() and len(number) <= 18:
            row = database.row(_SEEDS[kind], int(number))
            return None if row is None else (kind, row)
    return None


def tracks_of_station(database: Database, kind: StationKind, seed: int) -> list[int]:
    """Return the tracks of a station: the track and those related to it, or the public tracks of the user."""
    if kind == "artist":
        return [row["item"] for row in database.rows(_ARTIST_TRACKS, user=seed)]
    return [seed, *(row["item"] for row in database.rows(RELATED_TRACKS, track=seed))][:_MAXIMUM_TRACKS]
