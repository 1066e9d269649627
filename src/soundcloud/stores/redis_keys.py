"""Keys, scripts and errors of the token stores in Redis.

A token has three keys. They share a hash tag, so that Redis Cluster stores them in one slot:

| key | value |
| --- | --- |
| `soundcloud:{user:ada}:token` | the token as JSON |
| `soundcloud:{user:ada}:lock` | the holder of the lock; expires after `lock_seconds` |
| `soundcloud:{user:ada}:numbers` | the fencing numbers of the last holder and of the last writer |

A holder does not notice that its lock expired. So each holder has a fencing number higher than all before. If a later holder has
written, the store refuses the write of an earlier one, and the newer token stays.
"""

import math
from typing import Any, Self

from soundcloud._redis import RedisStorage, milliseconds
from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.stores.base import KeyedStore, encode
from soundcloud.tokens import Token

PREFIX = "soundcloud:"
LOCK_SECONDS = 30.0
_TIMEOUT_SECONDS = 10.0

# The owner may find its own lock, as redis-py repeats a command whose response was lost.
# The number is above both numbers, so that an evicted counter does not restart below the last writer.
_ACQUIRE = """
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

# The numbers expire a day later: until then a write of an old holder is refused, then nothing of the user is left.
_CLEAR = """
redis.call('EXPIRE', KEYS[2], 86400)
return redis.call('DEL', KEYS[1])
"""


class Keys(RedisStorage, KeyedStore):
    """The keys of a token, and the arguments of the scripts that change them."""

    _commands = ("get", "set", "eval")

    def __init__(self, client: Any, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS) -> None:
        super().__init__(client, prefix)
        if not isinstance(lock_seconds, int | float) or not math.isfinite(lock_seconds) or lock_seconds <= 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"lock_seconds={lock_seconds!r}: pass seconds, more than 0")
        self._lock_seconds = lock_seconds
        errors = self._redis.exceptions
        # A client with decode_responses fails on a value that is not UTF-8.
        self._errors = (errors.RedisError, errors.RedisClusterException, OSError, UnicodeDecodeError)

    @classmethod
    def from_url(cls, url: str, *, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS) -> Self:
        """Create a store with its own client, which has a timeout of 10 seconds; `close` or `aclose` closes it.

        Args:
            url: The URL of Redis: `redis://`, `rediss://` (TLS) or `unix://`, with options of redis-py as a query.
            prefix: The prefix of the keys; default `soundcloud:`.
            lock_seconds: Seconds until a lock expires; default 30.

        Example:
            >>> store = RedisTokenStore.from_url("rediss://:password@redis.example.com:6379/0")
        """
        return cls(cls._connect(url, _TIMEOUT_SECONDS), prefix=prefix, lock_seconds=lock_seconds)

    def _key_of(self, part: str) -> str:
        return f"{self._prefix}{{{self._key}}}:{part}"

    def _acquire(self, owner: str) -> tuple[Any, ...]:
        return (_ACQUIRE, 2, self._key_of("lock"), self._key_of("numbers"), owner, milliseconds(self._lock_seconds))

    def _write(self, number: int, token: Token) -> tuple[Any, ...]:
        return (_WRITE, 2, self._key_of("token"), self._key_of("numbers"), number, encode(token))

    def _release(self, owner: str) -> tuple[Any, ...]:
        return (_RELEASE, 1, self._key_of("lock"), owner)

    def _clear(self) -> tuple[Any, ...]:
        return (_CLEAR, 2, self._key_of("token"), self._key_of("numbers"))


def check_token(token: Token | bool | None) -> Token | None:
    """Return a result of `decode`, or raise an error if it is not a token."""
    if isinstance(token, bool):
        raise _damaged()
    return token


def store_error(error: Exception) -> TokenStoreError:
    """Map an error of redis-py without its message, which contains the URL and may contain the token."""
    from redis import exceptions

    name = type(error).__name__
    match error:
        case UnicodeDecodeError():
            return _damaged()
        case exceptions.AuthenticationError() | exceptions.NoPermissionError():
            return TokenStoreError(
                f"Redis refused the user or the password: {name}", hint="check both, and the user's permissions"
            )
        case exceptions.TimeoutError() | TimeoutError():
            return TokenStoreError(f"Redis did not answer in time: {name}", hint="check that it is running")
        case exceptions.ConnectionError() | OSError():
            return TokenStoreError(f"Redis cannot be reached: {name}", hint="check that it is running, and the URL")
        case _:
            return TokenStoreError(f"Redis refused to read or store the token: {name}", hint="check the log of Redis")


def _damaged() -> TokenStoreError:
    return TokenStoreError("the value in Redis is not a token", hint="call clear() and sign in again")


def lock_lost() -> TokenStoreError:
    """Return the error of a holder whose lock expired before its write, after the next holder has written."""
    return TokenStoreError(
        "the lock expired before the token was stored, and another process has stored a newer token",
        hint="repeat the request, which uses the newer token; if this happens often, set a larger lock_seconds=",
    )
