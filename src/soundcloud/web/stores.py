"""Session stores: in memory, or in Redis for several workers and across restarts."""

import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, cast

from soundcloud._redis import RedisStorage, milliseconds
from soundcloud.errors import TokenStoreError

if TYPE_CHECKING:
    from redis.asyncio import Redis, RedisCluster

_PREFIX = "soundcloud:web:"
_TIMEOUT_SECONDS = 10.0
MAX_SESSION_SECONDS = 30 * 24 * 3600
T = TypeVar("T")


class SessionStore(Protocol):
    """Stores sessions. A key is the hash of a session id, and a record is a string."""

    async def get(self, key: str) -> str | None:
        """Return the record of a session, or None without one."""
        ...

    async def add(self, key: str, record: str, seconds: float, user: str) -> None:
        """Store a new session of a user, which expires after some seconds."""
        ...

    async def replace(self, key: str, record: str, seconds: float) -> None:
        """Replace the record of a session if the session still exists."""
        ...

    async def remove(self, key: str, user: str) -> None:
        """Delete a session of a user."""
        ...

    async def keys_of(self, user: str) -> list[str]:
        """Return the keys of a user's sessions."""
        ...


class MemorySessionStore:
    """Stores sessions in memory: for one worker, and for tests.

    Example:
        >>> sessions = Sessions(secret_key, store=MemorySessionStore())
    """

    def __init__(self) -> None:
        self._sessions: dict[str, tuple[float, str, str]] = {}

    async def get(self, key: str) -> str | None:
        """Return the record of a session, or None without one."""
        expires_at, record, _ = self._sessions.get(key, (0.0, "", ""))
        return record if time.monotonic() < expires_at else None

    async def add(self, key: str, record: str, seconds: float, user: str) -> None:
        """Store a new session, and delete the expired ones."""
        now = time.monotonic()
        for expired in [old for old, (expires_at, _, _) in self._sessions.items() if expires_at <= now]:
            del self._sessions[expired]
        self._sessions[key] = (now + seconds, record, user)

    async def replace(self, key: str, record: str, seconds: float) -> None:
        """Replace the record of a session if the session still exists."""
        if key in self._sessions:
            self._sessions[key] = (time.monotonic() + seconds, record, self._sessions[key][2])

    async def remove(self, key: str, user: str) -> None:  # noqa: ARG002 - part of the protocol
        """Delete a session of a user."""
        self._sessions.pop(key, None)

    async def keys_of(self, user: str) -> list[str]:
        """Return the keys of a user's sessions."""
        now = time.monotonic()
        return [key for key, (expires_at, _, owner) in self._sessions.items() if owner == user and now < expires_at]


class RedisSessionStore(RedisStorage):
    """Stores sessions in Redis, for several workers and across restarts. It needs asyncio, as redis-py does.

    Each command uses one key, so that it works with Redis Cluster. Values are not encrypted.

    Args:
        client: A `redis.asyncio.Redis` or `redis.asyncio.RedisCluster`.
        prefix: The prefix of the keys; default `soundcloud:web:`.

    Raises:
        InvalidInputError: The client is sync.
        TokenStoreError: Redis cannot be reached or returns an error, or redis-py is not installed.

    Example:
        >>> sessions = Sessions(secret_key, store=RedisSessionStore.from_url("redis://localhost:6379/0"))
    """

    _is_async = True

    def __init__(self, client: "Redis | RedisCluster", *, prefix: str = _PREFIX) -> None:
        super().__init__(client, prefix)
        errors = self._redis.exceptions
        self._errors = (errors.RedisError, errors.RedisClusterException, OSError)

    @classmethod
    def from_url(cls, url: str, *, prefix: str = _PREFIX) -> Self:
        """Create a store with its own client, which has a timeout of 10 seconds; `aclose` closes it.

        Args:
            url: The URL of Redis: `redis://`, `rediss://` (TLS) or `unix://`.
            prefix: The prefix of the keys; default `soundcloud:web:`.

        Example:
            >>> store = RedisSessionStore.from_url("rediss://:password@redis.example.com:6379/0")
        """
        return cls(cls._connect(url, _TIMEOUT_SECONDS), prefix=prefix)

    async def get(self, key: str) -> str | None:
        """Return the record of a session, or None without one."""
        record = await self._run(self._client.get(self._session_key(key)))
        return record.decode() if isinstance(record, bytes) else cast("str | None", record)

    async def add(self, key: str, record: str, seconds: float, user: str) -> None:
        """Store a new session."""
        # The user's set is written first: `end_all` would miss a session that is not in it.
        await self._run(self._client.sadd(self._user_key(user), key))
        await self._run(self._client.expire(self._user_key(user), MAX_SESSION_SECONDS))
        await self._run(self._client.set(self._session_key(key), record, px=milliseconds(seconds)))

    async def replace(self, key: str, record: str, seconds: float) -> None:
        """Replace the record of a session if the session still exists."""
        await self._run(self._client.set(self._session_key(key), record, px=milliseconds(seconds), xx=True))

    async def remove(self, key: str, user: str) -> None:
        """Delete a session of a user."""
        await self._run(self._client.delete(self._session_key(key)))
        await self._run(self._client.srem(self._user_key(user), key))

    async def keys_of(self, user: str) -> list[str]:
        """Return the keys of a user's sessions."""
        members: set[bytes | str] = await self._run(self._client.smembers(self._user_key(user)))
        keys: list[str] = []
        for member in members:
            key = member.decode() if isinstance(member, bytes) else member
            if await self._run(self._client.exists(self._session_key(key))):
                keys.append(key)
            else:
                await self._run(self._client.srem(self._user_key(user), key))
        return keys

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.aclose()

    def _session_key(self, key: str) -> str:
        return f"{self._prefix}session:{key}"

    def _user_key(self, user: str) -> str:
        return f"{self._prefix}user:{user}"

    async def _run(self, command: Awaitable[T]) -> T:
        try:
            return await command
        except self._errors as error:
            name = type(error).__name__
        # Raised outside of the except block: the message of a context would contain the URL.
        raise TokenStoreError(
            f"the sessions in Redis cannot be read or stored: {name}",
            hint="check that Redis is running, its URL and the user's permissions",
        )
