"""Rows as the JSON objects that SoundCloud writes, undocumented fields and many nulls included."""

import json
from collections.abc import Iterable, Sequence
from time import time

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.text import PICTURES, format_timestamp, visible_tag_list
from soundcloud.sandbox.http.messages import JsonObject
from soundcloud.sandbox.state import State

WEB = "https://soundcloud.com"
EVERY_ACCESS = frozenset({"playable", "preview", "blocked"})
DEFAULT_ACCESS = frozenset({"playable", "preview"})
_PRODUCTS = {"Free": "free", "Pro Unlimited": "creator-pro-unlimited"}
_FREE_SECONDS = 10_800
_COMMENT_USER = (
    "avatar_url",
    "followers_count",
    "followings_count",
    "id",
    "kind",
    "last_modified",
    "permalink",
    "permalink_url",
    "public_favorites_count",
    "reposts_count",
    "uri",
    "urn",
    "username",
)


class Serializer:
    """Objects as one person sees them.

    Args:
        state: The sandbox.
        viewer: The id of the person who asks; None for an app.
    """

    def __init__(self, state: State, viewer: int | None) -> None:
        self._state = state
        self._database = state.database
        self._viewer = viewer
        self._embedded: dict[int, JsonObject] = {}

    def can_see(self, row: Row, secret_token: str | None = None) -> bool:
        """Tell whether a track or playlist is public, one's own, or opened by its secret token."""
        return bool(row["sharing"] == "public" or row["user_id"] == self._viewer or row["secret_token"] == secret_token)

    def picture(self, address: str | None) -> str | None:
        """Write the address of a picture, so that it loads: the sandbox serves what SoundCloud's host would."""
        if address and address.startswith(PICTURES):
            return f"{self._state.media_url}/{address.removeprefix(PICTURES)}"
        return address

    def _link(self, kind: str, row: Row) -> str:
        return f"{self._state.api_url}/{kind}/soundcloud:{kind}:{row['id']}"

    # Users.

    def users(self, numbers: Sequence[int]) -> list[JsonObject]:
        """Write users in the order of their ids given; an unknown one is left out."""
        statement = "SELECT * FROM user_rows WHERE id IN (SELECT value FROM json_each(?))"
        rows = {row["id"]: row for row in self._database.rows(statement, json.dumps(list(numbers)))}
        return [self.user(rows[number]) for number in numbers if number in rows]

    def user(self, row: Row) -> JsonObject:
        """Write a user with every count."""
        likes = row["track_likes_count"]
        return {
            **self._user_start(row, row["followers_count"], row["followings_count"]),
            "comments_count": 0,
            "likes_count": likes + row["playlist_likes_count"],
            "myspace_name": None,
            "online": False,
            "playlist_count": row["playlist_count"],
            "public_favorites_count": likes,
            "reposts_count": row["reposts_count"],
            "track_count": row["track_count"],
            "upload_seconds_left": self._seconds_left(row),
        }

    def me(self, row: Row) -> JsonObject:
        """Write the person who asks, with what only they may see."""
        left = self._seconds_left(row)
        return {
            **self.user(row),
            "locale": "",
            "primary_email_confirmed": True,
            "private_playlists_count": row["private_playlists_count"],
            "private_tracks_count": row["private_tracks_count"],
            "quota": {
                "unlimited_upload_quota": left is None,
                "upload_seconds_used": row["upload_seconds_used"],
                "upload_seconds_left": left,
            },
        }

    def _seconds_left(self, row: Row) -> int | None:
        return None if row["plan"] != "Free" else max(0, _FREE_SECONDS - row["upload_seconds_used"])

    def _user_start(self, row: Row, followers: int, followings: int) -> JsonObject:
        names = [name for name in (row["first_name"], row["last_name"]) if name]
        return {
            "avatar_url": self.picture(row["avatar_url"]),
            "city": row["city"],
            "country": row["country"],
            "created_at": format_timestamp(row["created_at"]),
            "description": row["description"],
            "discogs_name": None,
            "first_name": row["first_name"],
            "followers_count": followers,
            "followings_count": followings,
            "full_name": " ".join(names),
            "id": row["id"],
            "kind": "user",
            "last_modified": format_timestamp(row["last_modified"]),
            "last_name": row["last_name"],
            "permalink": row["permalink"],
            "permalink_url": f"{WEB}/{row['permalink']}",
            "plan": row["plan"],
            "subscriptions": [{"product": {"id": _PRODUCTS[row["plan"]], "name": row["plan"]}}],
            "uri": self._link("users", row),
            "urn": f"soundcloud:users:{row['id']}",
            "username": row["username"],
            "website": row["website"],
            "website_title": row["website_title"],
        }

    def embedded_user(self, number: int) -> JsonObject:
        """Write the user inside a track or playlist: as with SoundCloud, the counts are 0 there."""
        if number not in self._embedded:
            row = self._database.rows("SELECT * FROM users WHERE id = ?", number)[0]
            self._embedded[number] = {
                **self._user_start(row, 0, 0),
                "comments_count": 0,
                "likes_count": 0,
                "myspace_name": None,
                "online": False,
                "playlist_count": 0,
                "public_favorites_count": 0,
                "reposts_count": 0,
                "track_count": 0,
                "upload_seconds_left": None,
            }
        return self._embedded[number]

    def comment_user(self, number: int) -> JsonObject:
        """Write the user of a comment: shorter, with real counts."""
        row = self._database.rows("SELECT * FROM user_rows WHERE id = ?", number)[0]
        whole = self.user(row)
        return {name: whole[name] for name in _COMMENT_USER}

    # Tracks.

    def tracks(
        self, numbers: Sequence[int], access: Iterable[str] = EVERY_ACCESS, *, personal: bool = False
    ) -> list[JsonObject]:
        """Write tracks in the order of their ids given.

        Args:
            numbers: The ids.
            access: Levels of access to keep; tracks that are hidden or of another level are left out.
            personal: Whether to look up what the person did with them, as searches and single tracks do.

        Returns:
            The tracks.
        """
        statement = "SELECT * FROM track_rows WHERE id IN (SELECT value FROM json_each(?))"
        rows = {row["id"]: row for row in self._database.rows(statement, json.dumps(list(dict.fromkeys(numbers))))}
        kept = [rows[number] for number in numbers if number in rows]
        return [self.track(row, personal=personal) for row in kept if self.can_see(row) and self.access(row) in access]

    def access(self, row: Row) -> str:
        """The level of access that the person has to a track; full to one's own."""
        return "playable" if row["user_id"] == self._viewer else str(row["access"])

    def is_processing(self, row: Row) -> bool:
        """Tell whether a track was uploaded so lately that it has no duration and no streams yet."""
        return bool(row["ready_at"] > time())

    def track(self, row: Row, *, personal: bool = False, secret_token: str | None = None) -> JsonObject:
        """Write a track.

        Args:
            row: The track.
            personal: Whether to look up what the person did with it.
            secret_token: The token that opened it.

        Returns:
            The track.
        """
        link, access, own = self._link("tracks", row), self.access(row), row["user_id"] == self._viewer
        private = row["sharing"] == "private"
        secret = f"?secret_token={row['secret_token']}" if private else ""
        page = f"{WEB}/{self.embedded_user(row['user_id'])['permalink']}/{row['permalink']}"
        year, month, day = (row["release_date"] or "--").split("-")
        track: JsonObject = {
            "access": access,
            "artwork_url": self.picture(row["artwork_url"]),
            "available_country_codes": None,
            "bpm": row["bpm"],
            "comment_count": row["comment_count"],
            "commentable": bool(row["commentable"]),
            "created_at": format_timestamp(row["created_at"]),
            "description": row["description"],
            "download_count": row["download_count"],
            "download_url": f"{link}/download{secret}" if row["downloadable"] else None,
            "downloadable": bool(row["downloadable"]),
            "duration": 0 if self.is_processing(row) else row["duration"],
            "embeddable_by": row["embeddable_by"],
            "favoritings_count": row["favoritings_count"],
            "genre": row["genre"],
            "id": row["id"],
            "isrc": row["isrc"],
            "key_signature": row["key_signature"],
            "kind": "track",
            "label_name": row["label_name"],
            "license": row["license"],
            "metadata_artist": row["metadata_artist"],
            "monetization_model": None,
            "permalink_url": f"{page}/{row['secret_token']}" if private else page,
            "playback_count": row["playback_count"],
            "policy": None,
            "purchase_title": None,
            "purchase_url": row["purchase_url"],
            "release": row["release"],
            "release_day": int(day) if day else None,
            "release_month": int(month) if month else None,
            "release_year": int(year) if year else None,
            "reposts_count": row["reposts_count"],
            "reveal_comments": bool(row["reveal_comments"]),
            "reveal_stats": bool(row["reveal_stats"]),
            "secret_uri": f"{link}{secret}" if private and (own or secret_token) else None,
            "sharing": row["sharing"],
            "stream_url": f"{link}/stream{secret}" if access != "blocked" else None,
            "streamable": bool(row["streamable"]),
            "tag_list": visible_tag_list(row["tag_list"]),
            "title": row["title"],
            "uri": f"{link}{secret}",
            "urn": f"soundcloud:tracks:{row['id']}",
            "user": self.embedded_user(row["user_id"]),
            "user_favorite": personal and self._exists("track_likes", "item_id", row["id"]),
            "user_playback_count": self._plays(row["id"]) if personal and self._viewer is not None else None,
            "waveform_url": f"{self._state.media_url}/waves/{row['id']}_m.png",
        }
        if not (row["reveal_stats"] or own):
            # Hidden counts are absent, not 0.
            for name in ("playback_count", "favoritings_count", "reposts_count", "download_count"):
                del track[name]
        return track

    def _exists(self, table: str, column: str, number: int) -> bool:
        # Table and column are names in this package, never what a request holds.
        statement = f"SELECT 1 FROM {table} WHERE user_id = ? AND {column} = ?"  # noqa: S608
        return self._database.row(statement, self._viewer, number) is not None

    def _plays(self, number: int) -> int:
        statement = "SELECT COUNT(*) FROM plays WHERE track_id = ? AND user_id = ?"
        return self._database.number(statement, number, self._viewer)

    # Playlists.

    def playlists(
        self, numbers: Sequence[int], access: Iterable[str] = DEFAULT_ACCESS, *, show_tracks: bool = True
    ) -> list[JsonObject]:
        """Write playlists in the order of their ids given; hidden ones are left out.

        Args:
            numbers: The ids.
            access: Levels of access of the tracks to show.
            show_tracks: Whether to write their tracks.

        Returns:
            The playlists.
        """
        statement = "SELECT * FROM playlist_rows WHERE id IN (SELECT value FROM json_each(?))"
        rows = {row["id"]: row for row in self._database.rows(statement, json.dumps(list(numbers)))}
        kept = [rows[number] for number in numbers if number in rows]
        return [self.playlist(row, access, show_tracks=show_tracks) for row in kept if self.can_see(row)]

    def playlist(self, row: Row, access: Iterable[str] = DEFAULT_ACCESS, *, show_tracks: bool = True) -> JsonObject:
        """Write a playlist, with its tracks or with an empty list of them; see `playlists`."""
        return {**self.bare_playlist(row), "tracks": self._playlist_tracks(row["id"], access) if show_tracks else []}

    def _playlist_tracks(self, number: int, access: Iterable[str]) -> list[JsonObject]:
        statement = "SELECT track_id FROM playlist_tracks WHERE playlist_id = ? ORDER BY position"
        return self.tracks([found["track_id"] for found in self._database.rows(statement, number)], access)

    def bare_playlist(self, row: Row) -> JsonObject:
        """Write a playlist without the key `tracks`, as activities hold it."""
        link, private = self._link("playlists", row), row["sharing"] == "private"
        secret = f"?secret_token={row['secret_token']}" if private else ""
        page = f"{WEB}/{self.embedded_user(row['user_id'])['permalink']}/sets/{row['permalink']}"
        year, month, day = (row["release_date"] or "--").split("-")
        return {
            "artwork_url": self.picture(row["artwork_url"]),
            "created_at": format_timestamp(row["created_at"]),
            "description": row["description"],
            "downloadable": None,
            "duration": row["duration"],
            "ean": row["ean"],
            "embeddable_by": "all",
            "genre": row["genre"],
            "id": row["id"],
            "kind": "playlist",
            "label": None,
            "label_id": None,
            "label_name": row["label_name"],
            "last_modified": format_timestamp(row["last_modified"]),
            "license": row["license"],
            "likes_count": row["likes_count"],
            "permalink": row["permalink"],
            "permalink_url": f"{page}/{row['secret_token']}" if private else page,
            "playlist_type": row["set_type"],
            "purchase_title": row["purchase_title"],
            "purchase_url": row["purchase_url"],
            "release": row["release"],
            "release_day": int(day) if day else None,
            "release_month": int(month) if month else None,
            "release_year": int(year) if year else None,
            "sharing": row["sharing"],
            "streamable": True,
            "tag_list": row["tag_list"],
            "tags": row["tag_list"],
            "title": row["title"],
            "track_count": row["track_count"],
            "tracks_uri": f"{link}/tracks{secret}",
            "type": row["set_type"],
            "uri": f"{link}{secret}",
            "urn": f"soundcloud:playlists:{row['id']}",
            "user": self.embedded_user(row["user_id"]),
            "user_id": row["user_id"],
            "user_urn": f"soundcloud:users:{row['user_id']}",
        }

    # Comments.

    def comment(self, row: Row) -> JsonObject:
        """Write a comment; the moment it is pinned to is a number here, whatever the document says."""
        return {
            "body": row["body"],
            "created_at": format_timestamp(row["created_at"]),
            "id": row["id"],
            "kind": "comment",
            "timestamp": row["timestamp"],
            "track_urn": f"soundcloud:tracks:{row['track_id']}",
            "uri": f"{self._state.api_url}/comments/soundcloud:comments:{row['id']}",
            "urn": f"soundcloud:comments:{row['id']}",
            "user": self.comment_user(row["user_id"]),
            "user_urn": f"soundcloud:users:{row['user_id']}",
        }
