"""How tokens lie in Redis: the keys, the scripts that change them, and what goes wrong.

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
from typing import Any, Self

from soundcloud._checks import check_type
from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.tokens import Token

PREFIX = "soundcloud:"
LOCK_SECONDS = 30.0

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


class Keys:
    """What both stores are: a client, and the keys of a token.

    Args:
        client: A client of redis-py.
        prefix: What the names of the keys begin with.
        lock_seconds: After how many seconds a lock is free again.
    """

    _client: Any

    def __init__(self, client: Any, *, prefix: str = PREFIX, lock_seconds: float = LOCK_SECONDS) -> None:
        self._errors = redis_errors()
        if not all(callable(getattr(client, name, None)) for name in ("get", "set", "eval")):
            raise InvalidInputError(
                f"client is of type {type(client).__name__}: give a client of redis-py, or use from_url"
            )
        check_type("prefix", prefix, str, repr(PREFIX))
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
        return (_WRITE, 2, self._token_key, self._numbers_key, number, encode(token))

    def _release(self, owner: str) -> tuple[Any, ...]:
        return (_RELEASE, 1, self._lock_key, owner)

    def _clear(self) -> tuple[Any, ...]:
        return (_CLEAR, 2, self._token_key, self._numbers_key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._prefix!r}>"


def redis_errors() -> tuple[type[Exception], ...]:
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


def encode(token: Token) -> str:
    """A token as it is kept."""
    return json.dumps(token.to_dict())


def decode(content: bytes | str | None) -> Token | bool | None:
    """The token, None when there is none, False for what is no token."""
    if content is None:
        return None
    try:
        return Token.from_dict(json.loads(content))
    except (ValueError, RecursionError):
        return False


def checked_token(token: Token | bool | None) -> Token | None:
    """The token that was read.

    Raises:
        TokenStoreError: What was there is no token.
    """
    if isinstance(token, bool):
        raise _damaged()
    return token


def explained(error: Exception) -> TokenStoreError:
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


def lost() -> TokenStoreError:
    """The error of a holder whose lock somebody else has, and who has written since."""
    return TokenStoreError(
        "the lock was lost before the token could be kept, and a newer one is stored",
        hint="call again, it is used then; if it happens often, give the store a larger lock_seconds=",
    )
