"""Caches of responses.

A cache stores the responses to reads of the namespaces, separately for each access token. SoundCloud's terms allow a cache for
a session, not an archive: keep `cache_ttl` short.

| cache | shared by | needs |
| --- | --- | --- |
| `MemoryCache` | the clients of one process | nothing |
| `RedisCache`, `AsyncRedisCache` | several processes | the extra `redis` |
"""

from soundcloud.caches.base import AsyncCache, Cache
from soundcloud.caches.memory import MemoryCache
from soundcloud.caches.redis import AsyncRedisCache, RedisCache

__all__ = ["AsyncCache", "AsyncRedisCache", "Cache", "MemoryCache", "RedisCache"]
