"""The token store in memory."""

from soundcloud._synchronization import Lock
from soundcloud.stores.base import KeyedStore, check_token
from soundcloud.tokens import Token


class MemoryTokenStore(KeyedStore):
    """Stores tokens in memory. Sync and async clients in any number of threads and tasks may share it.

    Args:
        token: The first token; default None.

    Example:
        >>> store = MemoryTokenStore()
        >>> store.for_user("ada").get() is None
        True
    """

    blocking = False

    def __init__(self, token: Token | None = None) -> None:
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, Lock] = {}
        if token is not None:
            self.set(token)

    def get(self) -> Token | None:
        """Return the token, or None without one."""
        return self._tokens.get(self._key)

    def set(self, token: Token) -> None:
        """Store a token."""
        self._tokens[self._key] = check_token(token)

    def clear(self) -> None:
        """Delete the token."""
        self._tokens.pop(self._key, None)

    def try_lock(self) -> "MemoryLease | None":
        """Acquire the lock without waiting; return None if it is held."""
        lock = self._locks.setdefault(self._key, Lock())
        return MemoryLease(self, lock) if lock.acquire(0) else None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'with' if self.get() else 'without'} a token>"


class MemoryLease:
    """The held lock of a `MemoryTokenStore`."""

    def __init__(self, store: MemoryTokenStore, lock: Lock) -> None:
        self._store, self._lock = store, lock
        self._held = True

    def set(self, token: Token) -> None:
        """Store a token."""
        self._store.set(token)

    def release(self) -> None:
        """Release the lock; a second call does not release the lock of the next holder."""
        if self._held:
            self._held = False
            self._lock.release()
