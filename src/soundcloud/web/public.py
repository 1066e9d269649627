"""Reads for visitors who are not signed in: with the app's token, a cache, and a limit per visitor."""

import logging
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from math import ceil
from typing import Any

import attrs
from starlette.exceptions import HTTPException

from soundcloud import AsyncSoundCloudClient
from soundcloud._callbacks import async_check_methods
from soundcloud._concurrency import AsyncPerScope
from soundcloud._protocol.printable import to_printable
from soundcloud._protocol.validation import check_seconds
from soundcloud.caches import MemoryCache
from soundcloud.caches.base import AsyncAnyCache
from soundcloud.errors import InvalidInputError, MissingTokenError, UnauthorizedError
from soundcloud.stores.base import LockingTokenStore
from soundcloud.web.limits import VisitorLimit
from soundcloud.web.proxy import AllowList
from soundcloud_api.types import Operation

# The secret of a share link would make everything private readable through this server.
_HIDDEN = ("secret_token",)
# No user has this URN, so that the client finds no user's token and takes the app's.
_VISITOR = "visitor"

logger = logging.getLogger("soundcloud.web")


@attrs.define
class _SharedClient:
    """The client of the requests of one event loop that run now. Identical requests are sent once."""

    client: AsyncSoundCloudClient | None = None
    requests: int = 0


class PublicReads:
    """Reads API paths with the app's token.

    Args:
        paths: The path templates that visitors may read.
        client_factory: Returns a client for a token store.
        token_store: The store of all tokens.
        cache: The cache of the responses; default a `MemoryCache`.
        seconds: Seconds for which a response is cached.
        per_minute: The number of requests per minute and visitor.
        clock: Returns the time in seconds.
    """

    def __init__(
        self,
        paths: Iterable[str],
        *,
        client_factory: Callable[[Any], AsyncSoundCloudClient],
        token_store: LockingTokenStore,
        cache: AsyncAnyCache | None,
        seconds: float,
        per_minute: int,
        clock: Callable[[], float],
    ) -> None:
        self.allowed = AllowList(paths, setting="public", hidden=_HIDDEN)
        for path in self.allowed:
            if f"{path}/".startswith("/me/"):
                raise InvalidInputError(
                    f"public: {path!r} is the data of a signed-in user, which visitors do not have",
                    hint="list the path in api= instead",
                )
        if per_minute.__class__ is not int or per_minute < 1:
            raise InvalidInputError(f"public_limit={per_minute!r}: pass the requests per minute, 1 or more")
        async_check_methods("public_cache", cache, ("get", "set", "delete"), "MemoryCache()")
        self.seconds = check_seconds("public_ttl", seconds)
        self._cache = MemoryCache() if cache is None else cache
        self._limit = VisitorLimit(per_minute, clock)
        self._client_factory, self._token_store = client_factory, token_store
        self._shared: AsyncPerScope[_SharedClient] = AsyncPerScope(_SharedClient)

    async def read(self, operation: Operation[Any], visitor: str) -> Any:
        """Return the data of an operation.

        Args:
            operation: The operation.
            visitor: What the limit counts by: a session or an address.

        Raises:
            HTTPException: The visitor has sent too many requests, or SoundCloud rejected the app's token.
            SoundCloudError: SoundCloud rejected the request.
        """
        if wait := self._limit.acquire(visitor):
            seconds = ceil(wait)
            detail = f"wait {seconds} second{'s' if seconds > 1 else ''} and try again"
            raise HTTPException(429, detail, {"Retry-After": str(seconds)})
        try:
            async with self._client() as client:
                return await client.send(operation)
        except (MissingTokenError, UnauthorizedError) as error:
            # A 401 would ask the visitor to sign in, which does not help.
            logger.error("a visitor's request failed: %s", to_printable(str(error)))
            raise HTTPException(500, "SoundCloud rejected the token of this app") from error

    @asynccontextmanager
    async def _client(self) -> AsyncGenerator[AsyncSoundCloudClient]:
        shared = self._shared.get()
        if shared.client is None:
            shared.client = self._client_factory(self._token_store.for_user(_VISITOR))
        shared.requests += 1
        try:
            yield shared.client.with_options(cache=self._cache, cache_ttl=self.seconds)
        finally:
            shared.requests -= 1
            if not shared.requests:
                client, shared.client = shared.client, None
                await client.aclose()
