"""Tokens kept in memory."""

import threading
from typing import Self

from soundcloud.errors import InvalidInputError
from soundcloud.tokens import Token


class MemoryTokenStore:
    """Keeps tokens as long as the process lives. Clients in threads and tasks, sync and async, may share one.

    Args:
        token: A token to begin with.

    Example:
        >>> store = MemoryTokenStore()
        >>> store.for_user("ada").get() is None
        True
    """

    blocking = False
    """Whether its methods may take a while."""

    def __init__(self, token: Token | None = None) -> None:
        """Begin with a token, or none."""
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._key = "user:"
        if token is not None:
            if not isinstance(token, Token):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise InvalidInputError(f"token is of type {type(token).__name__}: give a Token")
            self.set(token)

    def for_user(self, user: str) -> Self:
        """The same store under a person's key; see `LockingTokenStore`."""
        return self._under(f"user:{user}")

    def for_app(self, client_id: str) -> Self:
        """The same store under an app's key; see `LockingTokenStore`."""
        return self._under(f"app:{client_id}")

    def _under(self, key: str) -> Self:
        store = type(self)()
        store._tokens, store._locks, store._key = self._tokens, self._locks, key
        return store

    def get(self) -> Token | None:
        """Read the token; None when there is none."""
        return self._tokens.get(self._key)

    def set(self, token: Token) -> None:
        """Keep a token."""
        self._tokens[self._key] = token

    def clear(self) -> None:
        """Forget the token."""
        self._tokens.pop(self._key, None)

    def try_lock(self) -> "MemoryLease | None":
        """Take the lock without waiting; None when somebody else holds it."""
        lock = self._locks.setdefault(self._key, threading.Lock())
        return MemoryLease(self, lock) if lock.acquire(blocking=False) else None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'with' if self.get() else 'without'} a token>"


class MemoryLease:
    """The held lock of a `MemoryTokenStore`."""

    def __init__(self, store: MemoryTokenStore, lock: threading.Lock) -> None:
        """Made by `try_lock`."""
        self._store, self._lock = store, lock
        self._held = True

    def set(self, token: Token) -> None:
        """Keep a token."""
        self._store.set(token)

    def release(self) -> None:
        """Let go of the lock, once: the next holder's is not touched."""
        if self._held:
            self._held = False
            self._lock.release()
