"""Adds, changes and deletes single entries of the current data; see `entries` for their format."""

import json
from collections.abc import Mapping
from random import SystemRandom
from types import MappingProxyType
from typing import Any, NoReturn, cast

from soundcloud.sandbox.data.custom_dataset import DatasetLoader, Entry
from soundcloud.sandbox.data.database import Database, Row
from soundcloud.sandbox.data.dataset_schema import COMMENT, PLAYLIST, TRACK, USER, Parser
from soundcloud.sandbox.data.entries import KINDS, Fields, find_entry
from soundcloud.sandbox.data.text import build_search_text, build_tag_index
from soundcloud.sandbox.errors import WrongSettingError

_CHANGEABLE: Mapping[str, Mapping[str, Parser]] = MappingProxyType(
    {
        "users": {name: parse for name, parse in USER.items() if name != "id"},
        "tracks": {name: parse for name, parse in TRACK.items() if name != "id"},
        "playlists": {name: parse for name, parse in PLAYLIST.items() if name != "id"},
        "comments": COMMENT,
    }
)
# Tables with rows of a user that are not deleted with the user's tracks and playlists.
_OF_USERS = (
    *("track_likes", "playlist_likes", "station_likes", "track_reposts", "playlist_reposts"),
    *("comments", "plays", "activities", "web_profiles", "codes", "sessions", "playlists", "tracks"),
)
_TABLES = {"follows": "followings"}


