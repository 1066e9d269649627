"""Custom datasets: a JSON object with the users, tracks and other resources with which a sandbox starts.

    {
      "users": [{"permalink": "ada"}, {"permalink": "bo", "username": "Bo", "city": "Oslo"}],
      "tracks": [{"user": "bo", "title": "Night Bus", "duration": 65000, "genre": "Ambient"}],
      "playlists": [{"user": "ada", "title": "Mine", "tracks": ["bo/night-bus"]}],
      "follows": [{"user": "ada", "follows": "bo"}],
      "likes": [{"user": "ada", "track": "bo/night-bus"}, {"user": "bo", "playlist": "ada/mine"}],
      "reposts": [{"user": "ada", "track": "bo/night-bus"}],
      "comments": [{"user": "ada", "track": "bo/night-bus", "body": "so good", "timestamp": 1500}],
      "plays": [{"user": "ada", "track": "bo/night-bus"}]
    }

| list | required fields | optional fields |
| --- | --- | --- |
| users | permalink | the fields of `dataset_schema.USER`; web_profiles, a list of `WEB_PROFILE` with service and url |
| tracks | user, title | the fields of `dataset_schema.TRACK` |
| playlists | user, title | the fields of `dataset_schema.PLAYLIST`; tracks, a list |
| follows | user, follows | |
| likes | user, and track or playlist | |
| reposts | user, and track or playlist | created_at |
| comments | user, track, body | timestamp (milliseconds), created_at |
| plays | user, track | |

Field names are SoundCloud's. A user is identified by its permalink, a track or playlist by `user/permalink`. Later entries of a
list are newer. A missing or null field gets a default, which depends on the seed and the entry's position. `default_user` is the
user who is signed in by default; without it, the first one.

An error names the first invalid entry, counted from 0: `tracks[3].user: there is no user "x"`.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, NoReturn, TypeAlias, cast

from soundcloud.sandbox.data.dataset_schema import (
    COMMENT,
    PLAYLIST,
    TRACK,
    USER,
    WEB_PROFILE,
    Parser,
    join_names,
    parse_nonblank,
    parse_permalink,
    parse_string,
    parse_time,
)
from soundcloud.sandbox.data.text import build_search_text, build_tag_index, slugify, unique_name
from soundcloud.sandbox.errors import SandboxError, WrongSettingError

DatasetSource: TypeAlias = str | PathLike[str] | Mapping[str, Any]  # the path of a dataset, or the JSON object itself

LISTS = ("users", "tracks", "playlists", "follows", "likes", "reposts", "comments", "plays")
_START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
_MINUTE = 60
_DURATION = 180_000
# Generated ids begin here and increase.
_FIRST_IDS = {"users": 40_000_000, "tracks": 2_000_000_000, "playlists": 150_000_000}
_LETTERS = ascii_uppercase + ascii_lowercase + digits

_Fields: TypeAlias = dict[str, Any]


def read_dataset(source: DatasetSource) -> str:
    """Return a dataset as JSON with sorted keys, without validating its entries; `DatasetLoader` does that."""
    if isinstance(source, Mapping):
        try:
            return json.dumps(dict(source), sort_keys=True)
        except (TypeError, ValueError, RecursionError) as error:
            raise SandboxError(f"the dataset cannot be converted to JSON: {error}") from error
    path = Path(source)
    try:
        dataset = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SandboxError(f"{path}: cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise SandboxError(f"{path}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise SandboxError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(dataset, dict):
        raise SandboxError(f"{path}: a dataset is a JSON object with these lists: {join_names(LISTS)}")
    return json.dumps(dataset, sort_keys=True)


def _fail(place: str, reason: str) -> NoReturn:
    raise WrongSettingError(place, reason)


class Entry:
    """An entry of a list, with its place in the dataset."""

    def __init__(self, value: Any, place: str, columns: Mapping[str, Parser], *others: str) -> None:
        if not isinstance(value, dict):
            _fail(place, "the entry is not an object")
        self._fields = cast("_Fields", value)
        self.place = place
        self._columns = columns
        known = {*columns, *others}
        for name in self._fields:
            if name not in known:
                _fail(f"{place}.{name}", f"unknown field: use {join_names(known)}")

    def has(self, name: str) -> bool:
        """Return whether a field has a value."""
        return self._fields.get(name) is not None

    def read(self, name: str, parse: Parser) -> Any:
        """Return the parsed value of a required field."""
        if not self.has(name):
            self.fail(name, "the field is missing")
        try:
            return parse(self._fields[name])
        except ValueError as error:
            self.fail(name, str(error))

    def fail(self, name: str, reason: str) -> NoReturn:
        """Reject the value of a field."""
        _fail(f"{self.place}.{name}", reason)

    def columns(self) -> _Fields:
        """Return the parsed values of all columns that the entry has."""
        return {name: self.read(name, parse) for name, parse in self._columns.items() if self.has(name)}

    def items(self, name: str) -> Iterator[tuple[str, Any]]:
        """Yield the items of a list with their places."""
        return _items(self._fields, name, f"{self.place}.{name}")


def _items(fields: _Fields, name: str, place: str) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list with their places; a missing list is empty."""
    found = fields.get(name)
    if found is not None and not isinstance(found, list):
        _fail(place, "the value is not a list")
    for index, value in enumerate(cast("list[Any]", found or [])):
        yield f"{place}[{index}]", value


