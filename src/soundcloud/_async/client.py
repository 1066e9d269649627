"""The client: settings, the token, the namespaces, and the ways around them."""

import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib import import_module
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from attrs import evolve

from soundcloud import __version__
from soundcloud._async.pipeline import AsyncPipeline
from soundcloud._async.steps.cache import AsyncCaching
from soundcloud._async.token_manager import AsyncSession, utc_now
from soundcloud._async.walking import AsyncWalking
from soundcloud._checks import check_type
from soundcloud._instrumentation import Hooks
from soundcloud._protocol.environment import environment_settings
from soundcloud._protocol.http.messages import check_origin_url, header_value
from soundcloud._protocol.media.embeds import WEB
from soundcloud._protocol.token_lifecycle import UNKNOWN
from soundcloud._protocol.validation import check_seconds
from soundcloud._transport._async.sender import AsyncEngine
from soundcloud._transport.aiohttp_engine import EngineName
from soundcloud.errors import InvalidInputError
from soundcloud.events import EventHook, RequestHook, RetryHook
from soundcloud.options import Limits, Retry, Timeout, as_timeout
from soundcloud.tokens import Token
from soundcloud_api.types import UNSET, UnsetType

if TYPE_CHECKING:
    import httpx

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
    from soundcloud.stores.base import AsyncAnyTokenStore, TokenProvider

NAMESPACES = {
    "auth": "AsyncAuthNamespace",
    "likes": "AsyncLikesNamespace",
    "me": "AsyncMeNamespace",
    "playlists": "AsyncPlaylistsNamespace",
    "raw": "AsyncRawNamespace",
    "reposts": "AsyncRepostsNamespace",
    "resolve": "AsyncResolveNamespace",
    "search": "AsyncSearchNamespace",
    "tracks": "AsyncTracksNamespace",
    "users": "AsyncUsersNamespace",
}


