"""The client: settings, the token, the namespaces, and the ways around them."""

import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib import import_module
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import evolve

from soundcloud._async.pages import AsyncItems, AsyncPage, AsyncPages
from soundcloud._async.pipeline import AsyncPipeline, header_value
from soundcloud._async.session import AsyncSession, utc_now
from soundcloud._colour import async_startable
from soundcloud._core.environment import environment_settings
from soundcloud._core.session import UNKNOWN
from soundcloud.errors import InvalidInputError
from soundcloud.events import EventHook
from soundcloud.tokens import Token
from soundcloud_api.types import Operation

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
    from soundcloud.stores.base import AsyncAnyTokenStore, TokenProvider

T = TypeVar("T")

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


class AsyncSoundCloudClient:
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
        timeout: Seconds to wait for a connection, and for each part of a reply; default 30.
        user_agent: What to call yourself; default this package's name and version.
        http_client: A ready httpx client to send with; it is not closed by this one.
        transport: An httpx transport to send with, for proxies and tests.
        on_event: A callable that takes the events of `soundcloud.events`.

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
        timeout: float = 30.0,
        user_agent: str | None = None,
        http_client: "httpx.AsyncClient | None" = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        on_event: EventHook | None = None,
    ) -> None:
        """Check the settings; nothing is sent."""
        self._pipeline = AsyncPipeline(
            base_url=base_url,
            auth_url=auth_url,
            timeout=timeout,
            user_agent=user_agent,
            http_client=http_client,
            transport=transport,
            on_event=on_event,
        )
        if token_provider is not None and (token_store is not None or access_token is not None):
            raise InvalidInputError(
                "give token_provider= alone: it keeps the tokens, and no store or access_token is needed"
            )
        if not isinstance(leeway, int | float) or leeway < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
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
        `SOUNDCLOUD_REFRESH_TOKEN` and `SOUNDCLOUD_TOKEN_FILE` are read; for a sandbox `SOUNDCLOUD_API_URL` and
        `SOUNDCLOUD_AUTH_URL` too.

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
        await self._pipeline.close()

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

    async def send(self, operation: Operation[T], *, token: str | None = None) -> T:
        """Send an operation of `soundcloud_api`: the typed way to anything that the namespaces do not offer.

        Args:
            operation: What a function of `soundcloud_api.api` returned.
            token: The access token to act with instead of the client's own.

        Returns:
            What the operation's type says.

        Raises:
            SoundCloudError: The call failed.

        Example:
            >>> from soundcloud_api.api.tracks import get_tracks_track_urn
            >>> track = await client.send(get_tracks_track_urn("soundcloud:tracks:308946187"))
        """
        return await self._pipeline.send(operation, token)

    def paginate(self, first: "AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]]") -> AsyncPages[T]:
        """Walk the pages of a list.

        Args:
            first: A page of this client, or a callable that gets one.

        Returns:
            An iterator over the pages.

        Raises:
            InvalidInputError: The page belongs to another client.
            PaginationError: A link repeats or leads elsewhere.
            SoundCloudError: A call failed.

        Example:
            >>> async for page in client.paginate(lambda: client.search.tracks("lofi")):
            ...     print(len(page.collection))
        """
        return AsyncPages(self._own(first))

    def paginate_items(self, first: "AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]]") -> AsyncItems[T]:
        """Walk the items of all pages of a list.

        Args:
            first: A page of this client, or a callable that gets one.

        Returns:
            An iterator over the items.

        Raises:
            InvalidInputError: The page belongs to another client.
            PaginationError: A link repeats or leads elsewhere.
            SoundCloudError: A call failed.
        """
        return AsyncItems(self.paginate(first))

    async def fetch_all(
        self, first: "AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]]", *, max_items: int | None = None
    ) -> list[T]:
        """Collect the items of all pages of a list.

        Args:
            first: A page of this client, or a callable that gets one.
            max_items: Stop after this many, 0 or above; None collects all.

        Returns:
            The items; no page beyond those that are needed is fetched.

        Raises:
            InvalidInputError: The page belongs to another client, or `max_items` is below 0.
            PaginationError: A link repeats or leads elsewhere.
            SoundCloudError: A call failed.

        Example:
            >>> tracks = await client.fetch_all(client.search.tracks("lofi"), max_items=120)
        """
        if max_items is not None and max_items < 0:
            raise InvalidInputError(f"max_items={max_items}: give a number of items, 0 or above, or None for all")
        items: list[T] = []
        if max_items == 0:
            return items
        async for page in self.paginate(first):
            items.extend(page.collection)
            if max_items is not None and len(items) >= max_items:
                return items[:max_items]
        return items

    def _own(self, first: Any) -> Any:
        page = first() if callable(first) else first
        if isinstance(page, AsyncPage):
            if not page.belongs_to(self._pipeline):
                raise InvalidInputError("this page belongs to another client; walk it with the client that fetched it")
        elif not async_startable(page):
            raise InvalidInputError(f"a page, or a callable that gets one, is needed here, not {type(page).__name__}")
        return cast("Any", page)

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
