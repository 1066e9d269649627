"""The sandbox's data: an SQLite database, its tables, and how requests read and write it."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import RLock
from time import time
from typing import Any, TypeAlias

from soundcloud.sandbox.data.storage import put_image, take_image

Row: TypeAlias = sqlite3.Row
"""A row whose columns are read by name."""

TABLES = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY, permalink TEXT NOT NULL UNIQUE COLLATE NOCASE, username TEXT NOT NULL,
    first_name TEXT, last_name TEXT, city TEXT, country TEXT, description TEXT,
    website TEXT, website_title TEXT, avatar_url TEXT NOT NULL, plan TEXT NOT NULL, created_at INTEGER NOT NULL,
    last_modified INTEGER NOT NULL, search_text TEXT NOT NULL
);
CREATE TABLE tracks (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, permalink TEXT NOT NULL COLLATE NOCASE,
    title TEXT NOT NULL, description TEXT, genre TEXT, tag_list TEXT NOT NULL DEFAULT '', bpm REAL, key_signature TEXT,
    duration INTEGER NOT NULL, created_at INTEGER NOT NULL, last_modified INTEGER NOT NULL,
    sharing TEXT NOT NULL DEFAULT 'public', secret_token TEXT NOT NULL, access TEXT NOT NULL DEFAULT 'playable',
    license TEXT NOT NULL DEFAULT 'all-rights-reserved', label_name TEXT, release TEXT, release_date TEXT, isrc TEXT,
    purchase_url TEXT, metadata_artist TEXT, downloadable INTEGER NOT NULL DEFAULT 1,
    streamable INTEGER NOT NULL DEFAULT 1, commentable INTEGER NOT NULL DEFAULT 1,
    embeddable_by TEXT NOT NULL DEFAULT 'all', reveal_stats INTEGER NOT NULL DEFAULT 1,
    reveal_comments INTEGER NOT NULL DEFAULT 1, artwork_url TEXT, playback_count INTEGER NOT NULL DEFAULT 0,
    download_count INTEGER NOT NULL DEFAULT 0, search_text TEXT NOT NULL, tag_index TEXT NOT NULL DEFAULT '',
    ready_at REAL NOT NULL DEFAULT 0, UNIQUE (user_id, permalink)
);
CREATE TABLE playlists (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, permalink TEXT NOT NULL COLLATE NOCASE,
    title TEXT NOT NULL, description TEXT, genre TEXT, tag_list TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL,
    last_modified INTEGER NOT NULL, sharing TEXT NOT NULL DEFAULT 'public', secret_token TEXT NOT NULL,
    license TEXT NOT NULL DEFAULT 'all-rights-reserved', label_name TEXT, release TEXT, release_date TEXT, ean TEXT,
    purchase_title TEXT, purchase_url TEXT, set_type TEXT NOT NULL DEFAULT '', artwork_url TEXT,
    search_text TEXT NOT NULL, UNIQUE (user_id, permalink)
);
CREATE TABLE playlist_tracks (
    playlist_id INTEGER NOT NULL REFERENCES playlists ON DELETE CASCADE, position INTEGER NOT NULL,
    track_id INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE, PRIMARY KEY (playlist_id, position)
);
CREATE TABLE followings (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, followed_id INTEGER NOT NULL REFERENCES users,
    UNIQUE (user_id, followed_id)
);
CREATE TABLE track_likes (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users,
    item_id INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE, UNIQUE (user_id, item_id)
);
CREATE TABLE playlist_likes (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users,
    item_id INTEGER NOT NULL REFERENCES playlists ON DELETE CASCADE, UNIQUE (user_id, item_id)
);
CREATE TABLE track_reposts (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users,
    item_id INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE, UNIQUE (user_id, item_id)
);
CREATE TABLE playlist_reposts (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users,
    item_id INTEGER NOT NULL REFERENCES playlists ON DELETE CASCADE, UNIQUE (user_id, item_id)
);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users,
    track_id INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE, body TEXT NOT NULL, timestamp INTEGER,
    created_at INTEGER NOT NULL
);
CREATE TABLE plays (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users,
    track_id INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE
);
CREATE TABLE activities (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, type TEXT NOT NULL,
    track_id INTEGER REFERENCES tracks ON DELETE CASCADE,
    playlist_id INTEGER REFERENCES playlists ON DELETE CASCADE, created_at INTEGER NOT NULL
);
CREATE TABLE web_profiles (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, service TEXT NOT NULL, title TEXT NOT NULL,
    url TEXT NOT NULL, username TEXT, created_at INTEGER NOT NULL
);
CREATE TABLE storefronts (
    track_id INTEGER PRIMARY KEY REFERENCES tracks ON DELETE CASCADE, title TEXT NOT NULL, type TEXT NOT NULL,
    link TEXT NOT NULL, link_title TEXT, description TEXT, price TEXT
);
CREATE TABLE origin (seed INTEGER NOT NULL, catalogue TEXT, default_user TEXT NOT NULL);
CREATE TABLE last_numbers (name TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users);
CREATE TABLE access_tokens (
    token TEXT PRIMARY KEY, session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE, expires_at REAL NOT NULL
);
CREATE TABLE refresh_tokens (
    token TEXT PRIMARY KEY, session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE
);
CREATE TABLE codes (
    code TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, challenge TEXT NOT NULL, expires_at REAL NOT NULL
);
"""

