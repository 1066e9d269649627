"""What a cache is: the protocols, so that anything may be one."""

from collections.abc import Awaitable
from typing import Protocol, TypeAlias, runtime_checkable


@runtime_checkable
class Cache(Protocol):
    """Keeps bytes under keys for a while. Both clients take it.

    It may forget whatever it likes. What it raises is logged, and the call goes on without it. The async client calls its
    methods in a thread where it has an attribute `blocking` that is true.
    """

    def get(self, key: str) -> bytes | None:
        """Read an entry; None when there is none.

        Args:
            key: At most 100 ASCII characters.
        """
        ...

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Keep an entry.

        Args:
            key: At most 100 ASCII characters.
            value: The bytes; they hold no access token.
            ttl: Seconds after which it is worthless.
        """
        ...

    def delete(self, key: str) -> None:
        """Forget an entry, if it is there."""
        ...


@runtime_checkable
class AsyncCache(Protocol):
    """Keeps bytes under keys for a while, asynchronously. `AsyncSoundCloudClient` takes it; see `Cache`."""

    def get(self, key: str) -> Awaitable[bytes | None]:
        """Read an entry; None when there is none."""
        ...

    def set(self, key: str, value: bytes, ttl: float) -> Awaitable[None]:
        """Keep an entry for so many seconds."""
        ...

    def delete(self, key: str) -> Awaitable[None]:
        """Forget an entry, if it is there."""
        ...


AsyncAnyCache: TypeAlias = Cache | AsyncCache
"""What `AsyncSoundCloudClient` takes as a cache."""

AnyCache: TypeAlias = Cache
"""What `SoundCloudClient` takes as a cache."""
