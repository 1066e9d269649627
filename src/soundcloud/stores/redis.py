"""Tokens kept in Redis, for programs that run on many machines.

Three keys belong to a token; they share a hash tag, so that Redis Cluster keeps them together:

| key | what |
| --- | --- |
| `soundcloud:{user:ada}:token` | the token, as JSON |
| `soundcloud:{user:ada}:lock` | who holds the lock; gone after `lock_seconds` |
| `soundcloud:{user:ada}:numbers` | the number of the last holder, and of the last one that wrote |

A lock that expires does not stop its holder. Therefore each holder has a number that is higher than those before, and what
it writes is refused once a later holder has written: the newer token stays.
"""

import json
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self

from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.options import checked
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from redis import Redis, RedisCluster
    from redis.asyncio import Redis as AsyncRedis
    from redis.asyncio import RedisCluster as AsyncRedisCluster

_PREFIX = "soundcloud:"
_LOCK_SECONDS = 30.0
_TIMEOUT_SECONDS = 10.0

# The owner may find its own lock: redis-py asks again when the first reply was lost.
# The highest number known counts, so that a counter that was evicted does not begin below the last one that wrote.
_TAKE = """
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local numbers = redis.call('HMGET', KEYS[2], 'taken', 'written')
local number = math.max(tonumber(numbers[1]) or 0, tonumber(numbers[2]) or 0) + 1
redis.call('HSET', KEYS[2], 'taken', number)
redis.call('PERSIST', KEYS[2])
return number
"""

_WRITE = """
if (tonumber(redis.call('HGET', KEYS[2], 'written')) or 0) > tonumber(ARGV[1]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[2], 'written', ARGV[1])
redis.call('PERSIST', KEYS[2])
return 1
"""

_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
"""

# The numbers outlive the token for a day: whoever still holds an old lock is refused, and no trace of the person stays.
_CLEAR = """
redis.call('EXPIRE', KEYS[2], 86400)
return redis.call('DEL', KEYS[1])
"""


class _Keys:
    """What both stores are: a client, and the keys of a token."""

    _client: Any

    def __init__(self, client: Any, *, prefix: str = _PREFIX, lock_seconds: float = _LOCK_SECONDS) -> None:
        self._errors = _redis_errors()
        if not all(callable(getattr(client, name, None)) for name in ("get", "set", "eval")):
            raise InvalidInputError(
                f"client is of type {type(client).__name__}: give a client of redis-py, or use from_url"
            )
        checked("prefix", prefix, str, repr(_PREFIX))
        if not isinstance(lock_seconds, int | float) or not math.isfinite(lock_seconds) or lock_seconds <= 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"lock_seconds has to be more than 0, it is {lock_seconds!r}")
        self._client, self._prefix, self._lock_seconds = client, prefix, lock_seconds
        self._name("user:")

    def _name(self, key: str) -> None:
        name = f"{self._prefix}{{{key}}}"
        self._token_key, self._lock_key, self._numbers_key = f"{name}:token", f"{name}:lock", f"{name}:numbers"

    def for_user(self, user: str) -> Self:
        """The same store under a person's key; see `LockingTokenStore`."""
        return self._under(f"user:{user}")

    def for_app(self, client_id: str) -> Self:
        """The same store under an app's key; see `LockingTokenStore`."""
        return self._under(f"app:{client_id}")

    def _under(self, key: str) -> Self:
        store = type(self)(self._client, prefix=self._prefix, lock_seconds=self._lock_seconds)
        store._name(key)
        return store

    def _take(self, owner: str) -> tuple[Any, ...]:
        milliseconds = max(1, round(self._lock_seconds * 1000))
        return (_TAKE, 2, self._lock_key, self._numbers_key, owner, milliseconds)

    def _write(self, number: int, token: Token) -> tuple[Any, ...]:
        return (_WRITE, 2, self._token_key, self._numbers_key, number, _encode(token))

    def _release(self, owner: str) -> tuple[Any, ...]:
        return (_RELEASE, 1, self._lock_key, owner)

    def _clear(self) -> tuple[Any, ...]:
        return (_CLEAR, 2, self._token_key, self._numbers_key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._prefix!r}>"


class RedisTokenStore(_Keys):
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
        self, client: "Redis | RedisCluster", *, prefix: str = _PREFIX, lock_seconds: float = _LOCK_SECONDS
    ) -> None:
        """Take a client; nothing is sent yet."""
        super().__init__(client, prefix=prefix, lock_seconds=lock_seconds)
        from redis.asyncio import Redis, RedisCluster

        if isinstance(client, Redis | RedisCluster):
            raise InvalidInputError("this client is asynchronous; use AsyncRedisTokenStore, or redis.Redis")

    @classmethod
    def from_url(cls, url: str, *, prefix: str = _PREFIX, lock_seconds: float = _LOCK_SECONDS) -> Self:
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
        _redis_errors()
        from redis import Redis

        return cls(_connect(Redis, url), prefix=prefix, lock_seconds=lock_seconds)

    def get(self) -> Token | None:
        """Read the token; None when there is none.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses, or what it holds is no token.
        """
        return _checked(self._ask(lambda: _decode(self._client.get(self._token_key))))

    def set(self, token: Token) -> None:
        """Keep a token.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses.
        """
        self._ask(lambda: self._client.set(self._token_key, _encode(token)))

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
            problem = _explained(error)
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
            raise _lost()

    def release(self) -> None:
        """Let go of the lock, if it is still held. It raises nothing: a lock that stays is free after `lock_seconds`."""
        with suppress(TokenStoreError):
            self._release()