class DatasetLoader:
    """Inserts the entries of a dataset into empty tables, in the order of their references."""

    def __init__(self, connection: sqlite3.Connection, seed: int, dataset: str) -> None:
        self._connection = connection
        self._dataset: _Fields = json.loads(dataset)
        self._start = _START
        self._random = Random(seed)  # noqa: S311 - seeded for repeatable datasets, not for secrets
        self._usernames: dict[int, str] = {}
        self._ids: dict[str, dict[str, int]] = {"users": {}, "tracks": {}, "playlists": {}}
        self._places: dict[str, dict[int, str]] = {"users": {}, "tracks": {}, "playlists": {}}
        self._highest = dict(_FIRST_IDS)
        self._permalinks: dict[tuple[str, str], set[str]] = {}
        self._activities: list[_Fields] = []

    def load(self) -> str:
        """Insert all entries, and return the permalink of the default user."""
        for name in self._dataset:
            if name not in LISTS and name != "default_user":
                _fail(name, f"unknown list: use {join_names(LISTS)}")
        self._load_users()
        self._load_tracks()
        self._load_playlists()
        self._load_follows()
        self._load_likes()
        self._load_reposts()
        self._load_comments()
        self._load_plays()
        self._insert_activities()
        return self._default_user()

    def _load_plays(self) -> None:
        for entry in self._entries("plays", {}, "user", "track"):
            self._insert("plays", {"user_id": self._user_id(entry), "track_id": self._item_id(entry, "track")})

    def _insert_activities(self) -> None:
        for activity in sorted(self._activities, key=lambda activity: activity["created_at"]):
            self._insert("activities", activity)

    def _entries(self, name: str, columns: Mapping[str, Parser], *others: str) -> Iterator[Entry]:
        for place, value in _items(self._dataset, name, name):
            yield Entry(value, place, columns, *others)

    def _insert(self, table: str, fields: _Fields) -> None:
        # Names of tables and columns are from this package, not from the dataset.
        statement = f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))})"  # noqa: S608
        self._connection.execute(statement, tuple(fields.values()))

    def _insert_pair(self, entry: Entry, table: str, fields: _Fields) -> None:
        try:
            self._insert(table, fields)
        except sqlite3.IntegrityError:
            _fail(entry.place, "the entry is a duplicate")

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=count))

    def _choose_id(self, entry: Entry, kind: str, columns: _Fields) -> int:
        """Return the id of an entry, or a free one above all earlier ids."""
        places = self._places[kind]
        chosen = int(columns.get("id", self._highest[kind] + self._random.randrange(1_000, 9_000_000)))
        if chosen in places:
            entry.fail("id", f"{places[chosen]} has the same id")
        places[chosen] = entry.place
        self._highest[kind] = max(chosen, self._highest[kind])
        return chosen

    def _user_id(self, entry: Entry, name: str = "user") -> int:
        permalink = entry.read(name, parse_string)
        if permalink not in self._ids["users"]:
            entry.fail(name, f"there is no user {json.dumps(permalink)}")
        return self._ids["users"][permalink]

    def _item_id(self, entry: Entry, kind: str) -> int:
        """Return the id of the track or playlist of an entry."""
        return self._resolve(entry.read(kind, parse_string), f"{entry.place}.{kind}", f"{kind}s")

    def _resolve(self, name: Any, place: str, kind: str) -> int:
        if not isinstance(name, str) or name not in self._ids[kind]:
            _fail(place, f"{json.dumps(name)} is not in {kind}: use user/permalink")
        return self._ids[kind][name]

    def _default_user(self) -> str:
        permalink = self._dataset.get("default_user")
        if permalink is None:
            return next(iter(self._ids["users"]))
        if not isinstance(permalink, str) or permalink not in self._ids["users"]:
            _fail("default_user", f"there is no user {json.dumps(permalink)}")
        return permalink

    def _load_users(self) -> None:
        taken = self._taken_names()
        for entry in self._entries("users", USER, "web_profiles"):
            columns = entry.columns()
            permalink = entry.read("permalink", parse_permalink)
            if permalink.lower() in taken:
                entry.fail("permalink", f"another user has the permalink {json.dumps(permalink)}")
            taken.add(permalink.lower())
            columns["id"] = self._choose_id(entry, "users", columns)
            columns.setdefault("username", permalink)
            columns.setdefault("plan", "Free")
            columns.setdefault("avatar_url", f"https://i1.sndcdn.com/avatars-{self._letters(12)}-large.jpg")
            columns.setdefault("created_at", self._start)
            columns["last_modified"] = columns["created_at"]
            columns["search_text"] = build_search_text(columns["username"], permalink, columns.get("city"))
            self._ids["users"][permalink] = columns["id"]
            self._usernames[columns["id"]] = columns["username"]
            self._insert("users", columns)
            for inner, profile in entry.items("web_profiles"):
                link = Entry(profile, inner, WEB_PROFILE)
                service = link.read("service", parse_nonblank)
                link.read("url", parse_string)
                defaults = {"title": service, "created_at": columns["created_at"]}
                self._insert("web_profiles", {"user_id": columns["id"], **defaults, **link.columns()})
        if not taken:
            _fail("users", "a dataset needs at least one user")

    def _taken_names(self) -> set[str]:
        return set()

    def _shared_columns(self, entry: Entry, kind: str, position: int) -> _Fields:
        """Return the columns that tracks and playlists have in common."""
        columns = entry.columns()
        user_id = columns["user_id"] = self._user_id(entry)
        owner = entry.read("user", parse_string)
        title = entry.read("title", parse_nonblank)
        columns["id"] = self._choose_id(entry, kind, columns)
        columns.setdefault("secret_token", f"s-{self._letters(11)}")
        columns.setdefault("created_at", self._start + position * _MINUTE)
        columns["last_modified"] = columns["created_at"]
        columns["search_text"] = build_search_text(title, self._usernames[user_id], columns.get("tag_list"))
        columns["permalink"] = self._choose_permalink(entry, kind, owner, columns.get("permalink"), slugify(title))
        self._ids[kind][f"{owner}/{columns['permalink']}"] = columns["id"]
        return columns

    def _choose_permalink(self, entry: Entry, kind: str, owner: str, wanted: str | None, default: str) -> str:
        taken = self._taken_permalinks(kind, owner)
        if wanted is not None and wanted.lower() in taken:
            entry.fail("permalink", f"{owner} has the permalink {json.dumps(wanted)} twice in {kind}")
        permalink = wanted or unique_name(default, taken)
        taken.add(permalink.lower())
        return permalink

    def _taken_permalinks(self, kind: str, owner: str) -> set[str]:
        return self._permalinks.setdefault((kind, owner), set())

    def _load_tracks(self) -> None:
        for position, entry in enumerate(self._entries("tracks", TRACK, "user")):
            columns = self._shared_columns(entry, "tracks", position)
            columns.setdefault("duration", _DURATION)
            columns["tag_index"] = build_tag_index(columns.get("tag_list", ""))
            self._insert("tracks", columns)
            self._add_activity("track", columns["user_id"], columns["created_at"], track_id=columns["id"])

    def _load_playlists(self) -> None:
        for position, entry in enumerate(self._entries("playlists", PLAYLIST, "user", "tracks")):
            columns = self._shared_columns(entry, "playlists", position)
            if columns.get("set_type") == "playlist":
                # SoundCloud returns "" for a plain playlist.
                columns["set_type"] = ""
            self._insert("playlists", columns)
            for index, (inner, name) in enumerate(entry.items("tracks")):
                track_id = self._resolve(name, inner, "tracks")
                self._insert("playlist_tracks", {"playlist_id": columns["id"], "position": index, "track_id": track_id})
            self._add_activity("playlist", columns["user_id"], columns["created_at"], playlist_id=columns["id"])

    def _add_activity(self, kind: str, user_id: int, created_at: int, **item: int) -> None:
        self._activities.append({"user_id": user_id, "type": kind, "created_at": created_at, **item})

    def _load_follows(self) -> None:
        for entry in self._entries("follows", {}, "user", "follows"):
            user_id, followed_id = self._user_id(entry), self._user_id(entry, "follows")
            if user_id == followed_id:
                entry.fail("follows", "a user cannot follow itself")
            self._insert_pair(entry, "followings", {"user_id": user_id, "followed_id": followed_id})

    def _read_reaction(self, entry: Entry) -> tuple[str, _Fields]:
        """Return whether an entry is about a track or a playlist, and the columns of a like or repost."""
        if entry.has("track") == entry.has("playlist"):
            _fail(entry.place, "the entry needs either a track or a playlist")
        kind = "track" if entry.has("track") else "playlist"
        return kind, {"user_id": self._user_id(entry), "item_id": self._item_id(entry, kind)}

    def _load_likes(self) -> None:
        for entry in self._entries("likes", {}, "user", "track", "playlist"):
            kind, fields = self._read_reaction(entry)
            self._insert_pair(entry, f"{kind}_likes", fields)

    def _load_reposts(self) -> None:
        latest = max((activity["created_at"] for activity in self._activities), default=self._start)
        for position, entry in enumerate(
            self._entries("reposts", {}, "user", "track", "playlist", "created_at"), start=1
        ):
            kind, fields = self._read_reaction(entry)
            self._insert_pair(entry, f"{kind}_reposts", fields)
            default = latest + position * _MINUTE
            created_at = entry.read("created_at", parse_time) if entry.has("created_at") else default
            item = {f"{kind}_id": fields["item_id"]}
            self._add_activity(f"{kind}:repost", fields["user_id"], created_at, **item)

    def _load_comments(self) -> None:
        for position, entry in enumerate(self._entries("comments", COMMENT, "user", "track")):
            entry.read("body", parse_nonblank)
            fields = {
                "user_id": self._user_id(entry),
                "track_id": self._item_id(entry, "track"),
                "created_at": self._start + position * _MINUTE,
                **entry.columns(),
            }
            self._insert("comments", fields)
