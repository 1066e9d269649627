"""Where tokens are kept between calls, processes and machines.

A store holds one token under one key: a person's, or an app's. `for_user` and `for_app` give the same store under another key.

| store | shared by | needs |
| --- | --- | --- |
| `MemoryTokenStore` | the clients of one process | nothing |
| `FileTokenStore` | the processes of one machine | nothing |
| `KeyringTokenStore` | the processes of one person on one machine | the extra `keyring` |
| `RedisTokenStore`, `AsyncRedisTokenStore` | many machines | the extra `redis` |
"""

from typing import TYPE_CHECKING, Any

from soundcloud.stores.base import AsyncTokenStore as AsyncTokenStore
from soundcloud.stores.base import Lease as Lease
from soundcloud.stores.base import LockingTokenStore as LockingTokenStore
from soundcloud.stores.base import TokenProvider as TokenProvider
from soundcloud.stores.base import TokenStore as TokenStore
from soundcloud.stores.file import FileTokenStore as FileTokenStore
from soundcloud.stores.memory import MemoryTokenStore as MemoryTokenStore

if TYPE_CHECKING:
    from soundcloud.stores.keyring import KeyringTokenStore as KeyringTokenStore
    from soundcloud.stores.redis import AsyncRedisTokenStore as AsyncRedisTokenStore
    from soundcloud.stores.redis import RedisTokenStore as RedisTokenStore

_EXTRAS = {
    "AsyncRedisTokenStore": "soundcloud.stores.redis",
    "KeyringTokenStore": "soundcloud.stores.keyring",
    "RedisTokenStore": "soundcloud.stores.redis",
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
        if name not in _EXTRAS:
            raise AttributeError(f"module 'soundcloud.stores' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_EXTRAS[name]), name)