class AsyncSoundCloudClient(AsyncWalking):
    """A client of the SoundCloud API.

    Args:
        client_id: The app's id; needed by the calls of `auth` only.
        client_secret: The app's secret; needed by the calls of `auth` only.
        redirect_uri: The app's redirect URI, literally as it is registered; needed to sign people in.
        access_token: The token to act with; `set_token` sets another one. Without one, and without one in the store, the
            app's own token is got and shared through the store.
        refresh_token: What the next pair is got with, when the access token expires or is refused. Both are used while the
            store holds no token; `set_token` replaces one that it holds.
        token_store: Where tokens are kept and shared: any store of `soundcloud.stores`, or a path for a `FileTokenStore`;
            default memory.
        token_provider: Somebody else who keeps the tokens, see `soundcloud.stores.TokenProvider`.
        on_token_refresh: Takes the client and returns a new `Token`, in the place of the refresh that this client would do.
        on_token_stored: Takes every `Token` that was stored, after it was.
        leeway: Seconds before its expiry at which a token counts as expired; default 60.
        clock: Tells the time, as an aware datetime; for tests.
        base_url: The API's address. A sandbox has another one.
        auth_url: The address of the sign-in and of the tokens.
        web_url: The address of soundcloud.com, which is asked for oEmbed, without a token. A sandbox has another one.
        timeout: Seconds to wait for a connection, and for each part of a reply; default 30. A `Timeout` for more.
        retry: How often, and after which wait, a call that failed is tried again: a `Retry`. In its place `max_retries`,
            default 3, `retry_base_delay`, default 1 second, and `retry_writes`, default False, may be given.
        max_retries: See `retry`.
        retry_base_delay: See `retry`.
        retry_writes: See `retry`.
        dedupe: Whether the same reading call, made several times at once with one token, is sent once; default True.
        cache: Where replies to reading calls are kept: any cache of `soundcloud.caches`; default none.
        cache_ttl: Seconds for which they are used; default 60.
        user_agent: What to call yourself; default this package's name and version.
        http_client: A ready httpx client to send with; it is not closed by this one.
        transport: An httpx transport to send with, for proxies and tests.
        engine: Who sends: `httpx`, the default: connections of the client's own, and httpx where a proxy stands between;
            `aiohttp`, on asyncio, with the extra `aiohttp`; `auto` for aiohttp where it is installed and a proxy stands between.
        limits: How many connections to hold, see `Limits`.
        max_response_bytes: How many bytes a reply may have; default 50 million.
        on_event: Takes the events of `soundcloud.events`.
        on_request: Takes a `RequestTelemetry` of every call that ended.
        on_retry: Takes a `RetryInfo` before every wait for another try.

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
        token_store: "AsyncAnyTokenStore | str | PathLike[str] | None" = None,
        token_provider: "TokenProvider | None" = None,
        on_token_refresh: "Callable[[AsyncSoundCloudClient], Token | Awaitable[Token]] | None" = None,
        on_token_stored: "Callable[[Token], object] | None" = None,
        leeway: float = 60.0,
        clock: Callable[[], datetime] = utc_now,
        base_url: str = "https://api.soundcloud.com",
        auth_url: str = "https://secure.soundcloud.com",
        web_url: str = WEB,
        timeout: float | Timeout = 30.0,
        retry: Retry | None = None,
        max_retries: int | None = None,
        retry_base_delay: float | None = None,
        retry_writes: bool | None = None,
        dedupe: bool = True,
        cache: "AsyncAnyCache | None" = None,
        cache_ttl: float = 60.0,
        user_agent: str | None = None,
        http_client: "httpx.AsyncClient | None" = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        engine: EngineName = "httpx",
        limits: Limits | None = None,
        max_response_bytes: int = 50_000_000,
        on_event: EventHook | None = None,
        on_request: RequestHook | None = None,
        on_retry: RetryHook | None = None,
    ) -> None:
        """Check the settings; nothing is sent."""
        base_url, auth_url = check_origin_url("base_url", base_url), check_origin_url("auth_url", auth_url)
        web_url = check_origin_url("web_url", web_url)
        chosen: dict[str, Any] = {"max_retries": max_retries, "base_delay": retry_base_delay, "writes": retry_writes}
        chosen = {name: value for name, value in chosen.items() if value is not None}
        if retry is not None and chosen:
            raise InvalidInputError("give retry= alone: it says max_retries, retry_base_delay and retry_writes too")
        ttl = check_seconds("cache_ttl", cache_ttl)
        self._pipeline = AsyncPipeline(
            base_url,
            auth_url,
            web_url,
            AsyncEngine(
                (base_url, auth_url, web_url),
                user_agent=user_agent or f"soundcloud-sdk/{__version__}",
                http_client=http_client,
                transport=transport,
                engine=engine,
                limits=check_type(
                    "limits", Limits() if limits is None else limits, Limits, "Limits(max_connections=20)"
                ),
                max_response_bytes=max_response_bytes,
            ),
            Hooks(on_event, on_request, on_retry),
            as_timeout(timeout),
            check_type("retry", Retry(**chosen) if retry is None else retry, Retry, "Retry(max_retries=5)"),
            check_type("dedupe", dedupe, bool, "dedupe=False"),
            None if cache is None else AsyncCaching(cache, ttl, clock),
        )
        if token_provider is not None and (token_store is not None or access_token is not None):
            raise InvalidInputError(
                "give token_provider= alone: it keeps the tokens, and no store or access_token is needed"
            )
        if isinstance(leeway, bool) or not isinstance(leeway, int | float) or not 0 <= leeway < float("inf"):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"leeway={leeway!r}: give seconds, 0 or more")
        if isinstance(token_store, str | PathLike):
            from soundcloud.stores.file import FileTokenStore

            token_store = FileTokenStore(token_store)
        token = None
        if access_token is not None:
            token = Token(header_value("access_token", access_token), refresh_token)
            if not access_token:
                raise InvalidInputError("the access token is empty")
        elif refresh_token is not None:
            # Expired from the start: the first call refreshes it.
            token = Token(UNKNOWN, refresh_token, expires_at=datetime.min.replace(tzinfo=UTC), grant="user")
        self._session = self._pipeline.session = AsyncSession(
            pipeline=self._pipeline,
            client=self,
            client_id=client_id,
            client_secret=client_secret,
            redirect_uri=redirect_uri,
            store=token_store,
            provider=token_provider,
            on_refresh=on_token_refresh,
            on_stored=on_token_stored,
            leeway=timedelta(seconds=leeway),
            clock=clock,
            token=token,
        )

    @classmethod
    def from_env(cls, **settings: Any) -> Self:
        """Make a client from the environment.

        `SOUNDCLOUD_CLIENT_ID`, `SOUNDCLOUD_CLIENT_SECRET`, `SOUNDCLOUD_REDIRECT_URI`, `SOUNDCLOUD_ACCESS_TOKEN`,
        `SOUNDCLOUD_REFRESH_TOKEN` and `SOUNDCLOUD_TOKEN_FILE` are read; for a sandbox `SOUNDCLOUD_API_URL`,
        `SOUNDCLOUD_AUTH_URL` and `SOUNDCLOUD_WEB_URL` too.

        Args:
            settings: Arguments of the client; they win over the environment.

        Returns:
            The client.

        Raises:
            InvalidInputError: A setting is wrong.

        Example:
            >>> client = AsyncSoundCloudClient.from_env(timeout=10)

        Source:
            https://developers.soundcloud.com/docs/api/guide#authentication
        """
        found: dict[str, Any] = {**environment_settings(os.environ), **settings}
        return cls(**found)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; calls after it raise `ClosedClientError`. Closing twice is fine."""
        await self._pipeline.aclose()

    def __repr__(self) -> str:
        signed = "with" if self.access_token else "without"
        return f"<{type(self).__name__} of {self._pipeline.base_url}, {signed} a token>"

    @property
    def access_token(self) -> str | None:
        """The token that calls are authorized with, or None when there is none yet."""
        token = self._session.token
        return None if token is None or token.access_token == UNKNOWN else token.access_token

    @property
    def refresh_token(self) -> str | None:
        """The token that a new pair is got with, or None."""
        token = self._session.token
        return None if token is None else token.refresh_token

    async def set_token(self, access_token: str | Token, refresh_token: str | None = None) -> None:
        """Act with another token from now on; it is in the store when this returns.

        Args:
            access_token: The access token, or what a call of `auth` returned.
            refresh_token: The refresh token that belongs to it; None forgets the one before.

        Raises:
            InvalidInputError: The token is empty or holds a line break.
            TokenStoreError: The token cannot be stored.
        """
        token = access_token if isinstance(access_token, Token) else Token(access_token)
        if refresh_token is not None:
            token = evolve(token, refresh_token=refresh_token)
        if not token.access_token:
            raise InvalidInputError("the access token is empty; to act without one call clear_token()")
        header_value("access_token", token.access_token)
        await self._session.set(token)

    async def clear_token(self) -> None:
        """Forget both tokens, in the store too. SoundCloud is not told; `auth.sign_out` does that."""
        await self._session.clear()

    def with_options(
        self,
        *,
        timeout: float | Timeout | UnsetType = UNSET,
        retry: Retry | UnsetType = UNSET,
        dedupe: bool | UnsetType = UNSET,
        cache: UnsetType | None = UNSET,
    ) -> Self:
        """The same client with other options, for some calls: connections, tokens and cache are shared.

        Args:
            timeout: Seconds for each phase, or a `Timeout`.
            retry: How often a call is tried again; `Retry(max_retries=0)` for once.
            dedupe: Whether the same call is sent once while it is under way.
            cache: None to ask SoundCloud itself.

        Returns:
            A client. Closing it closes this one too, and the other way round.

        Raises:
            InvalidInputError: A setting is wrong.

        Example:
            >>> track = await client.with_options(timeout=Timeout(total=5), cache=None).tracks.get_track(308946187)
        """
        options: dict[str, Any] = {} if timeout is UNSET else {"timeout": as_timeout(timeout)}
        if retry is not UNSET:
            options["retry"] = check_type("retry", retry, Retry, "Retry(max_retries=0)")
        if dedupe is not UNSET:
            options["dedupe"] = check_type("dedupe", dedupe, bool, "dedupe=False")
        if cache is not UNSET:
            if cache is not None:  # pyright: ignore[reportUnnecessaryComparison]
                raise InvalidInputError(
                    "cache= of with_options is None or left out: a cache belongs to the whole client"
                )
            options["caching"] = None
        other = object.__new__(type(self))
        other._pipeline, other._session = self._pipeline.with_options(**options), self._session
        return other

    @classmethod
    def namespaces(cls) -> Mapping[str, type]:
        """The classes of the namespaces, by the attribute that holds them."""
        package = f"{__package__}.namespaces"
        return {name: getattr(import_module(f"{package}.{name}"), of) for name, of in NAMESPACES.items()}

    @cached_property
    def auth(self) -> "AsyncAuthNamespace":
        """Signing in: tokens for the app and for people."""
        from soundcloud._async.namespaces.auth import AsyncAuthNamespace

        return AsyncAuthNamespace(self._pipeline)

    @cached_property
    def likes(self) -> "AsyncLikesNamespace":
        """Liking tracks and playlists."""
        from soundcloud._async.namespaces.likes import AsyncLikesNamespace

        return AsyncLikesNamespace(self._pipeline)

    @cached_property
    def me(self) -> "AsyncMeNamespace":
        """The signed-in user."""
        from soundcloud._async.namespaces.me import AsyncMeNamespace

        return AsyncMeNamespace(self._pipeline)

    @cached_property
    def playlists(self) -> "AsyncPlaylistsNamespace":
        """Playlists: get, create, change, delete."""
        from soundcloud._async.namespaces.playlists import AsyncPlaylistsNamespace

        return AsyncPlaylistsNamespace(self._pipeline)

    @cached_property
    def raw(self) -> "AsyncRawNamespace":
        """Any call, with plain values and without errors for a status."""
        from soundcloud._async.namespaces.raw import AsyncRawNamespace

        return AsyncRawNamespace(self._pipeline)

    @cached_property
    def reposts(self) -> "AsyncRepostsNamespace":
        """Reposting tracks and playlists."""
        from soundcloud._async.namespaces.reposts import AsyncRepostsNamespace

        return AsyncRepostsNamespace(self._pipeline)

    @cached_property
    def resolve(self) -> "AsyncResolveNamespace":
        """From a link of soundcloud.com to what it names."""
        from soundcloud._async.namespaces.resolve import AsyncResolveNamespace

        return AsyncResolveNamespace(self._pipeline)

    @cached_property
    def search(self) -> "AsyncSearchNamespace":
        """Finding tracks, users and playlists."""
        from soundcloud._async.namespaces.search import AsyncSearchNamespace

        return AsyncSearchNamespace(self._pipeline)

    @cached_property
    def tracks(self) -> "AsyncTracksNamespace":
        """Tracks: get, upload, change, delete, comment, stream."""
        from soundcloud._async.namespaces.tracks import AsyncTracksNamespace

        return AsyncTracksNamespace(self._pipeline)

    @cached_property
    def users(self) -> "AsyncUsersNamespace":
        """Users: who they are, what they made, liked and reposted, whom they follow."""
        from soundcloud._async.namespaces.users import AsyncUsersNamespace

        return AsyncUsersNamespace(self._pipeline)
