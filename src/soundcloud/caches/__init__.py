"""Where replies are kept, so that the same question is not asked twice within a minute.

A cache holds the replies to the reading calls of the namespaces, for each access token apart. SoundCloud's terms allow a
cache for a session, not an archive: keep `cache_ttl` short.

| cache | shared by | needs |
| --- | --- | --- |
| `MemoryCache` | the clients of one process | nothing |
| `RedisCache`, `AsyncRedisCache` | many processes | the extra `redis` |
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soundcloud.caches.base import AsyncCache as AsyncCache
    from soundcloud.caches.base import Cache as Cache
    from soundcloud.caches.memory import MemoryCache as MemoryCache
    from soundcloud.caches.redis import AsyncRedisCache as AsyncRedisCache
    from soundcloud.caches.redis import RedisCache as RedisCache

# Loaded when they are first used: a cache costs nothing to those who do not use it.
_HOMES = {
    "AsyncCache": "base",
    "AsyncRedisCache": "redis",
    "Cache": "base",
    "MemoryCache": "memory",
    "RedisCache": "redis",
}

__all__ = ["AsyncCache", "AsyncRedisCache", "Cache", "MemoryCache", "RedisCache"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'soundcloud.caches' has no attribute {name!r}")
        return getattr(import_module(f"soundcloud.caches.{_HOMES[name]}"), name)
