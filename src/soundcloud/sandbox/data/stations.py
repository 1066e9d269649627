"""Stations: their URNs and their tracks. SoundCloud has not published which tracks a station has, so the choice is invented."""

from typing import Literal

from soundcloud.sandbox.data.database import Database, Row
from soundcloud.urn import STATIONS

StationKind = Literal["track", "artist"]
"""What a station is made from."""

_MAXIMUM_TRACKS = 50

RELATED_TRACKS = """
SELECT other.id AS item FROM tracks AS other JOIN tracks AS this ON this.id = ? AND other.id != this.id
WHERE other.sharing = 'public'
ORDER BY (SELECT COUNT(*) FROM track_likes AS one JOIN track_likes AS two ON two.user_id = one.user_id
        WHERE one.item_id = this.id AND two.item_id = other.id)
    + 4 * (other.genre = this.genre AND other.genre != '') + 2 * (other.user_id = this.user_id) DESC, other.id DESC
LIMIT 120
"""
_ARTIST_TRACKS = "SELECT id AS item FROM tracks WHERE user_id = ? AND sharing = 'public' ORDER BY id DESC"
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
    rows = database.rows(RELATED_TRACKS if kind == "track" else _ARTIST_TRACKS, seed)
    return [*([seed] if kind == "track" else []), *(row["item"] for row in rows)][:_MAXIMUM_TRACKS]
