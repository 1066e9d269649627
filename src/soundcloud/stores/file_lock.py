"""Locks in files, shared by the stores of one machine. The operating system releases the lock of a process that ends."""

from pathlib import Path
from typing import TYPE_CHECKING

from soundcloud.stores.base import TokenStore
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from filelock import FileLock


class FileLease:
    """The held lock of a token store."""

    def __init__(self, store: TokenStore, lock: "FileLock") -> None:
        self._store, self._lock = store, lock

    def set(self, token: Token) -> None:
        """Store a token."""
        self._store.set(token)

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()


def open_lock(path: Path) -> "FileLock":
    """Return a lock that is not held yet; its folder is created if needed."""
    from filelock import FileLock  # here, as it takes longer to import than the other stores

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FileLock(path, mode=0o600, thread_local=False)


def try_lock(store: TokenStore, path: Path) -> FileLease | None:
    """Acquire a lock without waiting; return None if it is held."""
    from filelock import Timeout

    lock = open_lock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return FileLease(store, lock)
