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
from soundcloud.sandbox.data.text import fold

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


def _reactions(table: str) -> str:
    """Return a query for likes or reposts of tracks and of playlists."""
    parts: list[str] = []
    for kind in ("track", "playlist"):
        item, secret = (part.format(table=f"{kind}s", source="item_id") for part in (_ITEM, _SHARE_TOKEN))
        created = (
            f"(SELECT MAX(created_at) FROM activities WHERE activities.user_id = r.user_id AND {kind}_id = item_id"  # noqa: S608
            f" AND type = '{kind}:repost')"
        )
        parts.append(
            f"SELECT '{kind}-' || id AS id, id AS number, '{kind}' AS kind, {_NAME.format('r')} AS user, {item} AS item,"  # noqa: S608
            f" {secret} AS secret_token, {created if table == 'reposts' else 'NULL'} AS created_at FROM {kind}_{table} AS r"
        )
    return f"SELECT *, lower(user || ' ' || item) AS words FROM ({' UNION ALL '.join(parts)})"  # noqa: S608


def _items(table: str) -> str:
    return f"SELECT *, id AS number, search_text AS words, {_NAME.format(table)} AS user FROM {table}"  # noqa: S608


_TRACK = _ITEM.format(table="tracks", source="track_id")
_COMMENTS = (
    f"SELECT *, id AS number, fold(body) AS words, {_NAME.format('comments')} AS user, {_TRACK} AS item,"  # noqa: S608
    f" {_SHARE_TOKEN.format(table='tracks', source='track_id')} AS secret_token FROM comments"
)
_FOLLOWS = (
    "SELECT *, lower(user || ' ' || item) AS words FROM (SELECT id, id AS number,"  # noqa: S608 - constants
    f" {_NAME.format('followings')} AS user, (SELECT permalink FROM users WHERE id = followed_id) AS item"
    " FROM followings)"
)
# The query of each kind, with the columns `number` for the order and `words` for the search.
_QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "users": "SELECT *, id AS number, search_text AS words FROM users",
        "tracks": _items("tracks"),
        "playlists": _items("playlists"),
        "comments": _COMMENTS,
        "likes": _reactions("likes"),
        "reposts": _reactions("reposts"),
        "follows": _FOLLOWS,
    }
)
KINDS = tuple(_QUERIES)  # the kinds that can be listed and changed one entry at a time


def list_entries(
    database: Database, kind: str, words: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[Fields], int]:
    """Return a page of the entries of a kind with all words, newest first, and the number of all of them."""
    folded = json.dumps(fold(words).split())
    condition = "(SELECT COUNT(*) FROM json_each(:words) WHERE instr(words, value) = 0) = 0"
    source = f"({_QUERIES[kind]})" + (f" WHERE {condition}" if folded != "[]" else "")
    total = database.number(f"SELECT COUNT(*) FROM {source}", words=folded)  # noqa: S608 - constants
    statement = f"SELECT * FROM {source} ORDER BY number DESC LIMIT :limit OFFSET :offset"  # noqa: S608
    rows = database.rows(statement, words=folded, limit=limit, offset=offset)
    return [_SERIALIZERS[kind](database, row) for row in rows], total


def find_entry(database: Database, kind: str, entry_id: int | str) -> Fields | None:
    """Return the entry with an id, or None."""
    row = database.row(f"SELECT * FROM ({_QUERIES[kind]}) WHERE id = ?", entry_id)  # noqa: S608 - constants
    return None if row is None else _SERIALIZERS[kind](database, row)


def export_dataset(database: Database) -> Fields:
    """Return all data as a custom dataset.

    Left out are the likes of stations, storefronts, uploaded files, tokens and the times of the last changes.
    """
    dataset: Fields = {"default_user": database.default_user}
    for kind, query in _QUERIES.items():
        rows = database.rows(f"SELECT * FROM ({query}) ORDER BY number")  # noqa: S608 - constants
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
        fields[name] = datetime.fromtimestamp(fields[name], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
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
