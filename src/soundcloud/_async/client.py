"""The client: settings, token, namespaces, and the methods outside the namespaces."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack, cast, overload

from attrs import evolve

from soundcloud._async.pages import AsyncItems, AsyncPage, AsyncPages, check_owner
from soundcloud._async.pipeline import CACHE_TTL, AsyncPipeline
from soundcloud._async.steps.cache import AsyncResponseCache
from soundcloud._async.steps.send import AsyncSendStep, AsyncTokenRequests
from soundcloud._async.token_manager import AsyncTokenManager, utc_now
from soundcloud._callbacks import async_check_callback, async_check_methods
from soundcloud._capture import capture_responses
from soundcloud._checks import check_type
from soundcloud._closing import AsyncClosing
from soundcloud._deadline import DEFAULT_TIMEOUT
from soundcloud._instrumentation import Hooks
from soundcloud._lazy_page import async_is_lazy
from soundcloud._protocol.environment import environment_settings, masked_settings
from soundcloud._protocol.hand_written import build_page_request, check_operation
from soundcloud._protocol.http.headers import check_token_value
from soundcloud._protocol.http.request_options import apply_options, read_headers
from soundcloud._protocol.http.urls import WEB, check_origin_url
from soundcloud._protocol.secrets import masked
from soundcloud._protocol.token_lifecycle import UNKNOWN
from soundcloud._protocol.validation import check_max_items, check_seconds, repr_value
from soundcloud._transport._async.selector import AsyncTransportSelector
from soundcloud._transport.tls import Verify
from soundcloud._version import __version__
from soundcloud._wire_log import configure_log
from soundcloud.errors import InvalidInputError
from soundcloud.options import LONGEST_SECONDS, Limits, RequestOptions, Retry, Timeout, as_timeout
from soundcloud.tokens import Token
from soundcloud_api.imports import IMPORT_LOCK
from soundcloud_api.types import UNSET, Operation, UnsetType

if not TYPE_CHECKING:  # to type checkers and documentation tools it is a cached property
    from soundcloud._concurrency import namespace
else:
    from functools import cached_property as namespace

    import httpx
    import httpx2

    from soundcloud._async.batching import AsyncBatches
    from soundcloud._async.namespaces.auth import AsyncAuthNamespace
    from soundcloud._async.namespaces.likes import AsyncLikesNamespace
    from soundcloud._async.namespaces.me import AsyncMeNamespace
    from soundcloud._async.namespaces.playlists import AsyncPlaylistsNamespace
    from soundcloud._async.namespaces.raw import AsyncRawNamespace
    from soundcloud._async.namespaces.reposts import AsyncRepostsNamespace
    from soundcloud._async.namespaces.resolve import AsyncResolveNamespace
    from soundcloud._async.namespaces.search import AsyncSearchNamespace
    from soundcloud._async.namespaces.tracks import AsyncTracksNamespace
    from soundcloud._async.namespaces.users import AsyncUsersNamespace
    from soundcloud.caches.base import AsyncAnyCache
    from soundcloud.events import EventHook, RequestHook, RetryHook
    from soundcloud.responses import ResponseInfo
    from soundcloud.results import Outcome
    from soundcloud.stores.base import AsyncAnyTokenStore, TokenProvider


T = TypeVar("T")
V = TypeVar("V")


class AsyncClientSettings(TypedDict, total=False):
    """The keyword arguments of `AsyncSoundCloudClient`; all are optional.

    It is the type of the keyword arguments of a function that passes them on to the client, as `from_env` does.

    Example:
        >>> def make_client(**settings: Unpack[AsyncClientSettings]) -> AsyncSoundCloudClient:
        ...     return AsyncSoundCloudClient(**settings)
    """

    client_id: str | None
    client_secret: str | None
    redirect_uri: str | None
    access_token: str | None
    refresh_token: str | None
    token_store: AsyncAnyTokenStore | str | PathLike[str] | None
    token_provider: TokenProvider | None
    on_token_refresh: Callable[[AsyncSoundCloudClient], Token | Awaitable[Token]] | None
    on_token_stored: Callable[[Token], object] | None
    leeway: float
    clock: Callable[[], datetime]
    base_url: str
    auth_url: str
    web_url: str
    timeout: float | Timeout
    retry: Retry | None
    max_retries: int | None
    retry_base_delay: float | None
    retry_writes: bool | None
    dedupe: bool
    cache: AsyncAnyCache | None
    cache_ttl: float
    user_agent: str | None
    default_headers: Mapping[str, str] | None
    http_client: httpx.AsyncClient | httpx2.AsyncClient | None
    transport: httpx.AsyncBaseTransport | httpx2.AsyncBaseTransport | None
    proxy: str | None
    verify: Verify
    limits: Limits | None
    max_response_bytes: int
    keep_raw: bool
    on_event: EventHook | None
    on_request: RequestHook | None
    on_retry: RetryHook | None


class AsyncSoundCloudClient(AsyncClosing):
    """A client of the SoundCloud API.

    Args:
        client_id: The id of the app; needed to sign users in, to refresh tokens and to obtain app tokens.
        client_secret: The secret of the app; needed like `client_id`.
        redirect_uri: The redirect URI of the app, exactly as it is registered; needed to sign users in.
        access_token: The access token; `set_token` replaces it. If neither this argument nor the store has a token, the client
            obtains an app token and puts it in the store.
        refresh_token: The refresh token. The client exchanges it for new tokens when the access token expires or is rejected.
            The client uses `access_token` and `refresh_token` only while the store holds no token; `set_token` replaces a
            stored one.
        token_store: Where tokens are stored and shared: a store of `soundcloud.stores`, or a path for a `FileTokenStore`;
            default memory.
        token_provider: An object that manages the tokens in place of the store, see `soundcloud.stores.TokenProvider`.
        on_token_refresh: Takes the client and returns a new `Token`, in place of the client's own refresh.
        on_token_stored: Receives every `Token` after it was stored.
        leeway: Seconds before its expiry at which a token counts as expired; default 60.
        clock: Returns the time as an aware datetime; for tests.
        base_url: The origin of the API. A sandbox has its own.
        auth_url: The origin of the sign-in page and of the token endpoint.
        web_url: The origin of soundcloud.com, for oEmbed; requests to it carry no token. A sandbox has its own.
        timeout: Seconds to wait for a connection and for each part of a response; default 30. Pass a `Timeout` for more.
        retry: The retry policy, a `Retry`. Instead of it you can pass `max_retries`, default 3, `retry_base_delay`, default
            1 second, and `retry_writes`, default False.
        max_retries: See `retry`.
        retry_base_delay: See `retry`.
        retry_writes: See `retry`.
        dedupe: Whether identical reads that are in flight at the same time are sent once; default True.
        cache: Where responses of reading methods are stored: a cache of `soundcloud.caches`; default none.
        cache_ttl: Seconds for which a stored response is fresh; default 60.
        user_agent: The User-Agent header; default the name and version of this package.
        default_headers: Headers to send with every request to the API, but not to the token endpoint and to other hosts.
            Headers that the client sets itself are refused; `extra_headers=` of a method replaces those of the same name.
        http_client: A client of httpx or httpx2 to send requests with; close it yourself. Its headers, cookies, params and
            event hooks apply, and its timeouts unless `timeout` is set. It must not have `auth=`.
        transport: A transport of httpx or httpx2 to send with.
        proxy: The URL of an HTTP or SOCKS proxy; default that of the environment.
        verify: Whether to verify server certificates, default True; or a file or folder of certificates to trust; or an
            `ssl.SSLContext`.
        limits: The maximum numbers of connections, see `Limits`.
        max_response_bytes: The maximum size of a response; default 50 million bytes.
        keep_raw: Whether models keep the JSON that they were decoded from, for `raw` and `extra`; default True. The models of a
            page share its JSON, so that one of them keeps the whole page in memory. To avoid this, pass False, or call
            `detach()` of the model.
        on_event: Receives the events of `soundcloud.events`.
        on_request: Receives a `RequestTelemetry` of every call that ended.
        on_retry: Receives a `RetryInfo` before every wait for another attempt.
        engine: Removed; a value raises `InvalidInputError`.

    Raises:
        InvalidInputError: A setting is wrong.

    Example:
        >>> async with AsyncSoundCloudClient(access_token="...") as client:
        ...     track = await client.tracks.get_track(308946187)
        ...     print(track.title)

    Source:
        https://developers.soundcloud.com/docs/api/guide
    """

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uri: str | None = None,
        *,
        access_token: str | None = None,
        refresh_token: str | None = None,
        token_store: AsyncAnyTokenStore | str | PathLike[str] | None = None,
        token_provider: TokenProvider | None = None,
        on_token_refresh: Callable[[AsyncSoundCloudClient], Token | Awaitable[Token]] | None = None,
        on_token_stored: Callable[[Token], object] | None = None,
        leeway: float = 60.0,
        clock: Callable[[], datetime] = utc_now,
        base_url: str = "https://api.soundcloud.com",
        auth_url: str = "https://secure.soundcloud.com",
        web_url: str = WEB,
        timeout: float | Timeout = DEFAULT_TIMEOUT,
        retry: Retry | None = None,
        max_retries: int | None = None,
        retry_base_delay: float | None = None,
        retry_writes: bool | None = None,
        dedupe: bool = True,
        cache: AsyncAnyCache | None = None,
        cache_ttl: float = CACHE_TTL,
        user_agent: str | None = None,
        default_headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient | httpx2.AsyncClient | None = None,
        transport: httpx.AsyncBaseTransport | httpx2.AsyncBaseTransport | None = None,
        proxy: str | None = None,
        verify: Verify = True,
        limits: Limits | None = None,
        max_response_bytes: int = 50_000_000,
        keep_raw: bool = True,
        on_event: EventHook | None = None,
        on_request: RequestHook | None = None,
        on_retry: RetryHook | None = None,
        engine: None = None,
    ) -> None:
        """Check the settings; nothing is sent."""
        configure_log(os.environ.get("SOUNDCLOUD_LOG"))
        # The frame of this method is in the traceback of an error about any setting.
        client_secret, access_token = masked(client_secret), masked(access_token)
        refresh_token, default_headers = masked(refresh_token), read_headers("default_headers", default_headers)
        if engine is not None:  # pyright: ignore[reportUnnecessaryComparison]
            raise InvalidInputError(
                f"engine={engine!r} was removed: leave it out, or pass transport= or http_client= to send through another library"
            )
        base_url, auth_url = check_origin_url("base_url", base_url), check_origin_url("auth_url", auth_url)
        web_url = check_origin_url("web_url", web_url)
        retry = _retry(Retry(), retry, max_retries, retry_base_delay, retry_writes)
        ttl = check_seconds("cache_ttl", cache_ttl)
        hooks, timeouts = Hooks(on_event, on_request, on_retry), as_timeout(timeout)
        sender = AsyncSendStep(
            AsyncTransportSelector(
                (base_url, auth_url, web_url),
                http_client=http_client,
                transport=transport,
                limits=check_type(
                    "limits", Limits() if limits is None else limits, Limits, "Limits(max_connections=20)"
                ),
                proxy=proxy,
                verify=verify,
            ),
            base_url=base_url,
            auth_url=auth_url,
            user_agent=user_agent or f"soundcloud-sdk/{__version__}",
            max_response_bytes=max_response_bytes,
            timeout=timeouts,
        )
        if token_provider is not None and (token_store is not None or access_token is not None):
            raise InvalidInputError(
                "pass token_provider= alone: it manages the tokens, so no store and no access_token are needed"
            )
        if isinstance(leeway, bool) or not isinstance(leeway, int | float) or not 0 <= leeway <= LONGEST_SECONDS:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"leeway={leeway!r}: pass seconds, 0 or more, up to 1,000,000,000")
        async_check_callback("on_token_refresh", on_token_refresh)
        provided = ("get_access_token", "set_tokens", "refresh_if_needed")
        async_check_methods("token_provider", token_provider, provided, "a TokenProvider")
        if isinstance(token_store, str | PathLike):
            from soundcloud.stores.file import FileTokenStore

            token_store = FileTokenStore(token_store)
        token_manager = AsyncTokenManager(
            auth_url=auth_url,
            send=AsyncTokenRequests(sender, hooks),
            emit=hooks.emit,
            client_id=client_id,
            client_secret=client_secret,
            redirect_uri=redirect_uri,
            store=token_store,
            provider=token_provider,
            refresh_provider=None if token_provider is None else partial(token_provider.refresh_if_needed, self),
            on_refresh=None if on_token_refresh is None else partial(on_token_refresh, self),
            on_stored=on_token_stored,
            leeway=timedelta(seconds=leeway),
            clock=clock,
            token=_first_token(access_token, refresh_token),
        )
        self._pipeline = AsyncPipeline(
            base_url,
            auth_url,
            web_url,
            hooks,
            token_manager,
            timeouts,
            retry,
            check_type("dedupe", dedupe, bool, "dedupe=False"),
            None if cache is None else AsyncResponseCache(cache, ttl, clock),
            check_type("keep_raw", keep_raw, bool, "keep_raw=False"),
            sender,
            default_headers,
        )

    @classmethod
    def from_env(cls, **settings: Unpack[AsyncClientSettings]) -> Self:
        """Create a client from the environment.

        It reads `SOUNDCLOUD_CLIENT_ID`, `SOUNDCLOUD_CLIENT_SECRET`, `SOUNDCLOUD_REDIRECT_URI`, `SOUNDCLOUD_ACCESS_TOKEN`,
        `SOUNDCLOUD_REFRESH_TOKEN` and `SOUNDCLOUD_TOKEN_FILE`; for a sandbox `SOUNDCLOUD_API_URL`, `SOUNDCLOUD_AUTH_URL` and
        `SOUNDCLOUD_WEB_URL` too.

        Args:
            settings: Arguments of the client, see `AsyncClientSettings`; they take precedence over the environment.

        Returns:
            The client.

        Raises:
            InvalidInputError: A setting is wrong.

        Example:
            >>> client = AsyncSoundCloudClient.from_env(timeout=10)

        Source:
            https://developers.soundcloud.com/docs/api/guide#authentication
        """
        given = masked_settings({**environment_settings(os.environ), **settings})
        settings = cast("AsyncClientSettings", given)  # masked here too, as this frame is in tracebacks
        return cls(**settings)

    async def __aenter__(self) -> Self:
        self._pipeline.check_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Later calls raise `ClosedClientError`. It can be called twice."""
        await self._pipeline.aclose()

    def __repr__(self) -> str:
        if "_pipeline" not in self.__dict__:  # a traceback shows the client whose setting is wrong
            return f"<{type(self).__name__}, not initialized>"
        token = "with" if self.access_token else "without"
        return f"<{type(self).__name__} of {self._pipeline.base_url}, {token} a token>"

    @property
    def access_token(self) -> str | None:
        """The access token, or None if there is none yet."""
        token = self._pipeline.token_manager.token
        return None if token is None or token.access_token == UNKNOWN else token.access_token

    @property
    def refresh_token(self) -> str | None:
        """The refresh token, or None."""
        token = self._pipeline.token_manager.token
        return None if token is None else token.refresh_token

    async def set_token(self, access_token: str | Token, refresh_token: str | None = None) -> None:
        """Store a token and use it from now on.

        Args:
            access_token: The access token, or a `Token` that a method of `auth` returned.
            refresh_token: The refresh token that belongs to it; default None, for that of a `Token`. Without one, the client
                deletes the old refresh token.

        Raises:
            InvalidInputError: The token is empty, holds a line break, or begins with "OAuth" or "Bearer".
            TokenStoreError: The token cannot be stored.
        """
        token = access_token if isinstance(access_token, Token) else Token(access_token)
        if refresh_token is not None:
            token = evolve(token, refresh_token=refresh_token)
        del access_token, refresh_token  # so that no traceback with local variables shows them
        if not token.access_token:
            raise InvalidInputError("the access token is empty: to remove the token call clear_token()")
        check_token_value("access_token", token.access_token)
        await self._pipeline.token_manager.set(token)

    async def clear_token(self) -> None:
        """Delete the tokens from the client and its store.

        SoundCloud still accepts them; use `auth.sign_out` to end the session.
        """
        await self._pipeline.token_manager.clear()

    def with_options(
        self,
        *,
        timeout: float | Timeout | None = None,
        retry: Retry | None = None,
        max_retries: int | None = None,
        retry_base_delay: float | None = None,
        retry_writes: bool | None = None,
        dedupe: bool | None = None,
        cache: AsyncAnyCache | UnsetType | None = UNSET,
        cache_ttl: float | None = None,
        user_agent: str | None = None,
        default_headers: Mapping[str, str] | UnsetType | None = UNSET,
        max_response_bytes: int | None = None,
        keep_raw: bool | None = None,
        on_event: EventHook | UnsetType | None = UNSET,
        on_request: RequestHook | UnsetType | None = UNSET,
        on_retry: RetryHook | UnsetType | None = UNSET,
    ) -> Self:
        """Return a copy of the client with other settings; connections, tokens, cache and requests in flight are shared.

        A setting that is not given stays as it is. The app, the tokens, the servers and the connections cannot be changed.

        Args:
            timeout: Seconds for each phase, or a `Timeout`.
            retry: The retry policy, a `Retry`. Instead of it you can pass the next three, which change parts of the policy.
            max_retries: Attempts after the first, 0 or more; 0 for a single attempt.
            retry_base_delay: Upper limit of the first wait in seconds.
            retry_writes: Whether writes are retried like reads.
            dedupe: Whether identical calls in flight are sent once.
            cache: Another cache; None to bypass the cache.
            cache_ttl: Seconds for which a stored response is fresh.
            user_agent: The User-Agent header.
            default_headers: Headers to send with every request to the API, in place of those of the client; None for none.
            max_response_bytes: The maximum size of a response.
            keep_raw: Whether objects know the JSON that they were decoded from.
            on_event: Receives the events of the copy's calls; None for no hook. The events of a token refresh still go to the
                original client.
            on_request: Receives a `RequestTelemetry` of every call of the copy that ended; None for no hook.
            on_retry: Receives a `RetryInfo` before every wait of the copy; None for no hook.

        Returns:
            The copy. Closing it or the original closes both.

        Raises:
            InvalidInputError: A setting is wrong.

        Example:
            >>> track = await client.with_options(timeout=Timeout(total=5), cache=None).tracks.get_track(308946187)
        """
        pipeline = self._pipeline
        options: dict[str, Any] = {"retry": _retry(pipeline.retry, retry, max_retries, retry_base_delay, retry_writes)}
        if timeout is not None:
            options["timeout"] = as_timeout(timeout)
        if dedupe is not None:
            options["dedupe"] = check_type("dedupe", dedupe, bool, "dedupe=False")
        if user_agent is not None:
            options["user_agent"] = user_agent
        if max_response_bytes is not None:
            options["max_response_bytes"] = max_response_bytes
        if keep_raw is not None:
            options["keep_raw"] = check_type("keep_raw", keep_raw, bool, "keep_raw=False")
        if default_headers is not UNSET:
            options["default_headers"] = read_headers("default_headers", default_headers)
        ttl = None if cache_ttl is None else check_seconds("cache_ttl", cache_ttl)
        if cache is not UNSET or ttl is not None:
            options["cache"] = pipeline.other_cache(cache, ttl)
        if (on_event, on_request, on_retry) != (UNSET, UNSET, UNSET):
            options["hooks"] = pipeline.hooks.replaced(on_event, on_request, on_retry)
        other = object.__new__(type(self))
        other._pipeline = pipeline.with_options(**options)
        return other

    def capture_responses(self) -> AbstractContextManager[list[ResponseInfo]]:
        """Record the responses of this client in a `with` block: status, headers, request id and rate limit.

        Each call adds its last response, whatever its status. The block records its own calls, those of `map`, and those of tasks
        that it starts. It records a thread only if the thread runs in a copy of its context, as with `asyncio.to_thread`. It does
        not record `client.raw` and requests for tokens.

        Returns:
            A context manager whose value is the list of responses, in the order in which they arrived.

        Example:
            >>> with client.capture_responses() as responses:
            ...     track = await client.tracks.get_track(308946187)
            >>> print(responses[-1].status, responses[-1].request_id)
            200 None
        """
        return capture_responses(self._pipeline.state)

    async def send(self, operation: Operation[T], *, token: str | None = None, **options: Unpack[RequestOptions]) -> T:
        """Send an operation that the namespaces do not have, and return its typed response.

        Args:
            operation: The return value of a function of `soundcloud_api.api`, or a `soundcloud_api.types.Operation` that you made.
                It names the type of the response: a model, `Any` for plain JSON values, or None to ignore the body.
            token: The access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The decoded response; its type is that of the operation.

        Raises:
            InvalidInputError: The operation is not one, or its path is not one of the API; nothing was sent.
            SoundCloudError: The request failed.

        Example:
            >>> from soundcloud.models import Track
            >>> from soundcloud_api.api.tracks import get_tracks_track_urn
            >>> track = await client.send(get_tracks_track_urn("soundcloud:tracks:308946187"))
            >>> own = Operation("get_track", "GET", "/tracks/{urn}", {200: Track}, path={"urn": track.urn})
            >>> print((await client.send(own)).title)
            Night lofi
        """
        if not isinstance(operation, Operation):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(
                f"{repr_value(operation)} is not an operation: pass the return value of a function of soundcloud_api.api"
            )
        check_operation(operation)
        return await self._pipeline.send(operation, token, options)

    def paginate(
        self,
        first: AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]],
        *,
        max_items: int | None = None,
        prefetch: bool = False,
    ) -> AsyncPages[T]:
        """Iterate over the pages of a list.

        Args:
            first: A page of this client, or a function that returns one.
            max_items: The maximum number of items on all pages together, 0 or above; default None, for all. The last page is
                cut to it, and later pages are not fetched.
            prefetch: Whether the next page is fetched in the background while you work on this one; default False. If you
                stop early, one page may have been fetched in vain.

        Returns:
            An iterator over the pages.

        Raises:
            InvalidInputError: The page belongs to another client.
            PaginationError: A link repeats or leads to another host.
            SoundCloudError: A request failed.

        Example:
            >>> async for page in client.paginate(lambda: client.search.tracks("lofi")):
            ...     print(len(page.collection))
        """
        check_max_items(max_items)
        return AsyncPages(
            cast("Any", first) if max_items == 0 else self._first_page(first), max_items=max_items, prefetch=prefetch
        )

    def paginate_items(
        self,
        first: AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]],
        *,
        max_items: int | None = None,
        prefetch: bool = False,
    ) -> AsyncItems[T]:
        """Iterate over the items of all pages of a list.

        Args:
            first: A page of this client, or a function that returns one.
            max_items: The maximum number of items, 0 or above; default None, for all. No page is fetched that is not needed.
            prefetch: Whether the next page is fetched in the background; default False.

        Returns:
            An iterator over the items.

        Raises:
            InvalidInputError: The page belongs to another client.
            PaginationError: A link repeats or leads to another host.
            SoundCloudError: A request failed.
        """
        return AsyncItems(self.paginate(first, max_items=max_items, prefetch=prefetch))

    @overload
    def paginate_raw(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        model: None = None,
        *,
        max_items: int | None = None,
        prefetch: bool = False,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPages[Any]: ...
    @overload
    def paginate_raw(
        self,
        path: str,
        query: Mapping[str, Any] | None,
        model: type[T],
        *,
        max_items: int | None = None,
        prefetch: bool = False,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPages[T]: ...
    @overload
    def paginate_raw(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        model: type[T],
        max_items: int | None = None,
        prefetch: bool = False,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPages[T]: ...
    def paginate_raw(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        model: type[Any] | None = None,
        *,
        max_items: int | None = None,
        prefetch: bool = False,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPages[Any]:
        """Iterate over the pages of any list of the API, even of one that the namespaces do not have.

        Failed requests are retried, as in the namespaces.

        Args:
            path: A path of the API, such as `/users/{urn}/tracks`, or a URL of the API, such as a `next_href` to resume at.
            query: Values for the braces of the path, and query parameters; None leaves a parameter out. With a path, the client
                adds `linked_partitioning=true` unless you give it, because SoundCloud otherwise sends a list without a next
                page.
            model: The model of the items, such as `Track`; default None, for plain JSON values.
            max_items: The maximum number of items on all pages together, 0 or above; default None, for all.
            prefetch: Whether the next page is fetched in the background while you work on this one; default False.
            token: The access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            An iterator over the pages; its `items()` iterates over the items.

        Raises:
            InvalidInputError: The path is not one of the API, or `model` is not a model; nothing was sent.
            PaginationError: A link repeats or leads to another host.
            SoundCloudError: A request failed.

        Example:
            >>> async for page in client.paginate_raw("/users/{urn}/tracks", {"urn": "soundcloud:users:183", "limit": 1}):
            ...     print([track["title"] for track in page.collection])
            ['Night lofi']
            ['Flickermood']
        """
        check_max_items(max_items)
        token = masked(token)
        request = build_page_request(self._pipeline.base_url, path, query, model, token)
        if options:
            request = apply_options(request, options)
        return AsyncPages(AsyncPage[Any](self._pipeline, request), max_items=max_items, prefetch=prefetch)

    async def fetch_all(
        self,
        first: AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]],
        *,
        max_items: int | None = None,
        prefetch: bool = False,
    ) -> list[T]:
        """Collect the items of all pages of a list.

        Args:
            first: A page of this client, or a function that returns one.
            max_items: The maximum number of items, 0 or above; default None, for all.
            prefetch: Whether the next page is fetched in the background; default False.

        Returns:
            The items. No page is fetched that is not needed.

        Raises:
            InvalidInputError: The page belongs to another client, or `max_items` is negative.
            PaginationError: A link repeats or leads to another host.
            SoundCloudError: A request failed.

        Example:
            >>> tracks = await client.fetch_all(client.search.tracks("lofi"), max_items=120)
        """
        items: list[T] = []
        async for page in self.paginate(first, max_items=max_items, prefetch=prefetch):
            items.extend(page.collection)
        return items

    async def map(
        self,
        method: Callable[[Any], Awaitable[V]],
        items: Iterable[T],
        *,
        concurrency: int = 8,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> list[Outcome[T, V]]:
        """Call a method for each of many items, several at a time, and return every outcome, failures included.

        `tracks.get_track` and `users.get_user` of this client fetch 200 items per request; an item that is missing from the
        response is fetched on its own.

        After a `RateLimitError` (a 429 that lasts longer than the retries, a used-up quota or a spam warning), a
        `SubscriptionRequiredError` or an `InvalidGrantError` no further calls start, because they would fail too or put the account
        at risk. The outcomes of the remaining items hold a `NotStartedError`.

        Args:
            method: A method of this client, or any function that takes one item.
            items: The items.
            concurrency: The maximum number of concurrent calls, 1 to 1,000; default 8.
            on_progress: Called with the number of finished items and the number of all items, after each item.

        Returns:
            An `Outcome` for each item, in order: its `value`, or the `error` of its call.

        Raises:
            InvalidInputError: `concurrency` is out of range, `method` is not callable, or `items` is not iterable.
            Exception: An error of the method other than a `SoundCloudError`; calls that have not started are not made.

        Example:
            >>> for outcome in await client.map(client.tracks.get_track, [308946187, 293]):
            ...     print(outcome.item, outcome.value.title if outcome.ok else outcome.error)
        """
        return await _batches(method, items, concurrency, on_progress).outcomes()

    def map_completed(
        self,
        method: Callable[[Any], Awaitable[V]],
        items: Iterable[T],
        *,
        concurrency: int = 8,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> AsyncGenerator[Outcome[T, V], None]:
        """Call a method for each of many items, as `map` does, and yield each `Outcome` as soon as its call has finished.

        Args:
            method: A method of this client, or any function that takes one item.
            items: The items. All of them are read before the first call, to know their number.
            concurrency: The maximum number of concurrent calls, 1 to 1,000; default 8.
            on_progress: Called with the number of finished items and the number of all items, after each item.

        Returns:
            A generator of the outcomes, in the order in which the calls finish. When it is closed, which `break` does unless the
            generator has a name, calls that have not started are not made, and the async client cancels the others. Close one that
            has a name with `contextlib.aclosing`, or `closing` for the sync client.

        Raises:
            InvalidInputError: `concurrency` is out of range, `method` is not callable, or `items` is not iterable.
            Exception: An error of the method other than a `SoundCloudError`.

        Example:
            >>> async for outcome in client.map_completed(client.tracks.get_track, [308946187, 293]):
            ...     print(outcome.item, outcome.ok)
        """
        return _batches(method, items, concurrency, on_progress).completed(self._pipeline.state.running_tasks)

    def _first_page(self, first: Any) -> Any:
        page = first() if callable(first) else first
        if isinstance(page, AsyncPage):
            check_owner(cast("AsyncPage[Any]", page), self._pipeline)
        elif not async_is_lazy(page):
            raise InvalidInputError(
                f"this is of type {type(page).__name__}, not a page: pass a page, or a function that returns one"
            )
        return cast("Any", page)

    @namespace
    def auth(self) -> AsyncAuthNamespace:
        """Sign-in: tokens of the app and of users."""
        from soundcloud._async.namespaces.auth import AsyncAuthNamespace

        return AsyncAuthNamespace(self._pipeline)

    @namespace
    def likes(self) -> AsyncLikesNamespace:
        """Liking tracks and playlists."""
        from soundcloud._async.namespaces.likes import AsyncLikesNamespace

        return AsyncLikesNamespace(self._pipeline)

    @namespace
    def me(self) -> AsyncMeNamespace:
        """The signed-in user."""
        from soundcloud._async.namespaces.me import AsyncMeNamespace

        return AsyncMeNamespace(self._pipeline)

    @namespace
    def playlists(self) -> AsyncPlaylistsNamespace:
        """Playlists: get, create, change, delete."""
        from soundcloud._async.namespaces.playlists import AsyncPlaylistsNamespace

        return AsyncPlaylistsNamespace(self._pipeline)

    @namespace
    def raw(self) -> AsyncRawNamespace:
        """Any request to the API, with plain JSON values; an error status raises nothing."""
        from soundcloud._async.namespaces.raw import AsyncRawNamespace

        return AsyncRawNamespace(self._pipeline)

    @namespace
    def reposts(self) -> AsyncRepostsNamespace:
        """Reposting tracks and playlists."""
        from soundcloud._async.namespaces.reposts import AsyncRepostsNamespace

        return AsyncRepostsNamespace(self._pipeline)

    @namespace
    def resolve(self) -> AsyncResolveNamespace:
        """Resources by their soundcloud.com URLs."""
        from soundcloud._async.namespaces.resolve import AsyncResolveNamespace

        return AsyncResolveNamespace(self._pipeline)

    @namespace
    def search(self) -> AsyncSearchNamespace:
        """Search for tracks, users and playlists."""
        from soundcloud._async.namespaces.search import AsyncSearchNamespace

        return AsyncSearchNamespace(self._pipeline)

    @namespace
    def tracks(self) -> AsyncTracksNamespace:
        """Tracks: get, upload, change, delete, comment, stream."""
        from soundcloud._async.namespaces.tracks import AsyncTracksNamespace

        return AsyncTracksNamespace(self._pipeline)

    @namespace
    def users(self) -> AsyncUsersNamespace:
        """Users: profiles, tracks, playlists, likes, reposts and followers."""
        from soundcloud._async.namespaces.users import AsyncUsersNamespace

        return AsyncUsersNamespace(self._pipeline)


def _batches(
    method: Callable[[Any], Awaitable[V]], items: Iterable[T], concurrency: int, on_progress: Any
) -> AsyncBatches[T, V]:
    """Check the arguments of `map` and `map_completed`."""
    if concurrency.__class__ is not int or not 1 <= concurrency <= 1000:
        raise InvalidInputError(f"concurrency={concurrency!r}: pass a number of concurrent calls, 1 to 1000")
    if not callable(method):  # pyright: ignore[reportUnnecessaryComparison]
        raise InvalidInputError(f"method={repr_value(method)}: pass a method, for example client.tracks.get_track")
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"items={repr_value(items)}: pass a list")
    async_check_callback("on_progress", on_progress)
    with IMPORT_LOCK:
        from soundcloud._async.batching import AsyncBatches

    return AsyncBatches(method, list(items), concurrency, on_progress)


def _retry(
    policy: Retry, retry: Retry | None, max_retries: int | None, base_delay: float | None, writes: bool | None
) -> Retry:
    """Return a retry policy, or a given policy with some parts replaced."""
    given: dict[str, Any] = {"max_retries": max_retries, "base_delay": base_delay, "writes": writes}
    given = {name: value for name, value in given.items() if value is not None}
    if retry is None:
        return evolve(policy, **given) if given else policy
    if given:
        raise InvalidInputError("pass retry= alone: it includes max_retries, retry_base_delay and retry_writes")
    return check_type("retry", retry, Retry, "Retry(max_retries=5)")


def _first_token(access_token: str | None, refresh_token: str | None) -> Token | None:
    """Return the token that the client was created with."""
    if access_token is not None:
        check_token_value("access_token", access_token)
        if not access_token:
            raise InvalidInputError("the access token is empty")
    if access_token is not None or refresh_token is not None:
        # A refresh token alone: expired from the start, so that the first call refreshes it.
        alone = access_token is None
        return Token(
            UNKNOWN if access_token is None else _plain(access_token),
            _plain(refresh_token),
            datetime.min.replace(tzinfo=UTC) if alone else None,
            grant="user" if alone else None,
        )
    return None


def _plain(value: Any) -> Any:
    """Return the exact string of a masked one; a value of another type is left for the check of `Token`."""
    return str(value) if isinstance(value, str) else value