class AsyncRedisTokenStore(_Keys):
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
        self, client: "AsyncRedis | AsyncRedisCluster", *, prefix: str = _PREFIX, lock_seconds: float = _LOCK_SECONDS
    ) -> None:
        """Take a client; nothing is sent yet."""
        super().__init__(client, prefix=prefix, lock_seconds=lock_seconds)
        from redis import Redis, RedisCluster

        if isinstance(client, Redis | RedisCluster):
            raise InvalidInputError("this client is synchronous; use RedisTokenStore, or redis.asyncio.Redis")

    @classmethod
    def from_url(cls, url: str, *, prefix: str = _PREFIX, lock_seconds: float = _LOCK_SECONDS) -> Self:
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
        _redis_errors()
        from redis.asyncio import Redis

        return cls(_connect(Redis, url), prefix=prefix, lock_seconds=lock_seconds)

    async def get(self) -> Token | None:
        """Read the token; None when there is none.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses, or what it holds is no token.
        """

        async def read() -> Token | bool | None:
            return _decode(await self._client.get(self._token_key))

        return _checked(await self._ask(read))

    async def set(self, token: Token) -> None:
        """Keep a token.

        Raises:
            TokenStoreError: Redis cannot be reached or refuses.
        """
        await self._ask(lambda: self._client.set(self._token_key, _encode(token)))

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
            problem = _explained(error)
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
            raise _lost()

    async def release(self) -> None:
        """Let go of the lock, if it is still held. It raises nothing: a lock that stays is free after `lock_seconds`."""
        with suppress(TokenStoreError):
            await self._release()


def _redis_errors() -> tuple[type[Exception], ...]:
    """Everything that redis-py raises when Redis does not do what it is asked to."""
    try:
        from redis.exceptions import RedisClusterException, RedisError
    except ImportError:
        raise TokenStoreError(
            "tokens are kept in Redis through redis-py, which is not installed",
            hint="pip install 'soundcloud-sdk[redis]'",
        ) from None
    # A client that decodes replies fails on one that is not UTF-8.
    return (RedisError, RedisClusterException, OSError, UnicodeDecodeError)


def _connect(client: Any, url: str) -> Any:
    timeouts = {"socket_timeout": _TIMEOUT_SECONDS, "socket_connect_timeout": _TIMEOUT_SECONDS}
    try:
        return client.from_url(url, **timeouts)
    except (ValueError, TypeError, AttributeError):
        url = ""  # it may hold a password, and a traceback may show this frame
    raise InvalidInputError("this is no URL of Redis: redis://host:6379/0, rediss://host:6379/0 or unix:///path")


def _encode(token: Token) -> str:
    return json.dumps(token.to_dict())


def _decode(content: bytes | str | None) -> Token | bool | None:
    """The token, None when there is none, False for what is no token."""
    if content is None:
        return None
    try:
        return Token.from_dict(json.loads(content))
    except (ValueError, RecursionError):
        return False


def _checked(token: Token | bool | None) -> Token | None:
    if isinstance(token, bool):
        raise _damaged()
    return token


def _explained(error: Exception) -> TokenStoreError:
    """Say what went wrong without the error's own words, which hold the address and may hold what was sent."""
    from redis import exceptions

    name = type(error).__name__
    match error:
        case UnicodeDecodeError():
            return _damaged()
        case exceptions.AuthenticationError() | exceptions.NoPermissionError():
            return TokenStoreError(f"Redis refuses the user or the password: {name}", hint="check both, and its rights")
        case exceptions.TimeoutError() | TimeoutError():
            return TokenStoreError(f"Redis did not answer in time: {name}", hint="check that it is up")
        case exceptions.ConnectionError() | OSError():
            return TokenStoreError(f"Redis cannot be reached: {name}", hint="check that it is up, and its address")
        case _:
            return TokenStoreError(f"Redis refuses to read or keep the token: {name}", hint="look into its log")


def _damaged() -> TokenStoreError:
    return TokenStoreError("what Redis holds in the token's place is no token", hint="clear() it and sign in again")


def _lost() -> TokenStoreError:
    return TokenStoreError(
        "the lock was lost before the token could be kept, and a newer one is stored",
        hint="call again, it is used then; if it happens often, give the store a larger lock_seconds=",
    )
