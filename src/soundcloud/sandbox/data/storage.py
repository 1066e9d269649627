"""Storage of the sandbox's data: in memory, or in a file that one sandbox at a time uses.

The file is an SQLite database with a write-ahead log. Each change is committed before its response is sent. A killed program loses
no committed change. After a power failure the last changes may be lost, but the file is not damaged.
"""

import sqlite3
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from os import PathLike
from pathlib import Path

from filelock import FileLock, Timeout

from soundcloud.sandbox.data.text import fold
from soundcloud.sandbox.errors import SandboxError

APPLICATION_ID = int.from_bytes(b"SCsb", "big")  # the application id in the header of a sandbox's database

# The header of an SQLite file, https://sqlite.org/fileformat.html section 1.3.
_HEADER_SIZE, _MAGIC = 100, b"SQLite format 3\0"
_JOURNAL_MODE, _VERSION, _APPLICATION_ID = slice(18, 20), slice(60, 64), slice(68, 72)
# A database in memory cannot be in WAL mode (2).
_ROLLBACK_JOURNAL = b"\x01\x01"


def connect(database: str) -> sqlite3.Connection:
    """Open a database, `:memory:` or a path, with foreign keys, manual transactions and the function `fold`."""
    # `Database` has a lock for threads.
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.create_function("fold", 1, fold, deterministic=True)
    return connection


def save_image(connection: sqlite3.Connection) -> bytes:
    """Return the content of a database."""
    if not connection.execute("PRAGMA database_list").fetchone()["file"]:
        return connection.serialize()
    with closing(connect(":memory:")) as copy:
        # Serializing a file directly takes ten times as long.
        connection.backup(copy)
        image = copy.serialize()
    return image[: _JOURNAL_MODE.start] + _ROLLBACK_JOURNAL + image[_JOURNAL_MODE.stop :]


def load_image(image: bytes, connection: sqlite3.Connection) -> None:
    """Replace the content of a database atomically."""
    with closing(connect(":memory:")) as source:
        source.deserialize(image)
        # The backup is one transaction, in memory and in a file.
        source.backup(connection)


class DataFile:
    """A data file, locked for one sandbox.

    The lock file is `NAME.lock`. The operating system releases the lock if the process dies.
    """

    def __init__(self, path: str | PathLike[str], version: int) -> None:
        # Resolved, so that two links to one file share its lock.
        self.path = Path(path).expanduser().resolve()
        self._lock = FileLock(f"{self.path}.lock", thread_local=False)
        with ExitStack() as on_failure:
            self._acquire_lock()
            on_failure.callback(self._lock.release)
            self.is_new = not self._check_header(version)
            with self._mapped_errors():
                self.connection = connect(str(self.path))
            on_failure.callback(self.connection.close)
            self._prepare(version)
            on_failure.pop_all()

    def _acquire_lock(self) -> None:
        if self.path.is_dir():
            raise SandboxError(f"cannot store data in {self.path}: it is a folder")
        if not self.path.parent.is_dir():
            raise SandboxError(f"cannot store data in {self.path}: there is no folder {self.path.parent}")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise SandboxError(f"another sandbox uses {self.path}: stop it, or choose another file") from None
        except OSError as error:
            raise SandboxError(f"cannot store data in {self.path}: {error.strerror}") from error

    def _check_header(self, version: int) -> bool:
        """Check the header of the file and return whether there is one.

        SQLite is not used, as it may change a file of another program. The caller holds the lock: closing a file releases SQLite's
        locks on it in this process (https://sqlite.org/howtocorrupt.html section 2.2).
        """
        try:
            with self.path.open("rb") as file:
                header = file.read(_HEADER_SIZE)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise SandboxError(f"cannot store data in {self.path}: {error.strerror}") from error
        if not header:
            return False
        is_database = len(header) == _HEADER_SIZE and header.startswith(_MAGIC)
        if not is_database or int.from_bytes(header[_APPLICATION_ID], "big") != APPLICATION_ID:
            raise SandboxError(f"{self.path} is not a sandbox's data file and was not changed: choose another file")
        if int.from_bytes(header[_VERSION], "big") != version:
            raise SandboxError(
                f"{self.path} was written by another version of the sandbox and was not changed: choose another file"
            )
        return True

    def _prepare(self, version: int) -> None:
        with self._mapped_errors():
            if not self.is_new:
                # If the process was killed during `initialize`, SQLite has rolled back to an empty database.
                self.is_new = not self.connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            damage = self.connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise SandboxError(f"{self.path} is damaged ({damage}): choose another file")
            # Fail now, not at the first request, if the file is read-only. BEGIN alone does not write.
            self.connection.executescript(f"BEGIN; PRAGMA user_version = {version}; ROLLBACK")

    def initialize(self, image: bytes) -> None:
        """Write the initial data to a new file."""
        with self._mapped_errors():
            load_image(image, self.connection)

    def enable_wal(self) -> None:
        """Switch to a write-ahead log, after `initialize`: a file without one is either empty or complete after a kill."""
        with self._mapped_errors():
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _mapped_errors(self) -> Generator[None, None, None]:
        try:
            yield
        except sqlite3.Error as error:
            raise SandboxError(f"cannot store data in {self.path}: {error}") from error

    def close(self) -> None:
        """Close the database and release the lock."""
        self.connection.close()
        self._lock.release()
