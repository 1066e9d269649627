"""The token stores in Redis; see `redis_keys` for the keys and scripts."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from soundcloud.errors import TokenStoreError
from soundcloud.stores.base import decode, encode
from soundcloud.stores.redis_keys import (
    LOCK_SECONDS,
    PREFIX,
    Keys,
    check_token,
    lock_lost,
    store_error,
)
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from redis import Redis, RedisCluster
    from redis.asyncio import Redis as AsyncRedis
    from redis.asyncio import RedisCluster as AsyncRedisCluster


class RedisTokenStore(Keys):
    """Stores tokens in Redis. Programs on several machines may share it: only one of them refreshes at a time.

    A lock expires after `lock_seconds`. A holder whose lock expired cannot overwrite a token of the next holder.

    Args:
        client: A `redis.Redis` or `redis.RedisCluster`, with or without `decode_responses`.
        prefix: The prefix of the keys; default `soundcloud:`.
        lock_seconds: Seconds until a lock expires, more than 0; default 30. Keep it above 20, because a token request takes up
            to 20 seconds.

    Raises:
        TokenStoreError: Redis cannot be reached, returns an error or holds an invalid token, or redis-py is not installed.
        InvalidInputError: The client is async, or `lock_seconds` is not above 0.

    Example:
        >>> store = RedisTokenStore.from_url("redis://localhost:6379/0")
        >>> client = SoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = True
    _is_async, _other_kind = False, "AsyncRedisTokenStore"

    def __init__(
        self, client: "Redis | RedisCluster", *, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS
    ) -> None:
        super().__init__(client, prefix, lock_seconds)

    def get(self) -> Token | None:
        """Return the token, or None without one."""
        return check_token(self._run(lambda: decode(self._client.get(self._key_of("token")))))

    def set(self, token: Token) -> None:
        """Store a token."""
        self._run(lambda: self._client.set(self._key_of("token"), encode(token)))

    def clear(self) -> None:
        """Delete the token."""
        self._run(lambda: self._client.eval(*self._clear()))

    def try_lock(self) -> "RedisLease | None":
        """Acquire the lock without waiting; return None if it is held."""
        owner = token_hex(16)
        number = int(self._run(lambda: self._client.eval(*self._acquire(owner))))
        if not number:
            return None
        return RedisLease(
            lambda token: self._run(lambda: self._client.eval(*self._write(number, token))),
            lambda: self._run(lambda: self._client.eval(*self._release(owner))),
        )

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _run(self, command: Callable[[], Any]) -> Any:
        try:
            return command()
        except self._errors as error:
            problem = store_error(error)
        # Raised outside of the except block: a context would hold the URL, and its frames the token.
        raise problem


class RedisLease:
    """The held lock of a `RedisTokenStore`."""

    def __init__(self, write: Callable[[Token], Any], release: Callable[[], Any]) -> None:
        self._write, self._release = write, release

    def set(self, token: Token) -> None:
        """Store a token, unless a later holder of the lock has stored one.

        Raises:
            TokenStoreError: The lock expired and a newer token is stored, or see `RedisTokenStore`.
        """
        if not self._write(token):
            raise lock_lost()

    def release(self) -> None:
        """Release the lock if it is still held. Errors are ignored, as the lock expires after `lock_seconds`."""
        with suppress(TokenStoreError):
            self._release()


class AsyncRedisTokenStore(Keys):
    """Stores tokens in Redis, with coroutines; see `RedisTokenStore`. Both may share the same keys.

    It needs asyncio, as redis-py does; on trio use `RedisTokenStore`, whose methods are called in threads.

    Args:
        client: A `redis.asyncio.Redis` or `redis.asyncio.RedisCluster`, with or without `decode_responses`.
        prefix: See `RedisTokenStore`.
        lock_seconds: See `RedisTokenStore`.

    Example:
        >>> store = AsyncRedisTokenStore.from_url("redis://localhost:6379/0")
        >>> client = AsyncSoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = False
    _is_async, _other_kind = True, "RedisTokenStore"

    def __init__(
        self, client: "AsyncRedis | AsyncRedisCluster", *, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS
    ) -> None:
        super().__init__(client, prefix, lock_seconds)

    async def get(self) -> Token | None:
        """Return the token, or None without one."""

        async def read() -> Token | bool | None:
            return decode(await self._client.get(self._key_of("token")))

        return check_token(await self._run(read))

    async def set(self, token: Token) -> None:
        """Store a token."""
        await self._run(lambda: self._client.set(self._key_of("token"), encode(token)))

    async def clear(self) -> None:
        """Delete the token."""
        await self._run(lambda: self._client.eval(*self._clear()))

    async def try_lock(self) -> "AsyncRedisLease | None":
        """Acquire the lock without waiting; return None if it is held."""
        owner = token_hex(16)
        number = int(await self._run(lambda: self._client.eval(*self._acquire(owner))))
        if not number:
            return None
        return AsyncRedisLease(
            lambda token: self._run(lambda: self._client.eval(*self._write(number, token))),
            lambda: self._run(lambda: self._client.eval(*self._release(owner))),
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.aclose()

    async def _run(self, command: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await command()
        except self._errors as error:
            problem = store_error(error)
        # Without a context, as above.
        raise problem


class AsyncRedisLease:
    """The held lock of an `AsyncRedisTokenStore`."""

    def __init__(self, write: Callable[[Token], Awaitable[Any]], release: Callable[[], Awaitable[Any]]) -> None:
        self._write, self._release = write, release

    async def set(self, token: Token) -> None:
        """Store a token; see `RedisLease.set`."""
        if not await self._write(token):
            raise lock_lost()

    async def release(self) -> None:
        """Release the lock; see `RedisLease.release`."""
        with suppress(TokenStoreError):
            await self._release()
