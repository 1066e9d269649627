"""Token manager: the token of a client, its store, and one refresh at a time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import attrs

from soundcloud._callbacks import async_call_user_function, async_check_callback, async_check_methods
from soundcloud._checks import check_callable, check_string
from soundcloud._concurrency import AsyncBackgroundTask, AsyncPerScope
from soundcloud._deadline import AsyncDeadline
from soundcloud._protocol import oauth, token_lifecycle
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.secrets import Secret, masked
from soundcloud._synchronization import AsyncLock, async_sleep
from soundcloud.errors import (
    ClosedClientError,
    InvalidGrantError,
    InvalidInputError,
    MissingTokenError,
    SoundCloudError,
    TokenStoreError,
)
from soundcloud.stores.base import LockingTokenStore
from soundcloud.stores.memory import MemoryTokenStore
from soundcloud.tokens import Token
from soundcloud_api.imports import lazy_module

if TYPE_CHECKING:
    from soundcloud import events
else:
    events = lazy_module("soundcloud.events")

logger = logging.getLogger("soundcloud")

_in_on_refresh: ContextVar[list[Any] | None] = ContextVar("soundcloud_in_on_refresh", default=None)
"""The token manager whose `on_token_refresh` runs in this context; empty when it has returned."""


@attrs.define
class AsyncTokenManager:
    """Holds the token of a client and renews it.

    Args:
        auth_url: The origin of the token endpoint.
        send: Sends a token request once, and reads its response with the function that it is given.
        emit: Reports an event.
        client_id: The id of the app.
        client_secret: The secret of the app.
        redirect_uri: The redirect URI of the app.
        store: The store of the user's token.
        provider: A `TokenProvider` in place of the store, or None.
        refresh_provider: Asks the provider for a new access token.
        on_refresh: Returns a new token in place of a refresh.
        on_stored: Receives every token that was stored.
        leeway: A token counts as expired this long before its expiry.
        clock: Returns the time.
        token: The token that the client was created with; a token in the store takes precedence.
    """

    auth_url: str
    send: Callable[[Request, Callable[[Response], Token]], Awaitable[Token]] = attrs.field(repr=False)
    emit: Callable[[events.Event], None] = attrs.field(repr=False)
    client_id: str | None
    client_secret: str | None = attrs.field(repr=False)
    redirect_uri: str | None
    store: Any
    provider: Any
    refresh_provider: Callable[[], Any] | None = attrs.field(repr=False)
    on_refresh: Callable[[], Any] | None = attrs.field(repr=False)
    on_stored: Callable[[Token], Any] | None = attrs.field(repr=False)
    leeway: timedelta
    clock: Callable[[], datetime] = attrs.field(repr=False)
    token: Token | None = None
    _in_store: bool = attrs.field(default=False, init=False)
    _loaded: bool = attrs.field(default=False, init=False)
    _unsaved: bool = attrs.field(default=False, init=False)
    _lock: Any = attrs.field(factory=AsyncLock, init=False, repr=False)
    _app_store: Any = attrs.field(default=None, init=False, repr=False)
    _locking: bool = attrs.field(default=False, init=False)
    _refreshes: AsyncPerScope[set[Any]] = attrs.field(
        factory=lambda: AsyncPerScope[set[Any]](set), init=False, repr=False
    )
    _closed: bool = attrs.field(default=False, init=False)
    _failures: int = attrs.field(default=0, init=False)
    _failed: tuple[float, Exception] | None = attrs.field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the settings, and choose the store of the app token."""
        for name in ("client_id", "client_secret", "redirect_uri"):
            check_string(name, getattr(self, name))
        async_check_methods("token_store", self.store, ("get", "set", "clear"), "MemoryTokenStore(), or a path")
        provided = ("get_access_token", "set_tokens", "refresh_if_needed")
        async_check_methods("token_provider", self.provider, provided, "a TokenProvider")
        async_check_callback("on_token_refresh", self.on_refresh)
        async_check_callback("on_token_stored", self.on_stored)
        check_callable("clock", self.clock, none=False)
        if self.store is None:
            self.store = MemoryTokenStore()
        if self.client_id and hasattr(self.store, "for_client"):
            self.store = self.store.for_client(self.client_id)
        self._locking = isinstance(self.store, LockingTokenStore)
        self._app_store = self.store.for_app(self.client_id or "") if self._locking else MemoryTokenStore()

    @property
    def sources(self) -> token_lifecycle.TokenSources:
        """What a new token can be obtained with."""
        return token_lifecycle.TokenSources(bool(self.client_id and self.client_secret), self.on_refresh is not None)

    async def access_token(self, request: Request, deadline: AsyncDeadline | None = None) -> str | None:
        """Return the access token for a request: the current one, a renewed one, or the first one.

        Args:
            request: The request.
            deadline: The deadline of the call. A refresh that takes longer goes on in the background.

        Returns:
            The token; None for a request that must not carry one.

        Raises:
            MissingTokenError: There is no token, and no way to obtain one.
            RequestTimeoutError: The deadline passed.
            SoundCloudError: The refresh failed.
        """
        if request.token is not None or not request.authorize:
            return request.token
        return await self.own_access_token(request, deadline)

    async def own_access_token(self, request: Request, deadline: AsyncDeadline | None = None) -> str:
        """Return the client's own access token; see `access_token`."""
        if self.provider is not None:
            provided = await self._ask_provider(self.provider.get_access_token)
            if provided is None:
                what = "the token provider has no access token"
                hint = "get_access_token() must return one; the user may have to sign in again"
                raise MissingTokenError(what, method=request.method, path=request.path, hint=hint)
            return provided
        token = self.token
        if not self._loaded or self._unsaved:
            token = await self._load()
        if token is None or token.expires_within(self.leeway, now=self.clock()):
            token = await self._renewed(token, request, deadline)
        return Secret(token.access_token)

    async def _renewed(self, token: Token | None, request: Request, deadline: AsyncDeadline | None) -> Token:
        """Return the first token, or a new one for one that is about to expire, which is used if it cannot be renewed."""
        match token_lifecycle.next_step(token, self.sources, now=self.clock(), leeway=self.leeway):
            case "sign in":
                what = "this request needs an access token"
                if self.client_id is not None and self.client_secret is None:
                    what += ", and the client has a client_id without a client_secret"
                raise MissingTokenError(what, method=request.method, path=request.path)
            case "renew":
                try:
                    token = await self._refresh(token, deadline)
                except Exception:  # also of on_token_refresh
                    # A token that is about to expire still works; the next call tries again.
                    if token is None or token.expires_within(timedelta(0), now=self.clock()):
                        raise
            case _:
                pass
        assert token is not None  # noqa: S101 - next_step returns "sign in" without one
        return token

    async def own_user_token(self, request: Request) -> str:
        """Return the client's own access token, which must not be an app token.

        Raises:
            MissingTokenError: The client has no user token. No app token is requested.
            SoundCloudError: The refresh failed.
        """
        if self.provider is None and self.on_refresh is None:
            token = self.token
            if not self._loaded or self._unsaved:
                token = await self._load()
            if token is None or token.grant == "app":
                what, to_do = "this request needs a user token, and the client has none", "sign in with auth.login()"
                raise MissingTokenError(what, method=request.method, path=request.path, hint=to_do)
        return await self.own_access_token(request)

    async def has_user_token(self) -> bool:
        """Return whether there is a token of a user: in the client, in its store, or from its provider."""
        if self.provider is not None:
            return await self._ask_provider(self.provider.get_access_token) is not None
        token = self.token if self._loaded and not self._unsaved else await self._load()
        return token is not None and token.grant != "app"

    async def refresh_after_401(
        self, request: Request, refused: str, deadline: AsyncDeadline | None = None
    ) -> str | None:
        """Return another access token after a 401, or None if there is none.

        Args:
            request: The request that was refused.
            refused: The access token that it carried.
            deadline: The deadline of the call; see `access_token`.

        Raises:
            RequestTimeoutError: The deadline passed.
            SoundCloudError: The refresh failed.
        """
        if self.refresh_provider is not None:
            provided = await self._ask_provider(self.refresh_provider)
            return provided if provided != refused else None
        token = self.token
        if token is None:
            return None
        if token.access_token != refused:
            return Secret(token.access_token)
        if token.grant == "app" and token_lifecycle.needs_user_token(request):
            # A user may have signed in through another client that shares the store.
            user_token = await self._read(self.store)
            if user_token is None or user_token.access_token == refused:
                return None
            self.token, self._in_store = user_token, True
            return Secret(user_token.access_token)
        if not token_lifecycle.can_renew(token, self.sources):
            return None
        return Secret((await self._refresh(token, deadline)).access_token)

    def with_hint(self, error: SoundCloudError, request: Request, *, renewed: bool) -> SoundCloudError:
        """Add what a 401 means to its error.

        Args:
            error: The error of the response.
            request: The request, which carried the client's own token.
            renewed: Whether that token had been renewed for this request.
        """
        if renewed:
            return token_lifecycle.rejected_again(error)
        if self.token is not None and self.token.grant == "app" and token_lifecycle.needs_user_token(request):
            return token_lifecycle.user_token_required(error)
        return error

    async def set(self, token: Token) -> None:
        """Store a token and use it from now on."""
        if self.provider is not None:
            await async_call_user_function(self.provider.set_tokens, token.access_token, token.refresh_token)
        else:
            await self._write(self.store, token)
        self.token, self._in_store, self._loaded, self._unsaved = token, True, True, False
        self._failed, self._failures = None, 0
        if self.provider is None:
            await self._report_stored(token)

    async def clear(self) -> None:
        """Forget the token, in the store too."""
        self.token, self._in_store, self._loaded, self._unsaved, self._failed = None, False, True, False, None
        if self.provider is None:
            await self._run(self.store, self.store.clear)

    async def request_app_token(self) -> Token:
        """Request an app token with the client credentials; it counts against the quotas and is shared by the store.

        Raises:
            RateLimitError: It would exceed a quota; nothing was sent.
            SoundCloudError: The request failed.
        """
        await self._acquire(None)
        return await self._result_of(self._start(self._request_app_token_and_unlock, None), None)

    async def _request_app_token_and_unlock(self) -> Token:
        """Request and store an app token, then release the lock that the caller has acquired."""
        try:
            lease = await self._acquire_lock(self._app_store)
            try:
                await self._prepare(self._app_store, lease)
                token = await self._client_credentials(await self._read(self._app_store))
                await self._write(self._app_store, token, lease)
            finally:
                if lease is not None:
                    await self._run(self._app_store, lease.release)
        finally:
            self._lock.release()
        await self._report_stored(token)
        return token

    async def _client_credentials(self, old_token: Token | None) -> Token:
        requested_at = token_lifecycle.recent_app_tokens(old_token, now=self.clock())
        token_lifecycle.check_quota(requested_at, now=self.clock())
        client_id = oauth.needed("client_id", self.client_id, "an app token")
        client_secret = oauth.needed("client_secret", self.client_secret, "an app token")
        request = oauth.client_credentials(self.auth_url, client_id, client_secret)
        return attrs.evolve(await self.request_token(request, "app"), app_token_requests=(*requested_at, self.clock()))

    async def request_token(self, request: Request, grant: Any) -> Token:
        """Send a token request, once: a refresh token cannot be used again, whatever the response.

        Raises:
            InvalidClientError: The id or the secret of the app is wrong.
            InvalidGrantError: The code or the refresh token was used before.
            SoundCloudError: The request failed.
        """

        def read(response: Response) -> Token:
            if response.status >= 400:
                form = request.form if isinstance(request.form, dict) else {}
                error = error_from_response(response, now=self.clock(), request=request)
                raise token_lifecycle.grant_error(error, request, response, form.get("redirect_uri"))
            return oauth.read_token(response, now=self.clock(), grant=grant)

        return await self.send(request, read)

    async def _load(self) -> Token | None:
        """Return the token of the store; else store and return the client's own; else return the app token.

        The store is read once. A token that could not be stored when it was obtained is stored now.
        """
        saved: Token | None = None
        await self._acquire(None)
        try:
            if not self._loaded:
                given, stored = self.token, await self._read(self.store)
                if stored is not None:
                    self.token, self._in_store = stored, True
                elif given is not None:
                    # A placeholder for a token that is yet to be obtained is not stored.
                    self._unsaved = given.access_token != token_lifecycle.UNKNOWN
                elif self.sources.credentials and not self.sources.callback:
                    self.token = await self._read(self._app_store)
                self._loaded = True
            if self._unsaved and self.token is not None:
                await self._write(self._store_for(self.token), self.token)
                self._unsaved, self._in_store, saved = False, True, self.token
        finally:
            self._lock.release()
        if saved is not None:
            await self._report_stored(saved)
        return self.token

    def _store_for(self, token: Token | None) -> Any:
        """Return the store of app tokens or of user tokens, for a token or for the one that replaces it."""
        app = token.grant == "app" if token is not None else not self.sources.callback
        return self._app_store if app else self.store

    async def aclose(self) -> None:
        """Wait for refreshes whose callers have given up: their tokens would be lost with the connections."""
        self._closed = True
        for refresh in list(self._refreshes.get()):
            await refresh.wait_shielded()

    async def _acquire(self, deadline: AsyncDeadline | None) -> None:
        """Acquire the lock of the token.

        Raises:
            RequestTimeoutError: The deadline passed.
            InvalidInputError: `on_token_refresh`, which runs while the lock is held, asks for the token that it is to return.
        """
        if any(manager is self for manager in _in_on_refresh.get() or ()):
            raise InvalidInputError(
                "on_token_refresh made a call that needs the token which it is to return",
                hint="pass token= to this call, or make it with another client",
            )
        if not await self._lock.acquire(None if deadline is None else deadline.remaining()):
            assert deadline is not None  # noqa: S101 - there is a timeout only with a deadline
            raise deadline.error()

    def _start(self, function: Callable[[], Any], deadline: AsyncDeadline | None) -> AsyncBackgroundTask:
        """Run a function that releases the lock in a task that no cancellation of a caller reaches."""
        # A store of the user may be bound to this thread.
        inline = deadline is None or deadline.remaining() is None
        return AsyncBackgroundTask(
            function, self._refreshes.get(), name="soundcloud-refresh", daemon=False, inline=inline
        )

    async def _result_of(self, task: AsyncBackgroundTask, deadline: AsyncDeadline | None) -> Token:
        """Wait for the result of a task, until the deadline; the task goes on without this caller."""
        if not await task.wait(None if deadline is None else deadline.remaining()):
            assert deadline is not None  # noqa: S101 - there is a timeout only with a deadline
            raise deadline.error()
        token: Token = await task.result()
        return token

    async def _refresh(self, old_token: Token | None, deadline: AsyncDeadline | None) -> Token:
        """Refresh the token unless another task or process already did.

        The refresh runs in a task of its own, as a refresh token works once. A caller that is cancelled, or whose deadline
        passes, ends at once, and the task goes on and releases the lock.
        """
        await self._acquire(deadline)
        handed_over = False
        try:
            token = await self._refreshed_elsewhere(old_token)
            if token is not None:
                return token
            handed_over = True
            refresh = self._start(partial(self._refresh_and_unlock, old_token), deadline)
        finally:
            if not handed_over:
                self._lock.release()
        return await self._result_of(refresh, deadline)

    async def _refreshed_elsewhere(self, old_token: Token | None) -> Token | None:
        """Return the token if another task has refreshed it; raise the error of a refresh that failed just now."""
        token = self.token
        if (
            token is not None
            and token is not old_token
            and token_lifecycle.is_newer(token, old_token, now=self.clock(), leeway=self.leeway)
        ):
            return token
        if self._failed is not None and monotonic() < self._failed[0]:
            stored = await self._read(self._store_for(old_token))
            if not token_lifecycle.is_newer(stored, old_token, now=self.clock(), leeway=self.leeway):
                # The same error object again, without the frames of the earlier callers.
                raise self._failed[1].with_traceback(None)
        return None

    async def _refresh_and_unlock(self, old_token: Token | None) -> Token:
        """Refresh the token, then release the lock that the caller has acquired."""
        try:
            refreshed, requested = await self._refresh_locked(self._store_for(old_token), old_token)
            self._failures, self._failed = 0, None
        except Exception as error:
            self._failures += 1
            self._failed = (monotonic() + token_lifecycle.refresh_backoff(self._failures), error)
            raise
        finally:
            self._lock.release()
        if requested:
            await self._report_stored(refreshed)
            self.emit(events.TokenRefreshedEvent(refreshed.grant, refreshed.expires_at))
        return refreshed

    async def _refresh_locked(self, store: Any, old_token: Token | None) -> tuple[Token, bool]:
        """Lock the store, read it again, request a token, write it, release the lock.

        Returns:
            The token, and whether it was requested here.
        """
        lease = await self._acquire_lock(store)
        try:
            stored = await self._read(store)
            if token_lifecycle.is_newer(stored, old_token, now=self.clock(), leeway=self.leeway):
                self.token, self._in_store = stored, True
                return stored, False
            if stored is None and store is self.store and self._in_store:
                self.token, self._in_store = None, False
                what = "the token is no longer in the store: it was cleared or the user signed out"
                raise MissingTokenError(what, hint="sign in again: auth.login()")
            await self._prepare(store, lease)
            try:
                token = await self._request_new_token(stored or old_token)
            except InvalidGrantError:
                # A process whose lock expired may have used the same refresh token first, and stored its pair.
                newer = await self._read(store)
                if not token_lifecycle.is_newer(newer, stored or old_token, now=self.clock(), leeway=self.leeway):
                    raise
                self.token, self._in_store = newer, True
                return newer, False
            try:
                await self._write(store, token, lease)
            except BaseException as error:
                # The old refresh token no longer works. The new token is kept here and stored before it is used.
                self.token, self._unsaved = token, True
                # If the lock expired, the process that got it next may have stored a newer token, which stays.
                other: Any = await self._read(store) if isinstance(error, TokenStoreError) else None
                if not token_lifecycle.is_newer(other, stored or old_token, now=self.clock(), leeway=self.leeway):
                    raise
                self.token, self._in_store, self._unsaved = other, True, False
                return other, False
            self.token, self._in_store = token, True
        finally:
            if lease is not None:
                await self._run(store, lease.release)
        return token, True

    async def _prepare(self, store: Any, lease: Any) -> None:
        """Check that the store can be written, before the token request uses up the old refresh token."""
        if lease is not None and hasattr(lease, "prepare"):
            await self._run(store, lease.prepare)

    async def _acquire_lock(self, store: Any) -> Any:
        """Wait for the lock of the store; return None for a store without one."""
        if not self._locking:
            return None
        gives_up_at = monotonic() + token_lifecycle.LOCK_WAIT_SECONDS
        while True:
            lease = await self._run(store, store.try_lock)
            if lease is not None:
                return lease
            if self._closed:
                raise ClosedClientError("the client was closed while it waited for the lock of the token store")
            if monotonic() > gives_up_at:
                holder = "another process"
                name_holder: Any = getattr(store, "lock_holder", None)
                if name_holder is not None:
                    holder = await self._run(store, name_holder)
                raise TokenStoreError(
                    f"the token store was locked by {holder} for {token_lifecycle.LOCK_WAIT_SECONDS:.0f} seconds",
                    hint="look for a process that hangs while it refreshes a token",
                )
            await async_sleep(token_lifecycle.LOCK_POLL_SECONDS)

    async def _request_new_token(self, old_token: Token | None) -> Token:
        """Obtain a token: `on_token_refresh`, else the refresh grant, else, for an app, client credentials."""
        if self.on_refresh is not None:
            running = [self]
            context = _in_on_refresh.set(running)
            try:
                token = await async_call_user_function(self.on_refresh)
            finally:
                _in_on_refresh.reset(context)
                running.clear()  # in the contexts of threads and tasks that the callback has started
            if not isinstance(token, Token):
                raise InvalidInputError(
                    f"on_token_refresh returned a value of type {type(token).__name__}: return a Token"
                )
            return token
        requested_at = token_lifecycle.recent_app_tokens(old_token, now=self.clock())
        client_id = oauth.needed("client_id", self.client_id, "a new token")
        client_secret = oauth.needed("client_secret", self.client_secret, "a new token")
        if old_token is not None and old_token.refresh_token is not None:
            request = oauth.refresh(self.auth_url, client_id, client_secret, old_token.refresh_token)
            try:
                token = await self.request_token(request, old_token.grant)
            except InvalidGrantError:
                if old_token.grant != "app":
                    raise
            else:
                # A response without a refresh token leaves the old one valid.
                refresh_token = token.refresh_token or old_token.refresh_token
                return attrs.evolve(token, refresh_token=refresh_token, app_token_requests=requested_at)
        return await self._client_credentials(old_token)

    async def _ask_provider(self, function: Callable[[], Any]) -> Secret | None:
        """Return an access token from the token provider, or None without one."""
        token = masked(await async_call_user_function(function))
        if not token or isinstance(token, Secret):
            return token or None
        kind = type(token).__name__
        del token  # so that the frame of this error does not hold it
        raise InvalidInputError(
            f"the token provider returned a value of type {kind}: return the access token, a string"
        )

    async def _read(self, store: Any) -> Token | None:
        """Return the token of a store, or None without one."""
        token = await self._run(store, store.get)
        if token is None or isinstance(token, Token):
            return token
        kind = type(token).__name__
        del token  # so that the frame of this error does not hold it
        raise InvalidInputError(f"get() of the token store returned a value of type {kind}: return a Token, or None")

    async def _write(self, store: Any, token: Token, lease: Any = None) -> None:
        """Store a token."""
        await self._run(store, store.set if lease is None else lease.set, token)

    async def _report_stored(self, token: Token) -> None:
        """Report a token that was stored. No lock is held, so that the callback can use the client."""
        if self.on_stored is not None:
            try:
                await async_call_user_function(self.on_stored, token)
            except Exception:  # user code: the token is stored and works, whatever the callback raises
                logger.exception("the on_token_stored callback failed; the token is stored")

    async def _run(self, store: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        return await async_call_user_function(function, *arguments, blocking=getattr(store, "blocking", False))


def utc_now() -> datetime:
    """Return the time in UTC, so that stores on several machines agree."""
    return datetime.now(UTC)
