"""The response cache: read before a request, written after it, and invalidated by requests that change something."""

import logging
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs

from soundcloud._sync.steps.base import Call, Step
from soundcloud._callbacks import call_user_function, check_methods
from soundcloud._protocol.cache_entries import (
    FIRST_VERSION,
    STALE_TTLS,
    Entry,
    decode_entry,
    encode_entry,
    entry_key,
    is_cacheable,
    namespace_keys,
)
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.retry import SAFE_METHODS
from soundcloud._synchronization import shield
from soundcloud_api.types import UNSET

logger = logging.getLogger("soundcloud")


@attrs.define
class CacheLookup:
    """What the cache holds for a request.

    Attributes:
        key: The key of its response.
        entry: The stored response, or None.
        fresh: Whether the stored response is used without asking SoundCloud.
    """

    key: str
    entry: Entry | None
    fresh: bool


class ResponseCache:
    """Stores responses in a cache of the user's. An error of the cache is logged, and the call goes on without it.

    Args:
        cache: A cache of `soundcloud.caches` or one like it.
        ttl: Seconds for which a response is fresh.
        clock: Returns the time.
    """

    def __init__(self, cache: Any, ttl: float, clock: Callable[[], datetime]) -> None:
        check_methods("cache", cache, ("get", "set", "delete"), "MemoryCache()")
        self._cache, self._ttl, self._clock = cache, ttl, clock

    def replaced(self, cache: Any, ttl: float | None) -> "ResponseCache":
        """Return this cache with another cache of the user's unless it is UNSET, and with another `ttl` unless it is None."""
        other = self._cache if cache is UNSET else cache
        return ResponseCache(other, self._ttl if ttl is None else ttl, self._clock)

    def get(self, request: Request, token: str | None) -> CacheLookup:
        """Look up the response to a request."""
        versions = [self._namespace_version(key) for key in namespace_keys(request, token)]
        key = entry_key(request, token, versions)
        entry = decode_entry(key, self._run("get", key))
        fresh = entry is not None and 0 <= entry.fresh_until - self._clock().timestamp() <= self._ttl
        return CacheLookup(key, entry, fresh)

    def _namespace_version(self, key: str) -> str:
        value = self._run("get", key)
        return value.decode("ascii", "replace") if isinstance(value, bytes) else FIRST_VERSION

    def put(self, lookup: CacheLookup, response: Response) -> None:
        """Store a response if it may be stored."""
        value = encode_entry(lookup.key, response, self._clock().timestamp() + self._ttl)
        if value is not None:
            ttl = self._ttl * (STALE_TTLS if "etag" in response.headers else 1)
            self._run("set", lookup.key, value, ttl)

    def invalidate(self, request: Request, token: str | None) -> None:
        """Invalidate the responses that a request may have changed."""
        for key in namespace_keys(request, token):
            # Kept for as long as any response of the version before.
            self._run("set", key, os.urandom(8).hex().encode("ascii"), self._ttl * (STALE_TTLS + 1))

    def _run(self, name: str, *arguments: Any) -> Any:
        try:
            blocking = bool(getattr(self._cache, "blocking", False))
            return call_user_function(getattr(self._cache, name), *arguments, blocking=blocking)
        except Exception as error:  # user code: a failing cache must not fail the call
            logger.warning(
                "the cache failed to %s an entry (%s); the call goes on without it", name, type(error).__name__
            )
            return None


class CacheStep:
    """Answers a call from the cache, or runs the following step and stores its response.

    Args:
        following: The following step.
        cache: The cache.
    """

    def __init__(self, following: Step, cache: ResponseCache) -> None:
        self._following, self._cache = following, cache

    def __call__(self, call: Call) -> Response:
        """Return a fresh response of the cache, or that of the following step."""
        request, token = call.request, call.token
        if request.method not in SAFE_METHODS:
            try:
                return self._following(call)
            finally:
                shield(self._cache.invalidate, request, call.token)
        if not is_cacheable(request):
            return self._following(call)
        lookup = self._cache.get(request, token)
        stored = lookup.entry
        if stored is not None and lookup.fresh:
            call.span.cached = True
            response = call.span.response = stored.response()
            return response
        if stored is not None and "etag" in stored.headers:
            call.request = attrs.evolve(request, headers={**request.headers, "If-None-Match": stored.headers["etag"]})
        response = self._following(call)
        if response.status == 304 and stored is not None:
            call.span.cached = True
            response = call.span.response = stored.response()
        if call.token == token and not call.span.deduplicated:
            self._cache.put(lookup, response)
        return response
