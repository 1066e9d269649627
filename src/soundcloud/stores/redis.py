"""Tokens kept in Redis, for programs that run on many machines; how they lie there is in redis_keys."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self

from soundcloud._redis import connect
from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.stores.redis_keys import (
    LOCK_SECONDS,
    PREFIX,
    Keys,
    checked_token,
    decode,
    encode,
    explained,
    lost,
    redis_errors,
)
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from redis import Redis, RedisCluster
    from redis.asyncio import Redis as AsyncRedis
    from redis.asyncio import RedisCluster as AsyncRedisCluster

_TIMEOUT_SECONDS = 10.0


class RedisTokenStore(Keys):
    """Keeps tokens in Redis. Programs on many machines may share it: only one of them refreshes at a time.

    A lock whose holder died is free after a while. A holder that comes back later than that cannot overwrite what
    the next one has written.

    Args:
        client: A `redis.Redis` or `redis.RedisCluster`; `decode_responses` may be on or off.
        prefix: What the names of the keys begin with.
        lock_seconds: After how many seconds a lock is free again; more than a refresh takes.

    Raises:
        TokenStoreError: Redis cannot be reached or refuses, or what it holds is no token.
        InvalidInputError: The client is an asynchronous one, or `lock_seconds` is not above 0.

    Example:
        >>> store = RedisTokenStore.from_url("redis://localhost:6379/0")
        >>> client = SoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = True
    """Whether its methods may take a while."""

    def __init__(
        self, client: "Redis | RedisCluster", *, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS
    ) -> None:
        """Take a client; nothing is sent yet."""
        super().__init__(client, prefix=prefix, lock_seconds=lock_seconds)
        from redis.asyncio import Redis, RedisCluster

        if isinstance(client, Redis | RedisCluster):
            raise InvalidInputError("this client is asynchronous; use AsyncRedisTokenStore, or redis.Redis")

    @classmethod
    def from_url(cls, url: str, *, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS) -> Self:
        """Make a store with a client of its own, which gives up after 10 seconds without an answer.

        Args:
            url: Where Redis is: `redis://`, `rediss://` (TLS) or `unix://`; options of redis-py may follow as a query.
            prefix: What the names of the keys begin with.
            lock_seconds: After how many seconds a lock is free again.

        Returns:
            The store; `close` closes its client.

        Raises:
            InvalidInputError: The URL is none of Redis.
            TokenStoreError: redis-py is not installed.

        Example:
            >>> store = RedisTokenStore.from_url("rediss://:password@redis.example.com:6379/0")
        """
        redis_errors()
        from redis import Redis

        return cls(connect(Redis, url, _TIMEOUT_SECONDS), prefix=prefix, lock_seconds=lock_seconds)

    def get(self) -> Token | None:
        """Read the token; None when there is none.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses, or what it holds is no token.
        """
        return checked_token(self._ask(lambda: decode(self._client.get(self._token_key))))

    def set(self, token: Token) -> None:
        """Keep a token.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses.
        """
        self._ask(lambda: self._client.set(self._token_key, encode(token)))

    def clear(self) -> None:
        """Forget the token.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses.
        """
        self._ask(lambda: self._client.eval(*self._clear()))

    def try_lock(self) -> "RedisLease | None":
        """Take the lock without waiting; None when somebody else holds it.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses.
        """
        owner = token_hex(16)
        number = int(self._ask(lambda: self._client.eval(*self._take(owner))))
        if not number:
            return None
        return RedisLease(
            lambda token: self._ask(lambda: self._client.eval(*self._write(number, token))),
            lambda: self._ask(lambda: self._client.eval(*self._release(owner))),
        )

    def close(self) -> None:
        """Close the connections of the client."""
        self._client.close()

    def _ask(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except self._errors as error:
            problem = explained(error)
        # Raised out here it has no context: that of redis-py knows the address, and its frames the token.
        raise problem


class RedisLease:
    """The held lock of a `RedisTokenStore`."""

    def __init__(self, write: Callable[[Token], Any], release: Callable[[], Any]) -> None:
        """Made by `try_lock`."""
        self._write, self._release = write, release

    def set(self, token: Token) -> None:
        """Keep a token, unless a later holder of the lock has written one.

        Raises:
            TokenStoreError: The lock was lost and a newer token is stored, or Redis cannot be reached or refuses.
        """
        if not self._write(token):
            raise lost()

    def release(self) -> None:
        """Let go of the lock, if it is still held. It raises nothing: a lock that stays is free after `lock_seconds`."""
        with suppress(TokenStoreError):
            self._release()


class AsyncRedisTokenStore(Keys):
    """Keeps tokens in Redis, asynchronously; see `RedisTokenStore`. Both may share the same keys.

    It needs asyncio, as redis-py does; with trio use `RedisTokenStore`, which is called in threads.

    Args:
        client: A `redis.asyncio.Redis` or `redis.asyncio.RedisCluster`; `decode_responses` may be on or off.
        prefix: What the names of the keys begin with.
        lock_seconds: After how many seconds a lock is free again; more than a refresh takes.

    Raises:
        TokenStoreError: Redis cannot be reached or refuses, or what it holds is no token.
        InvalidInputError: The client is a synchronous one, or `lock_seconds` is not above 0.

    Example:
        >>> store = AsyncRedisTokenStore.from_url("redis://localhost:6379/0")
        >>> client = AsyncSoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = False
    """Whether its methods may take a while without being coroutines."""

    def __init__(
        self, client: "AsyncRedis | AsyncRedisCluster", *, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS
    ) -> None:
        """Take a client; nothing is sent yet."""
        super().__init__(client, prefix=prefix, lock_seconds=lock_seconds)
        from redis import Redis, RedisCluster

        if isinstance(client, Redis | RedisCluster):
            raise InvalidInputError("this client is synchronous; use RedisTokenStore, or redis.asyncio.Redis")

    @classmethod
    def from_url(cls, url: str, *, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS) -> Self:
        """Make a store with a client of its own, which gives up after 10 seconds without an answer.

        Args:
            url: Where Redis is: `redis://`, `rediss://` (TLS) or `unix://`; options of redis-py may follow as a query.
            prefix: What the names of the keys begin with.
            lock_seconds: After how many seconds a lock is free again.

        Returns:
            The store; `aclose` closes its client.

        Raises:
            InvalidInputError: The URL is none of Redis.
            TokenStoreError: redis-py is not installed.

        Example:
            >>> store = AsyncRedisTokenStore.from_url("rediss://:password@redis.example.com:6379/0")
        """
        redis_errors()
        from redis.asyncio import Redis

        return cls(connect(Redis, url, _TIMEOUT_SECONDS), prefix=prefix, lock_seconds=lock_seconds)

    async def get(self) -> Token | None:
        """Read the token; None when there is none.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses, or what it holds is no token.
        """

        async def read() -> Token | bool | None:
            return decode(await self._client.get(self._token_key))

        return checked_token(await self._ask(read))

    async def set(self, token: Token) -> None:
        """Keep a token.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses.
        """
        await self._ask(lambda: self._client.set(self._token_key, encode(token)))

    async def clear(self) -> None:
        """Forget the token.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses.
        """
        await self._ask(lambda: self._client.eval(*self._clear()))

    async def try_lock(self) -> "AsyncRedisLease | None":
        """Take the lock without waiting; None when somebody else holds it.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses.
        """
        owner = token_hex(16)
        number = int(await self._ask(lambda: self._client.eval(*self._take(owner))))
        if not number:
            return None
        return AsyncRedisLease(
            lambda token: self._ask(lambda: self._client.eval(*self._write(number, token))),
            lambda: self._ask(lambda: self._client.eval(*self._release(owner))),
        )

    async def aclose(self) -> None:
        """Close the connections of the client."""
        await self._client.aclose()

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await question()
        except self._errors as error:
            problem = explained(error)
        # As above: without a context.
        raise problem


class AsyncRedisLease:
    """The held lock of an `AsyncRedisTokenStore`."""

    def __init__(self, write: Callable[[Token], Awaitable[Any]], release: Callable[[], Awaitable[Any]]) -> None:
        """Made by `try_lock`."""
        self._write, self._release = write, release

    async def set(self, token: Token) -> None:
        """Keep a token, unless a later holder of the lock has written one.

        Raises:
            TokenStoreError: The lock was lost and a newer token is stored, or Redis cannot be reached or refuses.
        """
        if not await self._write(token):
            raise lost()

    async def release(self) -> None:
        """Let go of the lock, if it is still held. It raises nothing: a lock that stays is free after `lock_seconds`."""
        with suppress(TokenStoreError):
            await self._release()
