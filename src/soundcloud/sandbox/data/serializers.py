"""Serializers: SoundCloud's JSON objects, including undocumented fields and many nulls."""

import json
from collections.abc import Iterable, Sequence

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.stations import find_seed, station_urn
from soundcloud.sandbox.data.text import PICTURES, format_timestamp, visible_tag_list
from soundcloud.sandbox.http.messages import JsonObject
from soundcloud.sandbox.state import State
from soundcloud.urn import STATIONS

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


def upload_seconds_left(user: Row) -> int | None:
    """Return how many seconds of audio a user may still upload, or None without a limit; `user` is of the view `user_rows`."""
    return None if user["plan"] != "Free" else max(0, _FREE_SECONDS - user["upload_seconds_used"])


class Serializer:
    """Serializes resources as one user sees them; the viewer is None for an app token."""

    def __init__(self, state: State, viewer: int | None) -> None:
        self._state = state
        self._database = state.database
        self._viewer = viewer
        self._embedded: dict[int, JsonObject] = {}

    def can_see(self, row: Row, secret_token: str | None = None) -> bool:
        """Return whether a track or playlist is public, belongs to the viewer, or is opened by its secret token."""
        return bool(row["sharing"] == "public" or row["user_id"] == self._viewer or row["secret_token"] == secret_token)

    def picture(self, url: str | None) -> str | None:
        """Return the URL of a picture, on the sandbox's media host instead of SoundCloud's."""
        if url and url.startswith(PICTURES):
            return f"{self._state.media_url}/{url.removeprefix(PICTURES)}"
        return url

    def _api_url(self, kind: str, row: Row) -> str:
        return f"{self._state.api_url}/{kind}/soundcloud:{kind}:{row['id']}"

    def users(self, user_ids: Sequence[int]) -> list[JsonObject]:
        """Serialize users in the order of their ids; unknown ids are omitted."""
        return [self.user(row) for row in self._find_rows("user_rows", user_ids)]

    def user(self, row: Row) -> JsonObject:
        """Serialize a user with all counts; `likes_count` is 0, as SoundCloud sends it."""
        return {
            **self._user_without_counts(row),
            "followers_count": row["followers_count"],
            "followings_count": row["followings_count"],
            "public_favorites_count": row["track_likes_count"],
            "reposts_count": row["reposts_count"],
        }

    def me(self, row: Row) -> JsonObject:
        """Serialize the viewer, with private fields."""
        left = upload_seconds_left(row)
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
            "upload_seconds_left": left,
        }

    def _user_without_counts(self, row: Row) -> JsonObject:
        names = [name for name in (row["first_name"], row["last_name"]) if name]
        return {
            "avatar_url": self.picture(row["avatar_url"]),
            "city": row["city"],
            "comments_count": 0,
            "country": row["country"],
            "created_at": format_timestamp(row["created_at"]),
            "description": row["description"],
            "discogs_name": None,
            "first_name": row["first_name"],
            "followers_count": 0,
            "followings_count": 0,
            "full_name": " ".join(names),
            "id": row["id"],
            "kind": "user",
            "last_modified": format_timestamp(row["last_modified"]),
            "last_name": row["last_name"],
            "likes_count": 0,
            "myspace_name": None,
            "online": False,
            "permalink": row["permalink"],
            "permalink_url": self._state.permalink_url(row["permalink"]),
            "plan": row["plan"],
            "playlist_count": row["playlist_count"],
            "public_favorites_count": 0,
            "reposts_count": 0,
            **({"station_urn": station_urn("artist", row["id"])} if row["track_count"] else {}),
            "subscriptions": [{"product": {"id": _PRODUCTS[row["plan"]], "name": row["plan"]}}],
            "track_count": row["track_count"],
            "uri": self._api_url("users", row),
            "urn": f"soundcloud:users:{row['id']}",
            "username": row["username"],
            "website": row["website"],
            "website_title": row["website_title"],
        }

    def embedded_user(self, user_id: int) -> JsonObject:
        """Serialize the user of a track or playlist: as with SoundCloud, all counts but those of tracks and playlists are 0."""
        if user_id not in self._embedded:
            row = self._database.rows("SELECT * FROM embedded_user_rows WHERE id = ?", user_id)[0]
            self._embedded[user_id] = self._user_without_counts(row)
        return self._embedded[user_id]

    def _find_rows(self, view: str, ids: Sequence[int]) -> list[Row]:
        """Return rows in the order of their ids; unknown ids are omitted."""
        statement = f"SELECT * FROM {view} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - a name of this package
        rows = {row["id"]: row for row in self._database.rows(statement, json.dumps(list(ids)))}
        return [rows[row_id] for row_id in ids if row_id in rows]

    def tracks(
        self, track_ids: Sequence[int], access: Iterable[str] = EVERY_ACCESS, *, personal: bool = False
    ) -> list[JsonObject]:
        """Serialize tracks in the order of their ids; hidden tracks are omitted."""
        return [
            self.track(row, personal=personal)
            for row in self._find_rows("track_rows", track_ids)
            if self.can_see(row) and self.access(row) in access
        ]

    def access(self, row: Row) -> str:
        """Return the access level of a track for the viewer; own tracks are playable."""
        return "playable" if row["user_id"] == self._viewer else str(row["access"])

    def is_processing(self, row: Row) -> bool:
        """Return whether an uploaded track is still processed, without duration and streams."""
        return bool(row["ready_at"] > self._state.clock.time())

    def track(self, row: Row, *, personal: bool = False, secret_token: str | None = None) -> JsonObject:
        """Serialize a track; `personal` includes the viewer's like, as searches and single tracks do."""
        url, access, own = self._api_url("tracks", row), self.access(row), row["user_id"] == self._viewer
        private = row["sharing"] == "private"
        secret = f"?secret_token={row['secret_token']}" if private else ""
        page = self._state.permalink_url(f"{self.embedded_user(row['user_id'])['permalink']}/{row['permalink']}")
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
            "download_url": f"{url}/download{secret}" if row["downloadable"] else None,
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
            "permalink_url": f"{page}/{row['secret_token']}" if private else page,
            "playback_count": row["playback_count"],
            "policy": None,
            "purchase_title": None,
            "purchase_url": row["purchase_url"],
            "release": row["release"],
            **_release_date(row),
            "reposts_count": row["reposts_count"],
            "reveal_comments": bool(row["reveal_comments"]),
            "reveal_stats": bool(row["reveal_stats"]),
            "secret_uri": f"{url}{secret}" if private and (own or secret_token) else None,
            "sharing": row["sharing"],
            **({} if private else {"station_urn": station_urn("track", row["id"])}),
            "stream_url": f"{url}/stream{secret}" if access != "blocked" else None,
            "streamable": bool(row["streamable"]),
            "tag_list": visible_tag_list(row["tag_list"]),
            "title": row["title"],
            "uri": f"{url}{secret}",
            "urn": f"soundcloud:tracks:{row['id']}",
            "user": self.embedded_user(row["user_id"]),
            "user_favorite": personal and self._likes(row["id"]),
            "user_playback_count": 1,  # in every response that is known
            "waveform_url": f"{self._state.media_url}/waves/{row['id']}_m.png",
        }
        if not (row["reveal_stats"] or own):
            # SoundCloud omits hidden counts.
            for name in ("playback_count", "favoritings_count", "reposts_count", "download_count"):
                del track[name]
        return track

    def _likes(self, track_id: int) -> bool:
        statement = "SELECT 1 FROM track_likes WHERE user_id = ? AND item_id = ?"
        return self._database.row(statement, self._viewer, track_id) is not None

    def playlists(
        self, playlist_ids: Sequence[int], access: Iterable[str] = DEFAULT_ACCESS, *, show_tracks: bool = True
    ) -> list[JsonObject]:
        """Serialize playlists in the order of their ids; hidden playlists are omitted."""
        rows = self._find_rows("playlist_rows", playlist_ids)
        return [self.playlist(row, access, show_tracks=show_tracks) for row in rows if self.can_see(row)]

    def playlist(self, row: Row, access: Iterable[str] = DEFAULT_ACCESS, *, show_tracks: bool = True) -> JsonObject:
        """Serialize a playlist; without `show_tracks` its list of tracks is empty."""
        statement = "SELECT track_id FROM playlist_tracks WHERE playlist_id = ? ORDER BY position"
        entries = self._database.rows(statement, row["id"]) if show_tracks else []
        tracks = self.tracks([entry["track_id"] for entry in entries], access)
        return {**self.bare_playlist(row), "tracks": tracks}

    def bare_playlist(self, row: Row) -> JsonObject:
        """Serialize a playlist without the field `tracks`, as in activities."""
        url, private = self._api_url("playlists", row), row["sharing"] == "private"
        secret = f"?secret_token={row['secret_token']}" if private else ""
        page = self._state.permalink_url(f"{self.embedded_user(row['user_id'])['permalink']}/sets/{row['permalink']}")
        return {
            "artwork_url": self.picture(row["artwork_url"]),
            "created_at": format_timestamp(row["created_at"]),
            "description": row["description"],
            "downloadable": None,
            "duration": row["duration"],
            "ean": row["ean"],
            "embeddable_by": "all",
            "genre": row["genre"] or "",
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
            **_release_date(row),
            "sharing": row["sharing"],
            "streamable": True,
            "tag_list": row["tag_list"],
            "tags": row["tag_list"],
            "title": row["title"],
            "track_count": row["track_count"],
            "tracks_uri": f"{url}/tracks{secret}",
            "type": row["set_type"],
            "uri": f"{url}{secret}",
            "urn": f"soundcloud:playlists:{row['id']}",
            "user": self.embedded_user(row["user_id"]),
            "user_id": row["user_id"],
            "user_urn": f"soundcloud:users:{row['user_id']}",
        }

    def station(self, urn: str) -> JsonObject | None:
        """Serialize a station without its tracks; None if there is none."""
        found = find_seed(self._database, urn)
        if found is None:
            return None
        kind, row = found
        user_id = row["user_id"] if kind == "track" else row["id"]
        return {
            "artwork_url": self.picture(row["artwork_url"] if kind == "track" else row["avatar_url"]),
            "description": None,
            "kind": "system-playlist",
            "permalink_url": self._state.permalink_url(f"discover/sets/{kind}-stations:{row['id']}"),
            "title": f"Station: {row['title'] if kind == 'track' else row['username']}",
            "uri": f"{self._state.api_url}/{STATIONS}/{urn}",
            "urn": urn,
            "user": self.embedded_user(user_id),
        }

    def comments(self, comment_ids: Sequence[int]) -> list[JsonObject]:
        """Serialize comments in the order of their ids; `timestamp` is a number, although the document says string."""
        return [self._comment(row) for row in self._find_rows("comments", comment_ids)]

    def _comment(self, row: Row) -> JsonObject:
        user = self.user(self._database.rows("SELECT * FROM user_rows WHERE id = ?", row["user_id"])[0])
        return {
            "body": row["body"],
            "created_at": format_timestamp(row["created_at"]),
            "id": row["id"],
            "kind": "comment",
            "timestamp": row["timestamp"],
            "track_urn": f"soundcloud:tracks:{row['track_id']}",
            "uri": f"{self._state.api_url}/comments/soundcloud:comments:{row['id']}",
            "urn": f"soundcloud:comments:{row['id']}",
            # Fewer fields than elsewhere, but real counts.
            "user": {name: user[name] for name in _COMMENT_USER},
            "user_urn": f"soundcloud:users:{row['user_id']}",
        }


def _release_date(row: Row) -> JsonObject:
    names = ("release_year", "release_month", "release_day")
    numbers = [int(part) for part in row["release_date"].split("-")] if row["release_date"] else [None] * 3
    return dict(zip(names, numbers, strict=True))
