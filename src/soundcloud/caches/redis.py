"""Replies kept in Redis, for programs of many processes."""

from typing import TYPE_CHECKING, Any, Self

from soundcloud._checks import check_type
from soundcloud._redis import connect
from soundcloud.errors import InvalidInputError

if TYPE_CHECKING:
    from redis import Redis, RedisCluster
    from redis.asyncio import Redis as AsyncRedis
    from redis.asyncio import RedisCluster as AsyncRedisCluster

_PREFIX = "soundcloud:cache:"
_TIMEOUT_SECONDS = 1.0


class _Keys:
    """What both caches are: a client, and the names of the keys."""

    _client: Any

    def __init__(self, client: Any, prefix: str) -> None:
        if not all(callable(getattr(client, name, None)) for name in ("get", "set", "delete")):
            raise InvalidInputError(
                f"client is of type {type(client).__name__}: give a client of redis-py, or use from_url"
            )
        self._client, self._prefix = client, check_type("prefix", prefix, str, repr(_PREFIX))
        pool = getattr(client, "connection_pool", None)
        if getattr(pool, "connection_kwargs", {}).get("decode_responses"):
            raise InvalidInputError("replies are kept as bytes: make the client without decode_responses=True")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._prefix!r}>"


class RedisCache(_Keys):
    """Keeps replies in Redis; the processes that share it share the replies of each access token.

    Args:
        client: A `redis.Redis` or `redis.RedisCluster`, without `decode_responses`.
        prefix: What the names of the keys begin with.

    Raises:
        InvalidInputError: The client is an asynchronous one, or decodes replies.

    Example:
        >>> client = SoundCloudClient("id", "secret", cache=RedisCache.from_url("redis://localhost:6379/0"))
    """

    blocking = True
    """Whether its methods may take a while."""

    def __init__(self, client: "Redis | RedisCluster", *, prefix: str = _PREFIX) -> None:
        """Take a client; nothing is sent yet."""
        super().__init__(client, prefix)
        _redis()
        from redis.asyncio import Redis, RedisCluster

        if isinstance(client, Redis | RedisCluster):
            raise InvalidInputError("this client is asynchronous; use AsyncRedisCache, or redis.Redis")

    @classmethod
    def from_url(cls, url: str, *, prefix: str = _PREFIX) -> Self:
        """Make a cache with a client of its own, which gives up after 1 second without an answer.

        Args:
            url: Where Redis is: `redis://`, `rediss://` (TLS) or `unix://`.
            prefix: What the names of the keys begin with.

        Returns:
            The cache; `close` closes its client.

        Raises:
            InvalidInputError: The URL is none of Redis, or redis-py is not installed.
        """
        return cls(connect(_redis().Redis, url, _TIMEOUT_SECONDS), prefix=prefix)

    def get(self, key: str) -> bytes | None:
        """Read an entry; None when there is none."""
        value: bytes | None = self._client.get(self._prefix + key)
        return value

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Keep an entry for so many seconds."""
        self._client.set(self._prefix + key, value, px=max(1, round(ttl * 1000)))

    def delete(self, key: str) -> None:
        """Forget an entry, if it is there."""
        self._client.delete(self._prefix + key)

    def close(self) -> None:
        """Close the connections of the client."""
        self._client.close()


class AsyncRedisCache(_Keys):
    """Keeps replies in Redis, asynchronously; see `RedisCache`. It needs asyncio, as redis-py does.

    Args:
        client: A `redis.asyncio.Redis` or `redis.asyncio.RedisCluster`, without `decode_responses`.
        prefix: What the names of the keys begin with.

    Raises:
        InvalidInputError: The client is a synchronous one, or decodes replies.

    Example:
        >>> client = AsyncSoundCloudClient("id", "secret", cache=AsyncRedisCache.from_url("redis://localhost:6379/0"))
    """

    blocking = False
    """Whether its methods may take a while without being coroutines."""

    def __init__(self, client: "AsyncRedis | AsyncRedisCluster", *, prefix: str = _PREFIX) -> None:
        """Take a client; nothing is sent yet."""
        super().__init__(client, prefix)
        redis = _redis()
        if isinstance(client, redis.Redis | redis.RedisCluster):
            raise InvalidInputError("this client is synchronous; use RedisCache, or redis.asyncio.Redis")

    @classmethod
    def from_url(cls, url: str, *, prefix: str = _PREFIX) -> Self:
        """Make a cache with a client of its own; see `RedisCache.from_url`.

        Args:
            url: Where Redis is.
            prefix: What the names of the keys begin with.

        Returns:
            The cache; `aclose` closes its client.

        Raises:
            InvalidInputError: The URL is none of Redis, or redis-py is not installed.
        """
        _redis()
        from redis.asyncio import Redis

        return cls(connect(Redis, url, _TIMEOUT_SECONDS), prefix=prefix)

    async def get(self, key: str) -> bytes | None:
        """Read an entry; None when there is none."""
        value: bytes | None = await self._client.get(self._prefix + key)
        return value

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        """Keep an entry for so many seconds."""
        await self._client.set(self._prefix + key, value, px=max(1, round(ttl * 1000)))

    async def delete(self, key: str) -> None:
        """Forget an entry, if it is there."""
        await self._client.delete(self._prefix + key)

    async def aclose(self) -> None:
        """Close the connections of the client."""
        await self._client.aclose()


def _redis() -> Any:
    try:
        import redis
    except ImportError:
        raise InvalidInputError(
            "replies are kept in Redis through redis-py, which is not installed: pip install 'soundcloud-sdk[redis]'"
        ) from None
    return redis
