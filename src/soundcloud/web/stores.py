"""Where sessions are kept: in memory, or in Redis for many workers and across restarts."""

import time
from collections.abc import Awaitable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from soundcloud._redis import connect
from soundcloud.errors import InvalidInputError, TokenStoreError

if TYPE_CHECKING:
    from redis.asyncio import Redis, RedisCluster

_PREFIX = "soundcloud:web:"
_TIMEOUT_SECONDS = 10.0
LONGEST_SECONDS = 30 * 24 * 3600  # that a session may last
T = TypeVar("T")


class SessionStore(Protocol):
    """Keeps sessions. A key is the hash of a session's id, and what is kept is a text."""

    async def get(self, key: str) -> str | None:
        """Read a session; None where there is none."""
        ...

    async def add(self, key: str, record: str, seconds: float, user: str) -> None:
        """Keep a new session of a user.

        Args:
            key: The session's key.
            record: What to keep.
            seconds: For how long.
            user: Whose session it is.
        """
        ...

    async def replace(self, key: str, record: str, seconds: float) -> None:
        """Keep a session further, if it is still there: one that was removed meanwhile stays away."""
        ...

    async def remove(self, key: str, user: str) -> None:
        """Forget a session of a user."""
        ...

    async def keys_of(self, user: str) -> list[str]:
        """The keys of a user's sessions."""
        ...


class MemorySessionStore:
    """Keeps sessions as long as the process lives: for one worker, and for tests.

    Example:
        >>> sessions = Sessions(secret_key, store=MemorySessionStore())
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._kept: dict[str, tuple[float, str, str]] = {}

    async def get(self, key: str) -> str | None:
        """Read a session; None where there is none."""
        ends, record, _ = self._kept.get(key, (0.0, "", ""))
        return record if time.monotonic() < ends else None

    async def add(self, key: str, record: str, seconds: float, user: str) -> None:
        """Keep a new session of a user."""
        now = time.monotonic()
        for old in [old for old, (ends, _, _) in self._kept.items() if ends <= now]:
            del self._kept[old]
        self._kept[key] = (now + seconds, record, user)

    async def replace(self, key: str, record: str, seconds: float) -> None:
        """Keep a session further, if it is still there."""
        if key in self._kept:
            self._kept[key] = (time.monotonic() + seconds, record, self._kept[key][2])

    async def remove(self, key: str, user: str) -> None:  # noqa: ARG002 - other stores need to know whose it is
        """Forget a session of a user."""
        self._kept.pop(key, None)

    async def keys_of(self, user: str) -> list[str]:
        """The keys of a user's sessions."""
        now = time.monotonic()
        return [key for key, (ends, _, owner) in self._kept.items() if owner == user and now < ends]


class RedisSessionStore:
    """Keeps sessions in Redis: for any number of workers, and across their restarts. Needs asyncio, as redis-py does.

    Every command is about one key, so that it works with Redis Cluster. Nothing is encrypted.

    Args:
        client: A `redis.asyncio.Redis` or `redis.asyncio.RedisCluster`.
        prefix: What the names of the keys begin with.

    Raises:
        InvalidInputError: The client is a synchronous one.
        TokenStoreError: Redis cannot be reached or refuses, or redis-py is not installed.

    Example:
        >>> sessions = Sessions(secret_key, store=RedisSessionStore.from_url("redis://localhost:6379/0"))
    """

    def __init__(self, client: "Redis | RedisCluster", *, prefix: str = _PREFIX) -> None:
        """Take a client; nothing is sent yet."""
        redis = _redis()
        if isinstance(client, redis.Redis | redis.RedisCluster):
            raise InvalidInputError("this client is synchronous; use redis.asyncio.Redis")
        self._client: Any = client
        self._prefix = prefix
        self._errors = (redis.exceptions.RedisError, redis.exceptions.RedisClusterException, OSError)

    @classmethod
    def from_url(cls, url: str, *, prefix: str = _PREFIX) -> Self:
        """Make a store with a client of its own, which gives up after 10 seconds without an answer.

        Args:
            url: Where Redis is: `redis://`, `rediss://` (TLS) or `unix://`.
            prefix: What the names of the keys begin with.

        Returns:
            The store; `aclose` closes its client.

        Raises:
            InvalidInputError: The URL is none of Redis.
            TokenStoreError: redis-py is not installed.

        Example:
            >>> store = RedisSessionStore.from_url("rediss://:password@redis.example.com:6379/0")
        """
        return cls(connect(_redis().asyncio.Redis, url, _TIMEOUT_SECONDS), prefix=prefix)

    async def get(self, key: str) -> str | None:
        """Read a session; None where there is none."""
        record = await self._ask(self._client.get(self._session(key)))
        return record.decode() if isinstance(record, bytes) else cast("str | None", record)

    async def add(self, key: str, record: str, seconds: float, user: str) -> None:
        """Keep a new session of a user."""
        # The list of the user's sessions first: one that is not on it could not be ended with the others.
        await self._ask(self._client.sadd(self._list(user), key))
        await self._ask(self._client.expire(self._list(user), LONGEST_SECONDS))
        await self._ask(self._client.set(self._session(key), record, px=_milliseconds(seconds)))

    async def replace(self, key: str, record: str, seconds: float) -> None:
        """Keep a session further, if it is still there."""
        await self._ask(self._client.set(self._session(key), record, px=_milliseconds(seconds), xx=True))

    async def remove(self, key: str, user: str) -> None:
        """Forget a session of a user."""
        await self._ask(self._client.delete(self._session(key)))
        await self._ask(self._client.srem(self._list(user), key))

    async def keys_of(self, user: str) -> list[str]:
        """The keys of a user's sessions."""
        members: set[bytes | str] = await self._ask(self._client.smembers(self._list(user)))
        found: list[str] = []
        for member in members:
            key = member.decode() if isinstance(member, bytes) else member
            if await self._ask(self._client.exists(self._session(key))):
                found.append(key)
            else:
                await self._ask(self._client.srem(self._list(user), key))
        return found

    async def aclose(self) -> None:
        """Close the connections of the client."""
        await self._client.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._prefix!r}>"

    def _session(self, key: str) -> str:
        return f"{self._prefix}session:{key}"

    def _list(self, user: str) -> str:
        return f"{self._prefix}user:{user}"

    async def _ask(self, question: Awaitable[T]) -> T:
        try:
            return await question
        except self._errors as error:
            name = type(error).__name__
        # Raised out here it has no context: that of redis-py knows the address.
        raise TokenStoreError(
            f"the sessions in Redis cannot be read or kept: {name}",
            hint="check that it is up, its address and its rights",
        )


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _redis() -> Any:
    try:
        import_module("redis.asyncio")
        return import_module("redis")
    except ImportError:
        raise TokenStoreError(
            "sessions are kept in Redis through redis-py, which is not installed",
            hint="pip install 'soundcloud-sdk[redis]'",
        ) from None
