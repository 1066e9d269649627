"""The caches in Redis."""

from typing import TYPE_CHECKING, Any, Self

from soundcloud._redis import RedisStorage, milliseconds
from soundcloud.errors import InvalidInputError

if TYPE_CHECKING:
    from redis import Redis, RedisCluster
    from redis.asyncio import Redis as AsyncRedis
    from redis.asyncio import RedisCluster as AsyncRedisCluster

_PREFIX = "soundcloud:cache:"
_TIMEOUT_SECONDS = 1.0


class _BytesCache(RedisStorage):
    """Rejects clients that decode bytes."""

    _commands = ("get", "set", "delete")
    _import_error = InvalidInputError

    def __init__(self, client: Any, prefix: str = _PREFIX) -> None:
        super().__init__(client, prefix)
        pool = getattr(client, "connection_pool", None)
        if getattr(pool, "connection_kwargs", {}).get("decode_responses"):
            raise InvalidInputError("client decodes responses, but a cache stores bytes: set decode_responses=False")

    @classmethod
    def from_url(cls, url: str, *, prefix: str = _PREFIX) -> Self:
        """Create a cache with its own client, which has a timeout of 1 second; `close` or `aclose` closes it.

        Args:
            url: The URL of Redis: `redis://`, `rediss://` (TLS) or `unix://`.
            prefix: The prefix of the keys; default `soundcloud:cache:`.
        """
        return cls(cls._connect(url, _TIMEOUT_SECONDS), prefix=prefix)


class RedisCache(_BytesCache):
    """A cache in Redis. Processes that use the same access token share its responses.

    Args:
        client: A `redis.Redis` or `redis.RedisCluster`, without `decode_responses`.
        prefix: The prefix of the keys; default `soundcloud:cache:`.

    Raises:
        InvalidInputError: The client is async or decodes responses, or redis-py is not installed.

    Example:
        >>> client = SoundCloudClient("id", "secret", cache=RedisCache.from_url("redis://localhost:6379/0"))
    """

    blocking = True
    _is_async, _other_kind = False, "AsyncRedisCache"

    def __init__(self, client: "Redis | RedisCluster", *, prefix: str = _PREFIX) -> None:
        super().__init__(client, prefix)

    def get(self, key: str) -> bytes | None:
        """Return an entry, or None without one."""
        value: bytes | None = self._client.get(self._prefix + key)
        return value

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Store an entry for `ttl` seconds."""
        self._client.set(self._prefix + key, value, px=milliseconds(ttl))

    def delete(self, key: str) -> None:
        """Delete an entry if it exists."""
        self._client.delete(self._prefix + key)

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()


class AsyncRedisCache(_BytesCache):
    """A cache in Redis with coroutines; see `RedisCache`. It needs asyncio, as redis-py does.

    Args:
        client: A `redis.asyncio.Redis` or `redis.asyncio.RedisCluster`, without `decode_responses`.
        prefix: The prefix of the keys; default `soundcloud:cache:`.

    Example:
        >>> client = AsyncSoundCloudClient("id", "secret", cache=AsyncRedisCache.from_url("redis://localhost:6379/0"))
    """

    blocking = False
    _is_async, _other_kind = True, "RedisCache"

    def __init__(self, client: "AsyncRedis | AsyncRedisCluster", *, prefix: str = _PREFIX) -> None:
        super().__init__(client, prefix)

    async def get(self, key: str) -> bytes | None:
        """Return an entry, or None without one."""
        value: bytes | None = await self._client.get(self._prefix + key)
        return value

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        """Store an entry for `ttl` seconds."""
        await self._client.set(self._prefix + key, value, px=milliseconds(ttl))

    async def delete(self, key: str) -> None:
        """Delete an entry if it exists."""
        await self._client.delete(self._prefix + key)

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.aclose()
