"""Where tokens are kept between calls, processes and machines.

A store holds one token under one key: a person's, or an app's. `for_user` and `for_app` give the same store under another key.

| store | shared by | needs |
| --- | --- | --- |
| `MemoryTokenStore` | the clients of one process | nothing |
| `FileTokenStore` | the processes of one machine | nothing |
| `KeyringTokenStore` | the processes of one person on one machine | the extra `keyring` |
| `RedisTokenStore`, `AsyncRedisTokenStore` | many machines | the extra `redis` |
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soundcloud.stores.base import AsyncTokenStore as AsyncTokenStore
    from soundcloud.stores.base import Lease as Lease
    from soundcloud.stores.base import LockingTokenStore as LockingTokenStore
    from soundcloud.stores.base import TokenProvider as TokenProvider
    from soundcloud.stores.base import TokenStore as TokenStore
    from soundcloud.stores.file import FileTokenStore as FileTokenStore
    from soundcloud.stores.keyring import KeyringTokenStore as KeyringTokenStore
    from soundcloud.stores.memory import MemoryTokenStore as MemoryTokenStore
    from soundcloud.stores.redis import AsyncRedisTokenStore as AsyncRedisTokenStore
    from soundcloud.stores.redis import RedisTokenStore as RedisTokenStore

# Loaded when they are first used: a store costs nothing to those who do not use it.
_HOMES = {
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
}

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

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'soundcloud.stores' has no attribute {name!r}")
        return getattr(import_module(f"soundcloud.stores.{_HOMES[name]}"), name)
