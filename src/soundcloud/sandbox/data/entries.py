"""The current data in the format of custom datasets: exported as a whole, or listed one kind at a time.

| kind | id of an entry | searched in |
| --- | --- | --- |
| users | number | username, permalink, city |
| tracks | number | title, tags, username |
| playlists | number | title, tags, username |
| comments | number | text |
| likes | `track-1`, `playlist-1` | permalinks of the user and the item |
| reposts | `track-1`, `playlist-1` | permalinks of the user and the item |
| follows | number | permalinks of both users |
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeAlias

from soundcloud.sandbox.data.database import Database, Row
from soundcloud.sandbox.data.dataset_schema import COMMENT, PLAYLIST, TRACK, USER, WEB_PROFILE
from soundcloud.sandbox.data.searching import Search
from soundcloud.sandbox.data.text import fold
from soundcloud.sandbox.errors import WrongSettingError

Fields: TypeAlias = dict[str, Any]

# Columns that SQLite stores as 0 and 1.
_FLAGS = frozenset({"downloadable", "streamable", "commentable", "reveal_stats", "reveal_comments"})
_TIMES = frozenset({"created_at"})
_NAME = "(SELECT permalink FROM users WHERE id = {}.user_id)"
_ITEM = (
    "(SELECT users.permalink || '/' || {table}.permalink FROM {table} JOIN users ON users.id = {table}.user_id"
    " WHERE {table}.id = {source})"
)
_SHARE_TOKEN = "(SELECT secret_token FROM {table} WHERE id = {source} AND sharing = 'private')"  # noqa: S105 - a column


def _reactions(table: str, kind: str) -> str:
    """Return a query for the likes or reposts of tracks or playlists."""
    item, secret = (part.format(table=f"{kind}s", source="item_id") for part in (_ITEM, _SHARE_TOKEN))
    created = (
        f"(SELECT MAX(created_at) FROM activities WHERE activities.user_id = r.user_id AND {kind}_id = item_id"  # noqa: S608
        f" AND type = '{kind}:repost')"
    )
    return (
        f"SELECT '{kind}-' || id AS id, id AS number, '{kind}' AS kind, {_NAME.format('r')} AS user, {item} AS item,"  # noqa: S608
        f" {secret} AS secret_token, {created if table == 'reposts' else 'NULL'} AS created_at FROM {kind}_{table} AS r"
    )


def _items(table: str) -> str:
    return f"SELECT *, id AS number, {_NAME.format(table)} AS user FROM {table}"  # noqa: S608


_TRACK = _ITEM.format(table="tracks", source="track_id")
_COMMENTS = (
    f"SELECT *, id AS number, {_NAME.format('comments')} AS user, {_TRACK} AS item,"  # noqa: S608
    f" {_SHARE_TOKEN.format(table='tracks', source='track_id')} AS secret_token FROM comments"
)
_FOLLOWS = (
    f"SELECT id, id AS number, {_NAME.format('followings')} AS user,"  # noqa: S608 - constants
    " (SELECT permalink FROM users WHERE id = followed_id) AS item FROM followings"
)
# The queries of each kind by table, with the column `number` for the order.
_QUERIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "users": {"users": "SELECT *, id AS number FROM users"},
        "tracks": {"tracks": _items("tracks")},
        "playlists": {"playlists": _items("playlists")},
        "comments": {"comments": _COMMENTS},
        "likes": {f"{kind}_likes": _reactions("likes", kind) for kind in ("track", "playlist")},
        "reposts": {f"{kind}_reposts": _reactions("reposts", kind) for kind in ("track", "playlist")},
        "follows": {"followings": _FOLLOWS},
    }
)
KINDS = tuple(_QUERIES)  # the kinds that can be listed and changed one entry at a time

# Each matches a word in the permalinks of one side. They depend on no row, so that SQLite runs each once for a search.
_USERS_WITH = "SELECT id FROM users WHERE instr(lower(permalink), {word})"
_ITEMS_WITH = (
    "SELECT {table}.id FROM {table} JOIN users ON users.id = {table}.user_id"
    " WHERE instr(lower(users.permalink || '/' || {table}.permalink), {{word}})"
)


def _either(column: str, items: str) -> str:
    return f"(user_id IN ({_USERS_WITH}) OR {column} IN ({items}))"


# The condition for a word by table; tables that are not here have a search of their own.
_CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "comments": "instr(fold(body), {word})",
        "followings": _either("followed_id", _USERS_WITH),
        **{
            f"{kind}_{table}": _either("item_id", _ITEMS_WITH.format(table=f"{kind}s"))
            for kind in ("track", "playlist")
            for table in ("likes", "reposts")
        },
    }
)
_MOST_WORDS = 100


def list_entries(
    database: Database, kind: str, text: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[Fields], int]:
    """Return a page of the entries of a kind with all words of a text, newest first, and the number of all of them."""
    words = fold(text).split()
    if len(words) > _MOST_WORDS:
        raise WrongSettingError("q", f"{len(words)} words are too many: use at most {_MOST_WORDS}")
    tables = list(_QUERIES[kind])
    values: Fields = {f"word{number}": word for number, word in enumerate(words)}
    if tables[0] in _CONDITIONS:
        statements = [_select_keys(table, len(words)) for table in tables]
    else:
        search = Search(tables[0], text)
        values = search.values
        statements = [f"SELECT '{tables[0]}' AS kind, item AS number FROM ({search.statement()})"]  # noqa: S608
    total = sum(database.number(f"SELECT COUNT(*) FROM ({keys})", **values) for keys in statements)  # noqa: S608
    statement = f"{' UNION ALL '.join(statements)} ORDER BY number DESC, kind LIMIT :limit OFFSET :offset"
    keys = database.rows(statement, limit=limit, offset=offset, **values)
    entries: dict[tuple[str, int], Fields] = {}
    for table, query in _QUERIES[kind].items():
        numbers = json.dumps([key["number"] for key in keys if key["kind"] == table])
        statement = f"SELECT * FROM ({query}) WHERE number IN (SELECT value FROM json_each(?))"  # noqa: S608
        for row in database.rows(statement, numbers):
            entries[table, row["number"]] = _SERIALIZERS[kind](database, row)
    return [entries[key["kind"], key["number"]] for key in keys], total


def _select_keys(table: str, words: int) -> str:
    """Return a query for the tables and ids of the entries with some words."""
    conditions = [_CONDITIONS[table].format(word=f":word{number}") for number in range(words)]
    return f"SELECT '{table}' AS kind, id AS number FROM {table} WHERE {' AND '.join(conditions) or 'TRUE'}"  # noqa: S608


def find_entry(database: Database, kind: str, entry_id: int | str) -> Fields | None:
    """Return the entry with an id, or None."""
    item, _, number = str(entry_id).rpartition("-")
    query = _QUERIES[kind].get(f"{item}_{kind}" if kind in {"likes", "reposts"} else next(iter(_QUERIES[kind])))
    row = None if query is None else database.row(f"SELECT * FROM ({query}) WHERE number = ?", number)  # noqa: S608
    return None if row is None or str(row["id"]) != str(entry_id) else _SERIALIZERS[kind](database, row)


def export_dataset(database: Database) -> Fields:
    """Return all data as a custom dataset.

    Left out are the likes of stations, storefronts, uploaded files, tokens and the times of the last changes.
    """
    dataset: Fields = {"default_user": database.default_user}
    for kind, queries in _QUERIES.items():
        rows = database.rows(f"{' UNION ALL '.join(queries.values())} ORDER BY number")
        dataset[kind] = [_SERIALIZERS[kind](database, row) for row in rows]
        if kind not in {"users", "tracks", "playlists"}:
            for entry in dataset[kind]:
                del entry["id"]
                entry.pop("secret_token", None)
    statement = f"SELECT {_NAME.format('plays')} AS user, {_TRACK} AS track FROM plays ORDER BY id"  # noqa: S608
    dataset["plays"] = [dict(row) for row in database.rows(statement)]
    return dataset


def _columns(row: Row, names: Mapping[str, Any]) -> Fields:
    """Return the columns that are not NULL, as JSON values."""
    fields = {name: row[name] for name in names if row[name] is not None}
    if not fields.get("purchase_url", "http://").startswith(("http://", "https://")):
        # The API accepts any string, a dataset only URLs.
        del fields["purchase_url"]
    for name in _FLAGS & fields.keys():
        fields[name] = bool(fields[name])
    for name in _TIMES & fields.keys():
        fields[name] = datetime.fromtimestamp(fields[name], UTC).isoformat().replace("+00:00", "Z")
    return fields


def _user(database: Database, row: Row) -> Fields:
    profiles = database.rows("SELECT * FROM web_profiles WHERE user_id = ? ORDER BY id", row["id"])
    linked = {"web_profiles": [_columns(profile, WEB_PROFILE) for profile in profiles]} if profiles else {}
    return {**_columns(row, USER), **linked}


def _track(_database: Database, row: Row) -> Fields:
    return {"user": row["user"], **_columns(row, TRACK)}


def _playlist(database: Database, row: Row) -> Fields:
    statement = f"SELECT {_TRACK} AS name FROM playlist_tracks WHERE playlist_id = ? ORDER BY position"  # noqa: S608
    tracks = [entry["name"] for entry in database.rows(statement, row["id"])]
    return {"user": row["user"], **_columns(row, PLAYLIST), "tracks": tracks}


def _comment(_database: Database, row: Row) -> Fields:
    return {"id": row["id"], "user": row["user"], "track": row["item"], **_secret(row), **_columns(row, COMMENT)}


def _reaction(_database: Database, row: Row) -> Fields:
    fields = {"id": row["id"], "user": row["user"], row["kind"]: row["item"], **_secret(row)}
    return {**fields, **_columns(row, dict.fromkeys(_TIMES))}


def _secret(row: Row) -> Fields:
    """Return the secret token of the private track or playlist that an entry is about."""
    return {} if row["secret_token"] is None else {"secret_token": row["secret_token"]}


def _follow(_database: Database, row: Row) -> Fields:
    return {"id": row["id"], "user": row["user"], "follows": row["item"]}


_SERIALIZERS: Mapping[str, Callable[[Database, Row], Fields]] = MappingProxyType(
    {
        "users": _user,
        "tracks": _track,
        "playlists": _playlist,
        "comments": _comment,
        "likes": _reaction,
        "reposts": _reaction,
        "follows": _follow,
    }
)
