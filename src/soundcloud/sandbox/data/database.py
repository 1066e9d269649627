"""The sandbox's SQLite database: tables and queries."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from functools import cache
from threading import RLock
from typing import Any, TypeAlias

from soundcloud.sandbox.data.clock import Clock
from soundcloud.sandbox.data.storage import load_image, save_image

Row: TypeAlias = sqlite3.Row  # a row with access by column name

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
CREATE TABLE station_likes (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, urn TEXT NOT NULL, UNIQUE (user_id, urn)
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
CREATE TABLE origin (seed INTEGER NOT NULL, dataset TEXT, tracks INTEGER NOT NULL, default_user TEXT NOT NULL);
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
CREATE INDEX tracks_by_genre ON tracks (lower(genre));
CREATE INDEX tracks_by_user ON tracks (user_id, sharing);
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
CREATE VIEW embedded_user_rows AS SELECT users.*,
    (SELECT COUNT(*) FROM tracks WHERE user_id = users.id AND sharing = 'public') AS track_count,
    (SELECT COUNT(*) FROM playlists WHERE user_id = users.id AND sharing = 'public') AS playlist_count
    FROM users;
CREATE VIEW user_rows AS SELECT users.*,
    (SELECT COUNT(*) FROM followings WHERE followed_id = users.id) AS followers_count,
    (SELECT COUNT(*) FROM followings WHERE user_id = users.id) AS followings_count,
    (SELECT COUNT(*) FROM tracks WHERE user_id = users.id AND sharing = 'private') AS private_tracks_count,
    (SELECT COUNT(*) FROM playlists WHERE user_id = users.id AND sharing = 'private') AS private_playlists_count,
    (SELECT COUNT(*) FROM track_likes WHERE user_id = users.id) AS track_likes_count,
    (SELECT COUNT(*) FROM playlist_likes WHERE user_id = users.id) AS playlist_likes_count,
    (SELECT COUNT(*) FROM track_reposts WHERE user_id = users.id)
        + (SELECT COUNT(*) FROM playlist_reposts WHERE user_id = users.id) AS reposts_count,
    (SELECT COALESCE(SUM(duration), 0) / 1000 FROM tracks WHERE user_id = users.id) AS upload_seconds_used
    FROM embedded_user_rows AS users;
"""

# An index of all parts of words with at least three characters; the triggers keep it up to date.
_SEARCH_TABLE = """
CREATE VIRTUAL TABLE {table}_search USING fts5(
    search_text, content = '{table}', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
);
INSERT INTO {table}_search ({table}_search) VALUES ('rebuild');
CREATE TRIGGER {table}_search_insert AFTER INSERT ON {table} BEGIN
    INSERT INTO {table}_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
CREATE TRIGGER {table}_search_delete AFTER DELETE ON {table} BEGIN
    INSERT INTO {table}_search ({table}_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
END;
CREATE TRIGGER {table}_search_update AFTER UPDATE OF search_text ON {table} BEGIN
    INSERT INTO {table}_search ({table}_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
    INSERT INTO {table}_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
"""


@cache
def has_full_text_search() -> bool:
    """Return whether SQLite has FTS5 with trigrams: version 3.34 or later, and built with FTS5."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE probe USING fts5(text, tokenize = 'trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def search_tables() -> str:
    """Return the statements for the full-text indexes of tracks, users and playlists, if SQLite has them."""
    if not has_full_text_search():
        return ""
    return "".join(_SEARCH_TABLE.format(table=table) for table in ("tracks", "users", "playlists"))


class Database:
    """The database of one sandbox. Callers hold `lock`, or use `transaction`."""

    def __init__(self, connection: sqlite3.Connection, close: Callable[[], None]) -> None:
        self.lock = RLock()
        self.clock = Clock()
        self.connection = connection
        self._close = close

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Hold the lock and a transaction; an error rolls it back."""
        with self.lock:
            self.connection.execute("BEGIN")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                # SQLite rolls back by itself after some errors, such as a full disk.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def image(self) -> bytes:
        """Return the content for `restore`."""
        with self.lock:
            return save_image(self.connection)

    def restore(self, image: bytes) -> None:
        """Replace all content, including tokens and codes."""
        with self.lock:
            load_image(image, self.connection)

    def close(self) -> None:
        """Close the connection."""
        with self.lock:
            self._close()

    @property
    def origin(self) -> tuple[int, str | None, int]:
        """The seed, the custom dataset and the number of tracks from which the data was created."""
        row = self.rows("SELECT seed, dataset, tracks FROM origin")[0]
        return row["seed"], row["dataset"], row["tracks"]

    @property
    def default_user(self) -> str:
        """The permalink of the default user."""
        return str(self.rows("SELECT default_user FROM origin")[0]["default_user"])

    def rows(self, statement: str, *values: Any, **named: Any) -> list[Row]:
        """Run a query and return all rows; `values` are for the placeholders `?`, `named` for `:name`."""
        return self.connection.execute(statement, named or values).fetchall()

    def row(self, statement: str, *values: Any, **named: Any) -> Row | None:
        """Run a query and return its first row, or None; see `rows`."""
        row: Row | None = self.connection.execute(statement, named or values).fetchone()
        return row

    def number(self, statement: str, *values: Any, **named: Any) -> int:
        """Run a query for one number and return it; NULL is 0; see `rows`."""
        return int(self.connection.execute(statement, named or values).fetchone()[0] or 0)

    def change(self, statement: str, *values: Any, **named: Any) -> int:
        """Run a statement that writes and return the number of changed rows; see `rows`."""
        return self.connection.execute(statement, named or values).rowcount

    def insert(self, table: str, fields: dict[str, Any], *, replace: bool = False) -> int:
        """Insert a row and return its id."""
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        marks = ", ".join("?" * len(fields))
        # Names of tables and columns are from this package, not from requests.
        statement = f"{verb} INTO {table} ({', '.join(fields)}) VALUES ({marks})"
        return self.connection.execute(statement, tuple(fields.values())).lastrowid or 0

    def update(self, table: str, row_id: int, fields: dict[str, Any]) -> None:
        """Update columns of a row, and its `last_modified`."""
        fields = {**fields, "last_modified": self.now()}
        changes = ", ".join(f"{name} = ?" for name in fields)
        # Names of tables and columns are from this package, not from requests.
        self.connection.execute(f"UPDATE {table} SET {changes} WHERE id = ?", (*fields.values(), row_id))  # noqa: S608

    def now(self) -> int:
        """Return the Unix time of the sandbox's clock in whole seconds."""
        return int(self.clock.time())

    def next_id(self, table: str) -> int:
        """Return a new id: higher than all others, and not used again after a deletion."""
        # Names of tables are from this package, not from requests.
        highest = self.number(f"SELECT MAX(id) FROM {table}")  # noqa: S608
        used = self.number("SELECT MAX(number) FROM last_numbers WHERE name = ?", table)
        new = max(highest, used) + 7
        self.change("INSERT OR REPLACE INTO last_numbers (name, number) VALUES (?, ?)", table, new)
        return new
