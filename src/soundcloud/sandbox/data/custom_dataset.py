"""A catalogue of one's own: a JSON object with the users, tracks and so on that a sandbox shall start with.

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

| list | an entry needs | and may have |
| --- | --- | --- |
| users | permalink | the fields of `catalogue_values.USER`; web_profiles, a list of `WEB_PROFILE` with service and url |
| tracks | user, title | the fields of `catalogue_values.TRACK` |
| playlists | user, title | the fields of `catalogue_values.PLAYLIST`; tracks, a list |
| follows | user, follows | |
| likes | user, and track or playlist | |
| reposts | user, and track or playlist | created_at |
| comments | user, track, body | timestamp (milliseconds), created_at |
| plays | user, track | |

Names are those of SoundCloud. Users are named by their permalink, tracks and playlists by `user/permalink`. What comes later in
a list is newer. A field that is left out, or null, has a value that the seed and its place decide, or none. `default_user` names
who is signed in when nobody is named; without it the first one is.

The first entry that is wrong is refused, with its place (counted from 0): `tracks[3].user: nobody has the permalink "x"`.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from random import Random
from typing import Any, NoReturn, TypeAlias, cast

from soundcloud.sandbox.data.dataset_schema import (
    PLAYLIST,
    TRACK,
    USER,
    WEB_PROFILE,
    Reader,
    filled,
    listed,
    moment,
    number,
    permalink,
    text,
)
from soundcloud.sandbox.data.text import build_search_text, build_tag_index, slugify
from soundcloud.sandbox.errors import SandboxError

DatasetSource: TypeAlias = str | PathLike[str] | Mapping[str, Any]
"""Where a catalogue is: a path, or the object itself."""

_LISTS = ("users", "tracks", "playlists", "follows", "likes", "reposts", "comments", "plays")
_START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
_MINUTE = 60
_DURATION = 180_000
# Where ids begin; each next one is somewhat higher.
_FIRST_IDS = {"users": 40_000_000, "tracks": 2_000_000_000, "playlists": 150_000_000}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

_Fields: TypeAlias = dict[str, Any]


def read_dataset(source: DatasetSource) -> str:
    """Read a catalogue; its entries are looked at when it is written into a database.

    Args:
        source: A path, or the object itself.

    Returns:
        The catalogue as JSON, in one form for the same content.

    Raises:
        SandboxError: It cannot be read, or is no JSON object.
    """
    if isinstance(source, Mapping):
        try:
            return json.dumps(dict(source), sort_keys=True)
        except (TypeError, ValueError, RecursionError) as problem:
            raise SandboxError(f"the catalogue cannot be written as JSON: {problem}") from problem
    path = Path(source)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise SandboxError(f"{path}: cannot be read: {problem.strerror}") from problem
    except json.JSONDecodeError as problem:
        raise SandboxError(f"{path}:{problem.lineno}:{problem.colno}: no JSON: {problem.msg}") from problem
    except (ValueError, RecursionError) as problem:
        raise SandboxError(f"{path}: no JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise SandboxError(f"{path}: a catalogue is a JSON object with lists: {listed(_LISTS)}")
    return json.dumps(found, sort_keys=True)


def fill_custom_dataset(connection: sqlite3.Connection, seed: int, catalogue: str) -> str:
    """Write a catalogue into empty tables.

    Args:
        connection: The database.
        seed: What chance starts from, for what the catalogue leaves open.
        catalogue: What `read_catalogue` gave.

    Returns:
        The permalink of the person whom things are done as when nobody is named.

    Raises:
        SandboxError: An entry is wrong; the message begins with its place.
    """
    return _Filler(connection, seed, json.loads(catalogue)).fill()


def _refuse(place: str, told: str) -> NoReturn:
    raise SandboxError(f"{place}: {told}")


class _Entry:
    """One entry of a list, and its place in the catalogue."""

    def __init__(self, value: Any, place: str, allowed: Mapping[str, Reader], *others: str) -> None:
        if not isinstance(value, dict):
            _refuse(place, "an entry is an object")
        self._fields = cast("_Fields", value)
        self.place = place
        self._allowed = allowed
        known = {*allowed, *others}
        for name in self._fields:
            if name not in known:
                _refuse(f"{place}.{name}", f"there is no such field; there are {listed(known)}")

    def has(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def read(self, name: str, reader: Reader) -> Any:
        if not self.has(name):
            _refuse(f"{self.place}.{name}", "this is missing")
        try:
            return reader(self._fields[name])
        except ValueError as problem:
            self.refuse(name, str(problem))

    def refuse(self, name: str, told: str) -> NoReturn:
        _refuse(f"{self.place}.{name}", told)

    def columns(self) -> _Fields:
        return {name: self.read(name, reader) for name, reader in self._allowed.items() if self.has(name)}

    def entries(self, name: str) -> list[tuple[str, Any]]:
        """The items of a list inside the entry, with their places."""
        found = self._fields.get(name)
        if found is not None and not isinstance(found, list):
            self.refuse(name, "this is no list")
        return [(f"{self.place}.{name}[{index}]", value) for index, value in enumerate(cast("list[Any]", found or []))]


class _Filler:
    def __init__(self, connection: sqlite3.Connection, seed: int, catalogue: _Fields) -> None:
        self._connection = connection
        self._catalogue = catalogue
        # Not for secrets: the point is that the same seed gives the same world.
        self._random = Random(seed)  # noqa: S311
        self._usernames: dict[int, str] = {}
        self._found: dict[str, dict[str, int]] = {"users": {}, "tracks": {}, "playlists": {}}
        self._ids: dict[str, dict[int, str]] = {"users": {}, "tracks": {}, "playlists": {}}
        self._highest = dict(_FIRST_IDS)
        self._taken: set[tuple[str, str]] = set()
        self._activities: list[_Fields] = []

    def fill(self) -> str:
        for name in self._catalogue:
            if name not in _LISTS and name != "default_user":
                _refuse(name, f"there is no such list; there are {listed(_LISTS)}")
        self._users()
        self._tracks()
        self._playlists()
        self._follows()
        self._likes()
        self._reposts()
        self._comments()
        for place, value in self._list("plays"):
            entry = _Entry(value, place, {}, "user", "track")
            self._insert("plays", {"user_id": self._user(entry), "track_id": self._sound(entry, "track")})
        for activity in sorted(self._activities, key=lambda activity: activity["created_at"]):
            self._insert("activities", activity)
        return self._default_user()

    def _list(self, name: str) -> Iterator[tuple[str, Any]]:
        found = self._catalogue.get(name)
        if found is not None and not isinstance(found, list):
            _refuse(name, "this is no list")
        for index, value in enumerate(cast("list[Any]", found or [])):
            yield f"{name}[{index}]", value

    def _insert(self, table: str, fields: _Fields) -> None:
        # Tables and columns are names in this package, never what a catalogue holds.
        statement = f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))})"  # noqa: S608
        self._connection.execute(statement, tuple(fields.values()))

    def _pair(self, entry: _Entry, table: str, fields: _Fields) -> None:
        try:
            self._insert(table, fields)
        except sqlite3.IntegrityError:
            _refuse(entry.place, "this is in the list already")

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=count))

    def _id(self, entry: _Entry, kind: str, columns: _Fields) -> int:
        """The id that an entry says, or a free one above those before it."""
        taken = self._ids[kind]
        chosen = int(columns.get("id", self._highest[kind] + self._random.randrange(1_000, 9_000_000)))
        if chosen in taken:
            entry.refuse("id", f"{taken[chosen]} has this id already")
        taken[chosen] = entry.place
        self._highest[kind] = max(chosen, self._highest[kind])
        return chosen

    def _user(self, entry: _Entry, name: str = "user") -> int:
        sought = entry.read(name, text)
        if sought not in self._found["users"]:
            entry.refuse(name, f"nobody has the permalink {json.dumps(sought)}")
        return self._found["users"][sought]

    def _sound(self, entry: _Entry, name: str) -> int:
        """The id of the track or playlist that an entry names."""
        return self._named(entry.read(name, text), f"{entry.place}.{name}", f"{name}s")

    def _named(self, sought: Any, place: str, kind: str) -> int:
        if not isinstance(sought, str) or sought not in self._found[kind]:
            _refuse(place, f"there is nothing called {json.dumps(sought)} in {kind}; write user/permalink")
        return self._found[kind][sought]

    def _default_user(self) -> str:
        sought = self._catalogue.get("default_user")
        if sought is None:
            return next(iter(self._found["users"]))
        if not isinstance(sought, str) or sought not in self._found["users"]:
            _refuse("default_user", f"nobody has the permalink {json.dumps(sought)}")
        return sought

    def _users(self) -> None:
        taken: set[str] = set()
        for place, value in self._list("users"):
            entry = _Entry(value, place, USER, "web_profiles")
            columns = entry.columns()
            name = entry.read("permalink", permalink)
            if name.lower() in taken:
                entry.refuse("permalink", f"somebody has the permalink {json.dumps(name)} already")
            taken.add(name.lower())
            columns["id"] = self._id(entry, "users", columns)
            columns.setdefault("username", name)
            columns.setdefault("plan", "Free")
            columns.setdefault("avatar_url", f"https://i1.sndcdn.com/avatars-{self._letters(12)}-large.jpg")
            columns.setdefault("created_at", _START)
            columns["last_modified"] = columns["created_at"]
            columns["search_text"] = build_search_text(columns["username"], name, columns.get("city"))
            self._found["users"][name] = columns["id"]
            self._usernames[columns["id"]] = columns["username"]
            self._insert("users", columns)
            for inner, profile in entry.entries("web_profiles"):
                link = _Entry(profile, inner, WEB_PROFILE)
                service = link.read("service", filled)
                link.read("url", text)
                defaults = {"title": service, "created_at": columns["created_at"]}
                self._insert("web_profiles", {"user_id": columns["id"], **defaults, **link.columns()})
        if not taken:
            _refuse("users", "a world needs at least one user")

    def _common(self, entry: _Entry, kind: str, position: int) -> _Fields:
        """The columns that tracks and playlists have both."""
        columns = entry.columns()
        person = columns["user_id"] = self._user(entry)
        owner = entry.read("user", text)
        title = entry.read("title", filled)
        columns["id"] = self._id(entry, kind, columns)
        columns.setdefault("secret_token", f"s-{self._letters(11)}")
        columns.setdefault("created_at", _START + position * _MINUTE)
        columns["last_modified"] = columns["created_at"]
        columns["search_text"] = build_search_text(title, self._usernames[person], columns.get("tag_list"))
        columns["permalink"] = self._permalink(entry, kind, owner, columns.get("permalink"), slugify(title))
        self._found[kind][f"{owner}/{columns['permalink']}"] = columns["id"]
        return columns

    def _permalink(self, entry: _Entry, kind: str, owner: str, wanted: str | None, base: str) -> str:
        choice, attempt = wanted or base, 1
        while (kind, f"{owner}/{choice}".lower()) in self._taken:
            if wanted is not None:
                entry.refuse("permalink", f"{owner} has one of {kind} with the permalink {json.dumps(wanted)} already")
            attempt += 1
            choice = f"{base}-{attempt}"
        self._taken.add((kind, f"{owner}/{choice}".lower()))
        return choice

    def _tracks(self) -> None:
        for position, (place, value) in enumerate(self._list("tracks")):
            entry = _Entry(value, place, TRACK, "user")
            columns = self._common(entry, "tracks", position)
            columns.setdefault("duration", _DURATION)
            columns["tag_index"] = build_tag_index(columns.get("tag_list", ""))
            self._insert("tracks", columns)
            self._act("track", columns["user_id"], columns["created_at"], track_id=columns["id"])

    def _playlists(self) -> None:
        for position, (place, value) in enumerate(self._list("playlists")):
            entry = _Entry(value, place, PLAYLIST, "user", "tracks")
            columns = self._common(entry, "playlists", position)
            if columns.get("set_type") == "playlist":
                # A plain playlist reads back as "".
                columns["set_type"] = ""
            self._insert("playlists", columns)
            for index, (inner, sought) in enumerate(entry.entries("tracks")):
                track = self._named(sought, inner, "tracks")
                self._insert("playlist_tracks", {"playlist_id": columns["id"], "position": index, "track_id": track})
            self._act("playlist", columns["user_id"], columns["created_at"], playlist_id=columns["id"])

    def _act(self, kind: str, person: int, written: int, **what: int) -> None:
        self._activities.append({"user_id": person, "type": kind, "created_at": written, **what})

    def _follows(self) -> None:
        for place, value in self._list("follows"):
            entry = _Entry(value, place, {}, "user", "follows")
            person, followed = self._user(entry), self._user(entry, "follows")
            if person == followed:
                entry.refuse("follows", "nobody follows themselves")
            self._pair(entry, "followings", {"user_id": person, "followed_id": followed})

    def _kind(self, entry: _Entry) -> str:
        """Whether an entry names a track or a playlist."""
        if entry.has("track") == entry.has("playlist"):
            _refuse(entry.place, "name a track or a playlist, one of them")
        return "track" if entry.has("track") else "playlist"

    def _likes(self) -> None:
        for place, value in self._list("likes"):
            entry = _Entry(value, place, {}, "user", "track", "playlist")
            kind = self._kind(entry)
            self._pair(entry, f"{kind}_likes", {"user_id": self._user(entry), "item_id": self._sound(entry, kind)})

    def _reposts(self) -> None:
        latest = max((activity["created_at"] for activity in self._activities), default=_START)
        for position, (place, value) in enumerate(self._list("reposts"), start=1):
            entry = _Entry(value, place, {}, "user", "track", "playlist", "created_at")
            kind, person = self._kind(entry), self._user(entry)
            item = self._sound(entry, kind)
            self._pair(entry, f"{kind}_reposts", {"user_id": person, "item_id": item})
            written = entry.read("created_at", moment) if entry.has("created_at") else latest + position * _MINUTE
            self._act(f"{kind}:repost", person, written, **{f"{kind}_id": item})

    def _comments(self) -> None:
        for position, (place, value) in enumerate(self._list("comments")):
            entry = _Entry(value, place, {"body": filled, "timestamp": number, "created_at": moment}, "user", "track")
            entry.read("body", filled)
            fields = {
                "user_id": self._user(entry),
                "track_id": self._sound(entry, "track"),
                "created_at": _START + position * _MINUTE,
                **entry.columns(),
            }
            self._insert("comments", fields)
