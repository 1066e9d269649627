"""Locks in files, shared by the stores of one machine. The operating system releases the lock of a process that ends."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from soundcloud.stores.base import TokenStore
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from filelock import FileLock

CHANGE_SECONDS = 10.0
"""How long a change waits for the lock that all keys share. A change takes milliseconds."""
HELD_HINT = "end that process, or let it go on if it is stopped"
"""What to do about a lock that stays held."""
_HOLDER = re.compile(rb"[0-9]{1,20}\n")


class FileLease:
    """The held lock of a token store."""

    def __init__(self, store: TokenStore, lock: "FileLock", check_writable: Callable[[], None] | None = None) -> None:
        self._store, self._lock, self._check_writable = store, lock, check_writable

    def prepare(self) -> None:
        """Check that a token can be stored; see `Lease`."""
        if self._check_writable is not None:
            self._check_writable()

    def set(self, token: Token) -> None:
        """Store a token."""
        self._store.set(token)

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()


def open_lock(path: Path) -> "FileLock":
    """Return a lock that is not held yet; its folder is created if needed."""
    from filelock import FileLock  # here, as it takes longer to import than the other stores

    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FileLock(path, mode=0o600, thread_local=False)


def acquire(path: Path) -> "FileLock":
    """Acquire the lock that all keys of a store share.

    Raises:
        TimeoutError: It is held for 10 seconds; the message names the process that holds it.
        OSError: It cannot be acquired.
    """
    from filelock import Timeout

    lock = open_lock(path)
    try:
        lock.acquire(timeout=CHANGE_SECONDS)
    except Timeout:
        raise TimeoutError(f"{path.name} was held for {CHANGE_SECONDS:g} seconds by {holder(path)}") from None
    _note_holder(path)
    return lock


def try_lock(store: TokenStore, path: Path, check_writable: Callable[[], None] | None = None) -> FileLease | None:
    """Acquire a lock without waiting; return None if it is held."""
    from filelock import Timeout

    lock = open_lock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    _note_holder(path)
    return FileLease(store, lock, check_writable)


def holder(path: Path) -> str:
    """Name the process that holds a lock, for an error message."""
    note = b""
    with suppress(OSError):
        note = _read_note(path)
    return f"process {int(note)}" if _HOLDER.fullmatch(note) else "another process"


def _note_holder(path: Path) -> None:
    """Write the process id into a lock file that this process holds; a file with other content is left alone."""
    with suppress(OSError):  # the note serves error messages only
        note, content = _read_note(path), b"%d\n" % os.getpid()
        if note != content and (not note or _HOLDER.fullmatch(note)):
            handle = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0))
            try:
                os.write(handle, content)
                os.ftruncate(handle, len(content))
            finally:
                os.close(handle)


def _read_note(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        return os.read(handle, 64)
    finally:
        os.close(handle)
