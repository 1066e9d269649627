"""The base class of the token stores, caches and session store in Redis."""

from importlib import import_module
from typing import Any, ClassVar

from soundcloud._checks import check_type
from soundcloud.errors import InvalidInputError, SoundCloudError, TokenStoreError


def milliseconds(seconds: float) -> int:
    """Return the expiry of a key, at least 1 ms: Redis refuses 0."""
    return max(1, round(seconds * 1000))


class RedisStorage:
    """Holds a client of redis-py and the prefix of its keys."""

    _is_async: ClassVar[bool]
    _other_kind: ClassVar[str | None] = None
    _commands: ClassVar[tuple[str, ...]] = ("get", "set")
    _import_error: ClassVar[type[SoundCloudError]] = TokenStoreError

    def __init__(self, client: Any, prefix: str) -> None:
        self._redis = self._import()
        if not all(callable(getattr(client, name, None)) for name in self._commands):
            raise InvalidInputError(
                f"client is of type {type(client).__name__}: pass a client of redis-py, or use from_url"
            )
        wrong = self._redis if self._is_async else self._redis.asyncio
        if isinstance(client, wrong.Redis | wrong.RedisCluster):
            kind, right = ("sync", "redis.asyncio.Redis") if self._is_async else ("async", "redis.Redis")
            instead = f"{self._other_kind}, or {right}" if self._other_kind else right
            raise InvalidInputError(f"client is {kind}: use {instead}")
        self._client, self._prefix = client, check_type("prefix", prefix, str, "'soundcloud:'")

    @classmethod
    def _import(cls) -> Any:
        """Import redis-py, or raise an error that says how to install it."""
        try:
            redis = import_module("redis")
            import_module("redis.asyncio")
        except ImportError:
            raise cls._import_error(f"{cls.__name__} needs redis-py: pip install 'soundcloud-sdk[redis]'") from None
        return redis

    @classmethod
    def _connect(cls, url: str, seconds: float) -> Any:
        """Create a client with a timeout for connecting and for each command; nothing is sent yet."""
        redis = cls._import()
        client_class = redis.asyncio.Redis if cls._is_async else redis.Redis
        try:
            return client_class.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds)
        except (ValueError, TypeError, AttributeError):
            url = ""  # it may hold a password, and a traceback may show this frame
        raise InvalidInputError(
            "this is not a Redis URL: use redis://host:6379/0, rediss://host:6379/0 or unix:///path"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._prefix!r}>"
