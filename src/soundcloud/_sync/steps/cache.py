"""The cache of a client: looked into before a call, written after it, and emptied of what a change touches."""

import logging
from collections.abc import Callable
from datetime import datetime
from secrets import token_hex
from typing import Any

import attrs

from soundcloud._protocol.cache_entries import (
    FIRST_GENERATION,
    STALE_TTLS,
    Entry,
    decode,
    encode,
    entry_key,
    generation_keys,
)
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._synchronization import check_methods, invoke

logger = logging.getLogger("soundcloud")


@attrs.define
class Lookup:
    """What the cache knows of a call.

    Args:
        key: The key of its reply.
        entry: The reply that is kept, or None.
        fresh: Whether that is used as it is; else it is asked whether it is still right.
    """

    key: str
    entry: Entry | None
    fresh: bool


class Caching:
    """The cache of a client. It fails quietly: without it a call costs more, and goes on.

    Args:
        cache: Where replies are kept.
        ttl: Seconds for which they are fresh.
        clock: Tells the time.
    """

    def __init__(self, cache: Any, ttl: float, clock: Callable[[], datetime]) -> None:
        check_methods("cache", cache, ("get", "set", "delete"), "MemoryCache()")
        self._cache, self._ttl, self._clock = cache, ttl, clock

    def find(self, request: Request, token: str | None) -> Lookup:
        """Look for the reply to a call."""
        generations = [self._generation(key) for key in generation_keys(request, token)]
        key = entry_key(request, token, generations)
        entry = decode(key, self._ask("get", key))
        fresh = entry is not None and 0 <= entry.fresh_until - self._clock().timestamp() <= self._ttl
        return Lookup(key, entry, fresh)

    def _generation(self, key: str) -> str:
        value = self._ask("get", key)
        return value.decode("ascii", "replace") if isinstance(value, bytes) else FIRST_GENERATION

    def keep(self, lookup: Lookup, response: Response) -> None:
        """Keep the reply to a call, if it is one to keep."""
        value = encode(lookup.key, response, self._clock().timestamp() + self._ttl)
        if value is not None:
            self._ask("set", lookup.key, value, self._ttl * (STALE_TTLS if "etag" in response.headers else 1))

    def forget(self, request: Request, token: str | None) -> None:
        """Let nobody find what a call that changed something has touched."""
        for key in generation_keys(request, token):
            # Kept for as long as any reply of the generation before.
            self._ask("set", key, token_hex(8).encode("ascii"), self._ttl * (STALE_TTLS + 1))

    def _ask(self, name: str, *arguments: Any) -> Any:
        try:
            blocking = bool(getattr(self._cache, "blocking", False))
            return invoke(getattr(self._cache, name), *arguments, blocking=blocking)
        except Exception as error:
            logger.warning(
                "the cache failed to %s an entry (%s); the call goes on without it", name, type(error).__name__
            )
            return None
