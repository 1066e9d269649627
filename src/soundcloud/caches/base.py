"""The cache protocols."""

from collections.abc import Awaitable
from typing import Protocol, TypeAlias, runtime_checkable


@runtime_checkable
class Cache(Protocol):
    """Stores bytes by key for a limited time. Both clients accept it.

    A cache may drop any entry. An exception of a cache is logged, and the request goes on without it. If a cache has a
    true attribute `blocking`, the async client calls its methods in a thread.
    """

    def get(self, key: str) -> bytes | None:
        """Return an entry, or None without one. A key has at most 100 ASCII characters."""
        ...

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Store an entry for `ttl` seconds. It contains no access token."""
        ...

    def delete(self, key: str) -> None:
        """Delete an entry if it exists."""
        ...


@runtime_checkable
class AsyncCache(Protocol):
    """Stores bytes by key for a limited time, with coroutines. Only `AsyncSoundCloudClient` accepts it; see `Cache`."""

    def get(self, key: str) -> Awaitable[bytes | None]:
        """Return an entry, or None without one."""
        ...

    def set(self, key: str, value: bytes, ttl: float) -> Awaitable[None]:
        """Store an entry for `ttl` seconds."""
        ...

    def delete(self, key: str) -> Awaitable[None]:
        """Delete an entry if it exists."""
        ...


AsyncAnyCache: TypeAlias = Cache | AsyncCache
"""A cache for `AsyncSoundCloudClient`."""

AnyCache: TypeAlias = Cache
"""A cache for `SoundCloudClient`."""
