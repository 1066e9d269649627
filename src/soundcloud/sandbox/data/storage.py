"""Where the data lies: in memory, or in a file that one sandbox at a time uses and that outlives a kill.

A file is an SQLite database with a write-ahead log. What was answered was committed before, and what was committed is with the
operating system: a program that is killed loses nothing of it. (A power cut may take the last moments; it never damages the file.)
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from filelock import FileLock, Timeout

from soundcloud.sandbox.errors import SandboxError

APPLICATION_ID = int.from_bytes(b"SCsb", "big")
"""What the header of a database says when it is a sandbox's."""

# The header of an SQLite file: how long it is, how it begins, and where some of its fields are.
_HEADER_SIZE, _MAGIC = 100, b"SQLite format 3\0"
_JOURNAL_KIND, _VERSION, _APPLICATION_ID = slice(18, 20), slice(60, 64), slice(68, 72)
# A copy in memory cannot have the journal of a file.
_JOURNAL_IN_MEMORY = b"\x01\x01"


def connect(place: str) -> sqlite3.Connection:
    """Open a database the way the sandbox uses it: `:memory:`, or a path."""
    # Transactions are begun by hand, and threads take turns by the lock of `Database`.
    connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def take_image(connection: sqlite3.Connection) -> bytes:
    """Copy all that a database holds."""
    copy = connect(":memory:")
    try:
        # Out of a file, one page after the other, it would take ten times as long.
        connection.backup(copy)
        image = bytearray(copy.serialize())
    finally:
        copy.close()
    image[_JOURNAL_KIND] = _JOURNAL_IN_MEMORY
    return bytes(image)


def put_image(image: bytes, connection: sqlite3.Connection) -> None:
    """Replace all that a database holds, as a whole or not at all."""
    source = connect(":memory:")
    try:
        source.deserialize(image)
        # SQLite's own way to copy: it holds for memory and for files, and no reader sees one half of it.
        source.backup(connection)
    finally:
        source.close()


class DataFile:
    """A file with the data of a sandbox, locked for this one.

    The lock is a file beside it, `NAME.lock`; the operating system frees it when its holder dies.

    Args:
        path: The file; it is made when something is put into it.
        version: The version of the tables.

    Attributes:
        path: The file.
        connection: The database.
        is_new: Whether there is nothing in it yet.

    Raises:
        SandboxError: Another sandbox uses it, it is something else, of another version, damaged, or cannot be read or written.
    """

    def __init__(self, path: str | PathLike[str], version: int) -> None:
        # Two names of one file shall meet at one lock.
        self.path = Path(path).expanduser().resolve()
        self._lock = FileLock(self.path.with_name(f"{self.path.name}.lock"), thread_local=False)
        self._take_lock()
        try:
            self.is_new = not self._holds_data(version)
            with self._told():
                self.connection = connect(str(self.path))
            try:
                self._prepare(version)
            except BaseException:
                self.connection.close()
                raise
        except BaseException:
            self._lock.release()
            raise

    def _take_lock(self) -> None:
        if not self.path.parent.is_dir():
            raise SandboxError(f"cannot keep data in {self.path}: there is no folder {self.path.parent}")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise SandboxError(
                f"another sandbox uses {self.path}: stop that one, or choose another file for this one"
            ) from None
        except OSError as problem:
            raise SandboxError(f"cannot keep data in {self.path}: {problem.strerror}") from problem

    def _holds_data(self, version: int) -> bool:
        """Look at the header, without SQLite, which would not leave everything as it is.

        It is only read by the holder of the lock: closing a file frees the locks that SQLite has on it in this process.
        """
        try:
            with self.path.open("rb") as file:
                header = file.read(_HEADER_SIZE)
        except FileNotFoundError:
            return False
        except OSError as problem:
            raise SandboxError(f"cannot keep data in {self.path}: {problem.strerror}") from problem
        if not header:
            return False
        is_database = len(header) == _HEADER_SIZE and header.startswith(_MAGIC)
        if not is_database or int.from_bytes(header[_APPLICATION_ID], "big") != APPLICATION_ID:
            raise SandboxError(f"{self.path} is no sandbox's data; it was left as it is: choose another file")
        if int.from_bytes(header[_VERSION], "big") != version:
            raise SandboxError(
                f"{self.path} was written by another version of the sandbox; it was left as it is: choose another file"
            )
        return True

    def _prepare(self, version: int) -> None:
        with self._told():
            if not self.is_new:
                # Whoever was killed while the file was made left an empty database, as SQLite takes back what was begun.
                self.is_new = not self.connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            damage = self.connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise SandboxError(f"{self.path} is damaged ({damage}): choose another file")
            # Now, and not at the first request, it is seen whether the file can be written; beginning alone would not tell.
            self.connection.executescript(f"BEGIN; PRAGMA user_version = {version}; ROLLBACK")

    def begin(self, image: bytes) -> None:
        """Put the first data into a new file."""
        with self._told():
            put_image(image, self.connection)

    def keep_log(self) -> None:
        """Write ahead from now on. Before the file is whole it is not done: killed then, it is empty or complete."""
        with self._told():
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _told(self) -> Generator[None, None, None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise SandboxError(f"cannot keep data in {self.path}: {problem}") from problem

    def close(self) -> None:
        """Let the next one have the file."""
        self.connection.close()
        self._lock.release()