INDEXES_AND_VIEWS = """
CREATE INDEX playlist_tracks_by_track ON playlist_tracks (track_id);
CREATE INDEX followings_by_followed ON followings (followed_id);
CREATE INDEX track_likes_by_item ON track_likes (item_id);
CREATE INDEX playlist_likes_by_item ON playlist_likes (item_id);
CREATE INDEX track_reposts_by_item ON track_reposts (item_id);
CREATE INDEX playlist_reposts_by_item ON playlist_reposts (item_id);
CREATE INDEX comments_by_track ON comments (track_id);
CREATE INDEX comments_by_user ON comments (user_id);
CREATE INDEX plays_by_track ON plays (track_id, user_id);
CREATE INDEX plays_by_user ON plays (user_id);
CREATE INDEX activities_by_user ON activities (user_id);
CREATE INDEX activities_by_track ON activities (track_id);
CREATE INDEX activities_by_playlist ON activities (playlist_id);
CREATE INDEX web_profiles_by_user ON web_profiles (user_id);
CREATE INDEX access_tokens_by_session ON access_tokens (session_id);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE VIEW track_rows AS SELECT tracks.*,
    (SELECT COUNT(*) FROM track_likes WHERE item_id = tracks.id) AS favoritings_count,
    (SELECT COUNT(*) FROM track_reposts WHERE item_id = tracks.id) AS reposts_count,
    (SELECT COUNT(*) FROM comments WHERE track_id = tracks.id) AS comment_count
    FROM tracks;
CREATE VIEW playlist_rows AS SELECT playlists.*,
    (SELECT COUNT(*) FROM playlist_likes WHERE item_id = playlists.id) AS likes_count,
    (SELECT COUNT(*) FROM playlist_tracks WHERE playlist_id = playlists.id) AS track_count,
    (SELECT COALESCE(SUM(duration), 0) FROM playlist_tracks JOIN tracks ON tracks.id = track_id
        WHERE playlist_id = playlists.id) AS duration
    FROM playlists;
CREATE VIEW user_rows AS SELECT users.*,
    (SELECT COUNT(*) FROM followings WHERE followed_id = users.id) AS followers_count,
    (SELECT COUNT(*) FROM followings WHERE user_id = users.id) AS followings_count,
    (SELECT COUNT(*) FROM tracks WHERE user_id = users.id AND sharing = 'public') AS track_count,
    (SELECT COUNT(*) FROM tracks WHERE user_id = users.id AND sharing = 'private') AS private_tracks_count,
    (SELECT COUNT(*) FROM playlists WHERE user_id = users.id AND sharing = 'public') AS playlist_count,
    (SELECT COUNT(*) FROM playlists WHERE user_id = users.id AND sharing = 'private') AS private_playlists_count,
    (SELECT COUNT(*) FROM track_likes WHERE user_id = users.id) AS track_likes_count,
    (SELECT COUNT(*) FROM playlist_likes WHERE user_id = users.id) AS playlist_likes_count,
    (SELECT COUNT(*) FROM track_reposts WHERE user_id = users.id)
        + (SELECT COUNT(*) FROM playlist_reposts WHERE user_id = users.id) AS reposts_count,
    (SELECT COALESCE(SUM(duration), 0) / 1000 FROM tracks WHERE user_id = users.id) AS upload_seconds_used
    FROM users;
"""


