"""Token stores, which keep tokens across requests, processes and machines.

A store object reads and writes one token, under the key of a user or of an app. `for_user` and `for_app` return a store object with
another key.

| store | shared by | needs |
| --- | --- | --- |
| `MemoryTokenStore` | the clients of one process | nothing |
| `FileTokenStore` | the processes of one machine | nothing |
| `KeyringTokenStore` | the processes of one user account of one machine | the extra `keyring` |
| `RedisTokenStore`, `AsyncRedisTokenStore` | several machines | the extra `redis` |
"""

from typing import TYPE_CHECKING

from soundcloud_api.imports import lazy_names

if TYPE_CHECKING:
    from soundcloud.stores.base import AsyncTokenStore, Lease, LockingTokenStore, TokenProvider, TokenStore
    from soundcloud.stores.file import FileTokenStore
    from soundcloud.stores.keyring import KeyringTokenStore
    from soundcloud.stores.memory import MemoryTokenStore
    from soundcloud.stores.redis import AsyncRedisTokenStore, RedisTokenStore
else:
    lazy_names(
        __name__,
        {
            "AsyncRedisTokenStore": "redis",
            "AsyncTokenStore": "base",
            "FileTokenStore": "file",
            "KeyringTokenStore": "keyring",
            "Lease": "base",
            "LockingTokenStore": "base",
            "MemoryTokenStore": "memory",
            "RedisTokenStore": "redis",
            "TokenProvider": "base",
            "TokenStore": "base",
        },
    )

__all__ = [
    "AsyncRedisTokenStore",
    "AsyncTokenStore",
    "FileTokenStore",
    "KeyringTokenStore",
    "Lease",
    "LockingTokenStore",
    "MemoryTokenStore",
    "RedisTokenStore",
    "TokenProvider",
    "TokenStore",
]