class EntryEditor(DatasetLoader):
    """Changes single entries in a database; the caller holds a transaction.

    Raises a `WrongSettingError` that names the field, and a KeyError for an entry that does not exist.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database.connection, 0, "{}")
        self._database = database
        # Not seeded: secret tokens of added entries must differ.
        self._random = SystemRandom()
        self._start = database.now()

    def add(self, kind: str, entry: object) -> Fields:
        """Add an entry of a custom dataset and return it with its id and defaults."""
        self._dataset = {kind: [entry]}
        load = {
            "users": self._load_users,
            "tracks": self._load_tracks,
            "playlists": self._load_playlists,
            "comments": self._load_comments,
            "likes": self._load_likes,
            "reposts": self._load_reposts,
            "follows": self._load_follows,
        }[kind]
        try:
            load()
        except WrongSettingError as error:
            _fail_without_place(kind, error)
        entry_id = next(iter(self._places[kind])) if kind in self._places else self._last_id(kind, entry)
        self._insert_activities()
        found = find_entry(self._database, kind, entry_id)
        assert found is not None, "the entry was inserted in this transaction"  # noqa: S101
        return found

    def _last_id(self, kind: str, entry: object) -> int | str:
        number = self._database.number("SELECT last_insert_rowid()")
        if kind not in {"likes", "reposts"}:
            return number
        return f"{'playlist' if cast('Fields', entry).get('track') is None else 'track'}-{number}"

    def change(self, kind: str, entry_id: int | str, changes: object) -> Fields:
        """Change fields of an entry and return it; null removes an optional value."""
        if kind not in _CHANGEABLE:
            raise WrongSettingError(kind, "these entries cannot be changed: delete the entry and add another one")
        if find_entry(self._database, kind, entry_id) is None:
            raise KeyError(entry_id)
        row = self._database.rows(f"SELECT * FROM {kind} WHERE id = ?", entry_id)[0]  # noqa: S608 - constants
        others = ("tracks",) if kind == "playlists" else ()
        try:
            entry = Entry(changes, kind, _CHANGEABLE[kind], *others)
            fields = cast("Fields", changes)
            columns = {**entry.columns(), **self._emptied(kind, fields)}
            self._derive(kind, row, columns)
            tracks = [self._resolve(name, place, "tracks") for place, name in entry.items("tracks")]
            if kind == "comments":
                self._update(kind, row["id"], columns)
            else:
                self._database.update(kind, row["id"], columns)
        except WrongSettingError as error:
            _fail_without_place(kind, error)
        if "tracks" in fields:
            self._database.change("DELETE FROM playlist_tracks WHERE playlist_id = ?", row["id"])
            for position, track_id in enumerate(tracks):
                columns = {"playlist_id": row["id"], "position": position, "track_id": track_id}
                self._database.insert("playlist_tracks", columns)
        found = find_entry(self._database, kind, entry_id)
        assert found is not None, "a change keeps the entry"  # noqa: S101
        return found

    def delete(self, kind: str, entry_id: int | str) -> None:
        """Delete an entry with all that belongs to it."""
        if find_entry(self._database, kind, entry_id) is None:
            raise KeyError(entry_id)
        if kind == "users":
            self._delete_user(int(entry_id))
            return
        table, number = _TABLES.get(kind, kind), entry_id
        if isinstance(entry_id, str):
            item, _, number = entry_id.partition("-")
            table = f"{item}_{kind}"
            activity = (
                f"DELETE FROM activities WHERE type = '{item}:repost'"  # noqa: S608 - constants
                f" AND (user_id, {item}_id) = (SELECT user_id, item_id FROM {table} WHERE id = ?)"
            )
            if kind == "reposts":
                self._database.change(activity, number)
        self._database.change(f"DELETE FROM {table} WHERE id = ?", number)  # noqa: S608 - constants

    def _delete_user(self, user_id: int) -> None:
        database = self._database
        permalink = database.rows("SELECT permalink FROM users WHERE id = ?", user_id)[0]["permalink"]
        other = database.row("SELECT permalink FROM users WHERE id != ? ORDER BY id LIMIT 1", user_id)
        if other is None:
            raise WrongSettingError("users", "the last user cannot be deleted: add another one first")
        database.change("DELETE FROM followings WHERE ? IN (user_id, followed_id)", user_id)
        for table in _OF_USERS:
            database.change(f"DELETE FROM {table} WHERE user_id = ?", user_id)  # noqa: S608 - constants
        database.change("DELETE FROM users WHERE id = ?", user_id)
        if permalink == database.default_user:
            database.change("UPDATE origin SET default_user = ?", other["permalink"])

    def _emptied(self, kind: str, changes: Fields) -> Fields:
        """Return the columns of the fields that a change sets to null."""
        required = {
            row["name"] for row in self._database.rows("SELECT * FROM pragma_table_info(?)", kind) if row["notnull"]
        }
        emptied = {name: None for name, value in changes.items() if value is None and name in _CHANGEABLE[kind]}
        for name in emptied:
            if name in required:
                raise WrongSettingError(f"{kind}.{name}", "null is not allowed here: give a value")
        return cast("Fields", emptied)

    def _derive(self, kind: str, row: Row, columns: Fields) -> None:
        """Check the permalink, and set the columns that depend on others."""
        if kind == "comments":
            return
        database, merged = self._database, {**dict(row), **columns}
        if "permalink" in columns:
            owner = "" if kind == "users" else f" AND user_id = {int(row['user_id'])}"
            statement = f"SELECT 1 FROM {kind} WHERE permalink = ? AND id != ?{owner}"  # noqa: S608 - constants
            if database.row(statement, columns["permalink"], row["id"]) is not None:
                reason = f"another entry has the permalink {json.dumps(columns['permalink'])}"
                raise WrongSettingError(f"{kind}.permalink", reason)
        if kind == "users":
            columns["search_text"] = build_search_text(merged["username"], merged["permalink"], merged["city"])
            if row["permalink"] == database.default_user:
                database.change("UPDATE origin SET default_user = ?", merged["permalink"])
            if merged["username"] != row["username"]:
                self._rename_author(row["id"], merged["username"])
            return
        user = database.rows("SELECT username FROM users WHERE id = ?", row["user_id"])[0]
        columns["search_text"] = build_search_text(merged["title"], user["username"], merged["tag_list"])
        if kind == "tracks":
            columns["tag_index"] = build_tag_index(merged["tag_list"])
        elif columns.get("set_type") == "playlist":
            columns["set_type"] = ""

    def _rename_author(self, user_id: int, username: str) -> None:
        for table in ("tracks", "playlists"):
            statement = f"SELECT id, title, tag_list FROM {table} WHERE user_id = ?"  # noqa: S608 - constants
            for item in self._database.rows(statement, user_id):
                text = build_search_text(item["title"], username, item["tag_list"])
                self._update(table, item["id"], {"search_text": text})

    def _update(self, table: str, row_id: int, columns: Fields) -> None:
        for name, value in columns.items():
            self._database.change(f"UPDATE {table} SET {name} = ? WHERE id = ?", value, row_id)  # noqa: S608 - constants

    # The loader knows the entries of its dataset only; these look in the database.

    def _user_id(self, entry: Entry, name: str = "user") -> int:
        permalink = entry.read(name, str)
        row = self._database.row("SELECT id, username FROM users WHERE permalink = ?", permalink)
        if row is None:
            entry.fail(name, f"there is no user {json.dumps(permalink)}")
        self._usernames[row["id"]] = row["username"]
        return int(row["id"])

    def _resolve(self, name: Any, place: str, kind: str) -> int:
        owner, _, permalink = str(name).partition("/")
        statement = (
            f"SELECT {kind}.id FROM {kind} JOIN users ON users.id = user_id"  # noqa: S608 - constants
            f" WHERE users.permalink = ? AND {kind}.permalink = ?"
        )
        row = self._database.row(statement, owner, permalink)
        if row is None:
            raise WrongSettingError(place, f"{json.dumps(name)} is not in {kind}: use user/permalink")
        return int(row["id"])

    def _choose_id(self, entry: Entry, kind: str, columns: Fields) -> int:
        chosen = int(columns["id"]) if "id" in columns else self._database.next_id(kind)
        if find_entry(self._database, kind, chosen) is not None:
            entry.fail("id", "another entry has the same id")
        self._places[kind][chosen] = entry.place
        return chosen

    def _taken_names(self) -> set[str]:
        return {row["permalink"].lower() for row in self._database.rows("SELECT permalink FROM users")}

    def _taken_permalinks(self, kind: str, owner: str) -> set[str]:
        statement = f"SELECT {kind}.permalink FROM {kind} JOIN users ON users.id = user_id WHERE users.permalink = ?"  # noqa: S608
        return {row["permalink"].lower() for row in self._database.rows(statement, owner)}


def check_kind(kind: str) -> str:
    """Return a kind of entries, or raise a `WrongSettingError`."""
    if kind not in KINDS:
        raise WrongSettingError("kind", f"{kind!r} is not a kind: use {', '.join(KINDS)}")
    return kind


def _fail_without_place(kind: str, error: WrongSettingError) -> NoReturn:
    """Name the field without its place in a dataset: `tracks[0].title` is `title`."""
    setting = error.setting.removeprefix(f"{kind}[0]").removeprefix(kind).removeprefix(".") or kind
    raise WrongSettingError(setting, error.reason) from None