class Database:
    """The data of one sandbox; every use of it holds its lock.

    Args:
        connection: The database, filled.
        let_go: What to call when it is used no more; it closes the connection.
    """

    def __init__(self, connection: sqlite3.Connection, let_go: Callable[[], None]) -> None:
        self.lock = RLock()
        self._connection = connection
        self._let_go = let_go

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Hold the lock, and keep what is done inside as a whole or not at all."""
        with self.lock:
            self._connection.execute("BEGIN")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk ends a transaction by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def image(self) -> bytes:
        """Copy everything; `restore` puts it back."""
        with self.lock:
            return take_image(self._connection)

    def restore(self, image: bytes) -> None:
        """Replace everything, tokens and codes too, by what an image holds."""
        with self.lock:
            put_image(image, self._connection)

    def close(self) -> None:
        """Let go of the memory or of the file."""
        with self.lock:
            self._let_go()

    @property
    def origin(self) -> tuple[int, str | None]:
        """What it all started from: the seed, and the catalogue where it is not the invented one."""
        row = self.rows("SELECT seed, catalogue FROM origin")[0]
        return row["seed"], row["catalogue"]

    @property
    def default_user(self) -> str:
        """The permalink of the person whom things are done as when nobody is named."""
        return str(self.rows("SELECT default_user FROM origin")[0]["default_user"])

    def rows(self, statement: str, *values: Any, **named: Any) -> list[Row]:
        """Run a query.

        Args:
            statement: SQL, with `?` for values or `:name` for named ones.
            values: The values, in order.
            named: The named values, instead.

        Returns:
            All rows.
        """
        return self._connection.execute(statement, named or values).fetchall()

    def row(self, statement: str, *values: Any, **named: Any) -> Row | None:
        """Run a query and give back its first row, or None; see `rows`."""
        row: Row | None = self._connection.execute(statement, named or values).fetchone()
        return row

    def number(self, statement: str, *values: Any, **named: Any) -> int:
        """Run a query and give back the one whole number that it finds; see `rows`."""
        return int(self._connection.execute(statement, named or values).fetchone()[0] or 0)

    def change(self, statement: str, *values: Any, **named: Any) -> int:
        """Run a statement that writes, and tell how many rows it wrote; see `rows`."""
        return self._connection.execute(statement, named or values).rowcount

    def insert(self, table: str, fields: dict[str, Any], *, replace: bool = False) -> int:
        """Add a row.

        Args:
            table: The table.
            fields: Its columns and their values.
            replace: Whether a row with the same key gives way.

        Returns:
            The row's id.
        """
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        marks = ", ".join("?" * len(fields))
        # Table and columns are names in this package, never what a request holds.
        statement = f"{verb} INTO {table} ({', '.join(fields)}) VALUES ({marks})"
        return self._connection.execute(statement, tuple(fields.values())).lastrowid or 0

    def update(self, table: str, number: int, fields: dict[str, Any]) -> None:
        """Change columns of the row with an id, and note when."""
        fields = {**fields, "last_modified": now()}
        changes = ", ".join(f"{name} = ?" for name in fields)
        # Table and columns are names in this package, never what a request holds.
        self._connection.execute(f"UPDATE {table} SET {changes} WHERE id = ?", (*fields.values(), number))  # noqa: S608

    def next_number(self, table: str) -> int:
        """Choose the id of the next row: newer rows have higher ones, and none is given twice."""
        # Tables are named in this package, never in a request.
        last = self.number(f"SELECT MAX(id) FROM {table}")  # noqa: S608
        given = self.number("SELECT MAX(number) FROM last_numbers WHERE name = ?", table)
        number = max(last, given) + 7
        self.change("INSERT OR REPLACE INTO last_numbers (name, number) VALUES (?, ?)", table, number)
        return number


def now() -> int:
    """The time, in whole seconds since 1970."""
    return int(time())
