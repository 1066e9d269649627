"""Staying signed in: the token of a client, its store, and one renewal at a time."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import attrs

from soundcloud._checks import check_callable, check_string
from soundcloud._instrumentation import Try, Watch
from soundcloud._protocol import oauth, token_lifecycle
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Request, Secret
from soundcloud._synchronization import (
    AsyncGate,
    async_check_function,
    async_check_methods,
    async_invoke,
    async_protected,
    async_sleep,
)
from soundcloud.errors import InvalidGrantError, InvalidInputError, MissingTokenError, SoundCloudError, TokenStoreError
from soundcloud.events import TokenRefreshedEvent
from soundcloud.stores.base import LockingTokenStore
from soundcloud.stores.memory import MemoryTokenStore
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from soundcloud._async.pipeline import AsyncPipeline

logger = logging.getLogger("soundcloud")


@attrs.define
class AsyncSession:
    """Keeps a client signed in.

    Args:
        pipeline: What sends the requests.
        client: The client, for callbacks that take it.
        client_id: The app's id.
        client_secret: The app's secret.
        redirect_uri: The app's redirect URI.
        store: Where the person's token is kept.
        provider: Somebody else who keeps the tokens.
        on_refresh: Gets a new token in the program's own way.
        on_stored: Is told every token that was stored.
        leeway: How long before its expiry a token counts as expired.
        clock: Tells the time.
        token: A token to begin with; one that the store holds goes before it.
    """

    pipeline: "AsyncPipeline" = attrs.field(repr=False)
    client: Any = attrs.field(repr=False)
    client_id: str | None
    client_secret: str | None = attrs.field(repr=False)
    redirect_uri: str | None
    store: Any
    provider: Any
    on_refresh: Callable[[Any], Any] | None = attrs.field(repr=False)
    on_stored: Callable[[Token], Any] | None = attrs.field(repr=False)
    leeway: timedelta
    clock: Callable[[], datetime] = attrs.field(repr=False)
    token: Token | None = None
    _kept: bool = attrs.field(default=False, init=False)
    _loaded: bool = attrs.field(default=False, init=False)
    _unsaved: bool = attrs.field(default=False, init=False)
    _gate: Any = attrs.field(factory=AsyncGate, init=False, repr=False)
    _apps: Any = attrs.field(default=None, init=False, repr=False)
    _failures: int = attrs.field(default=0, init=False)
    _failed: tuple[float, SoundCloudError] | None = attrs.field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the settings, and find the place of the app's own token."""
        for name in ("client_id", "client_secret", "redirect_uri"):
            check_string(name, getattr(self, name))
        async_check_methods("token_store", self.store, ("get", "set", "clear"), "MemoryTokenStore(), or a path")
        provided = ("get_access_token", "set_tokens", "refresh_if_needed")
        async_check_methods("token_provider", self.provider, provided, "a TokenProvider")
        async_check_function("on_token_refresh", self.on_refresh)
        async_check_function("on_token_stored", self.on_stored)
        check_callable("clock", self.clock, none=False)
        if self.store is None:
            self.store = MemoryTokenStore()
        shared = isinstance(self.store, LockingTokenStore)
        self._apps = self.store.for_app(self.client_id or "") if shared else MemoryTokenStore()

    @property
    def means(self) -> token_lifecycle.TokenSources:
        """What a new token could be got with."""
        return token_lifecycle.TokenSources(bool(self.client_id and self.client_secret), self.on_refresh is not None)

    async def access_token(self, request: Request) -> str:
        """The access token for a call: the one at hand, a renewed one, or a first one.

        Raises:
            MissingTokenError: There is none, and no way to get one.
            SoundCloudError: The renewal failed.
        """
        if self.provider is not None:
            given = await async_invoke(self.provider.get_access_token)
            if not given:
                raise MissingTokenError(
                    "the token provider has no access token", method=request.method, path=request.path
                )
            return Secret(given)
        token = self.token
        if not self._loaded or self._unsaved:
            token = await self._load()
        match token_lifecycle.next_step(token, self.means, now=self.clock(), leeway=self.leeway):
            case "sign in":
                raise MissingTokenError("this call needs an access token", method=request.method, path=request.path)
            case "renew":
                try:
                    token = await self._renew(token)
                except SoundCloudError:
                    # What is only about to expire can still be used; the next call tries again.
                    if token is None or token.expires_within(timedelta(0), now=self.clock()):
                        raise
            case _:
                pass
        assert token is not None  # noqa: S101 - the match says so
        return Secret(token.access_token)

    async def replaced(self, request: Request, refused: str) -> str | None:
        """The access token to try once more with after a 401, or None when there is no other.

        Args:
            request: The call that was refused.
            refused: The access token that it carried.

        Raises:
            SoundCloudError: The renewal failed.
        """
        if self.provider is not None:
            given = await async_invoke(self.provider.refresh_if_needed, self.client)
            return Secret(given) if given and given != refused else None
        token = self.token
        if token is None:
            return None
        if token.access_token != refused:
            return Secret(token.access_token)
        if token.grant == "app" and token_lifecycle.needs_user_token(request):
            # Somebody may have signed in meanwhile, with another client of this store.
            person = await self._call(self.store, self.store.get)
            if person is None or person.access_token == refused:
                return None
            self.token, self._kept = person, True
            return Secret(person.access_token)
        if not token_lifecycle.can_renew(token, self.means):
            return None
        return Secret((await self._renew(token)).access_token)

    def explained(self, error: SoundCloudError, request: Request, *, renewed: bool) -> SoundCloudError:
        """Say what a 401 means, as far as the session knows.

        Args:
            error: The error that the reply makes.
            request: The call, with the client's own token.
            renewed: Whether that token was got for it.
        """
        if renewed:
            return token_lifecycle.rejected_again(error)
        if self.token is not None and self.token.grant == "app" and token_lifecycle.needs_user_token(request):
            return token_lifecycle.user_token_required(error)
        return error

    async def set(self, token: Token) -> None:
        """Act with another token, and store it."""
        if self.provider is not None:
            await async_invoke(self.provider.set_tokens, token.access_token, token.refresh_token)
        else:
            await self._write(self.store, token)
        self.token, self._kept, self._loaded, self._unsaved = token, True, True, False
        self._failed, self._failures = None, 0

    async def clear(self) -> None:
        """Forget the token, in the store too."""
        self.token, self._kept, self._loaded, self._unsaved, self._failed = None, False, True, False, None
        if self.provider is None:
            await self._call(self.store, self.store.clear)

    async def mint(self) -> Token:
        """A new app token, counted against the quotas and shared by the store.

        Raises:
            RateLimitError: It would be one too many; nothing was sent.
            SoundCloudError: The call failed.
        """
        async with self._gate:
            lease = await self._lease(self._apps)
            try:
                token = await self._minted(await self._call(self._apps, self._apps.get))
                await self._write(self._apps, token, lease)
            finally:
                if lease is not None:
                    await self._call(self._apps, lease.release)
        return token

    async def _minted(self, before: Token | None) -> Token:
        mints = token_lifecycle.recent_app_tokens(before, now=self.clock())
        token_lifecycle.check_quota(mints, now=self.clock())
        client_id = oauth.needed("client_id", self.client_id, "an app token")
        client_secret = oauth.needed("client_secret", self.client_secret, "an app token")
        request = oauth.client_credentials(self.pipeline.auth_url, client_id, client_secret)
        return attrs.evolve(await self.request(request, "app"), app_token_requests=(*mints, self.clock()))

    async def request(self, request: Request, grant: Any) -> Token:
        """Ask the token endpoint, once: what it takes for a refresh token is spent, whatever it answers.

        Raises:
            InvalidClientError: The app's id or secret is wrong.
            InvalidGrantError: The code or refresh token was used before.
            SoundCloudError: The call failed.
        """
        with Watch(request, self.pipeline.hooks) as watch:
            with Try(watch):
                response = watch.response = await self.pipeline.exchange(request)
            if response.status >= 400:
                form = request.form if isinstance(request.form, dict) else {}
                raise token_lifecycle.grant_error(
                    error_from_response(response, now=self.clock()), request, response, form.get("redirect_uri")
                )
            return oauth.read_token(response, now=self.clock(), grant=grant)

    async def _load(self) -> Token | None:
        """The token of the store, once; else the one that the client was given, which is stored; else the app's.

        A pair that could not be stored when it was got is stored now.
        """
        async with self._gate:
            if not self._loaded:
                given, stored = self.token, await self._call(self.store, self.store.get)
                if stored is not None:
                    self.token, self._kept = stored, True
                elif given is not None:
                    # What only stands for a token that is still to be got is not stored.
                    self._unsaved = given.access_token != token_lifecycle.UNKNOWN
                elif self.means.credentials and not self.means.callback:
                    self.token = await self._call(self._apps, self._apps.get)
                self._loaded = True
            if self._unsaved and self.token is not None:
                await self._write(self._place(self.token), self.token)
                self._unsaved, self._kept = False, True
        return self.token

    def _place(self, token: Token | None) -> Any:
        """Where a token, or what comes in its place, is kept: the app's own apart from the person's."""
        app = token.grant == "app" if token is not None else not self.means.callback
        return self._apps if app else self.store

    async def _renew(self, spent: Token | None) -> Token:
        """A token in the place of a spent one, by whoever comes first."""
        async with self._gate:
            token = self.token
            if (
                token is not None
                and token is not spent
                and token_lifecycle.is_newer(token, spent, now=self.clock(), leeway=self.leeway)
            ):
                return token
            if self._failed is not None and monotonic() < self._failed[0]:
                stored = await self._call(self._place(spent), self._place(spent).get)
                if not token_lifecycle.is_newer(stored, spent, now=self.clock(), leeway=self.leeway):
                    # The same error again, without the frames of those who got it before.
                    raise self._failed[1].with_traceback(None)
            renewed: Token
            try:
                renewed, made = await async_protected(self._locked, self._place(spent), spent)
            except SoundCloudError as error:
                self._failures += 1
                self._failed = (monotonic() + token_lifecycle.refresh_backoff(self._failures), error)
                raise
            self._failures, self._failed = 0, None
            self._loaded = True
        if made:
            self.pipeline.hooks.tell(TokenRefreshedEvent(renewed.grant, renewed.expires_at))
        return renewed

    async def _locked(self, store: Any, spent: Token | None) -> tuple[Token, bool]:
        """Lock, read again, renew, write, let go."""
        lease = await self._lease(store)
        try:
            stored = await self._call(store, store.get)
            if token_lifecycle.is_newer(stored, spent, now=self.clock(), leeway=self.leeway):
                self.token, self._kept = stored, True
                return stored, False
            if stored is None and store is self.store and self._kept:
                self.token, self._kept = None, False
                raise MissingTokenError(
                    "the token is gone from the store: somebody signed out", hint="sign in again: auth.login()"
                )
            token = await self._fetch(stored or spent)
            try:
                await self._write(store, token, lease)
            except BaseException:
                # The spent one is worth nothing any more: the new one is kept here, and stored before it is used.
                self.token, self._unsaved = token, True
                raise
            self.token, self._kept = token, True
        finally:
            if lease is not None:
                await self._call(store, lease.release)
        return token, True

    async def _lease(self, store: Any) -> Any:
        """Wait for the store's lock; None where the store has no lock."""
        if not isinstance(store, LockingTokenStore):
            return None
        deadline = monotonic() + token_lifecycle.LOCK_WAIT_SECONDS
        while True:
            lease = await self._call(store, store.try_lock)
            if lease is not None:
                return lease
            if monotonic() > deadline:
                raise TokenStoreError(
                    f"somebody else has held the lock of the token store for {token_lifecycle.LOCK_WAIT_SECONDS:.0f} seconds",
                    hint="look for a process that hangs while it refreshes a token",
                )
            await async_sleep(token_lifecycle.LOCK_POLL_SECONDS)

    async def _fetch(self, spent: Token | None) -> Token:
        """A new token: the program's own way, else a refresh, else, for an app, a mint."""
        if self.on_refresh is not None:
            token = await async_invoke(self.on_refresh, self.client)
            if not isinstance(token, Token):
                raise InvalidInputError(f"on_token_refresh returned {type(token).__name__}, a Token is needed")
            return token
        pipeline, mints = self.pipeline, token_lifecycle.recent_app_tokens(spent, now=self.clock())
        client_id = oauth.needed("client_id", self.client_id, "a new token")
        client_secret = oauth.needed("client_secret", self.client_secret, "a new token")
        if spent is not None and spent.refresh_token is not None:
            request = oauth.refresh(pipeline.auth_url, client_id, client_secret, spent.refresh_token)
            try:
                token = await self.request(request, spent.grant)
            except InvalidGrantError:
                if spent.grant != "app":
                    raise
            else:
                # A reply without a refresh token leaves the old one as the only one there is.
                return attrs.evolve(
                    token, refresh_token=token.refresh_token or spent.refresh_token, app_token_requests=mints
                )
        return await self._minted(spent)

    async def _write(self, store: Any, token: Token, lease: Any = None) -> None:
        """Store a token, and only then tell of it."""
        await self._call(store, store.set if lease is None else lease.set, token)
        if self.on_stored is not None:
            try:
                await async_invoke(self.on_stored, token)
            except Exception:  # the program's own function: whatever it raises, the token is stored and of use
                logger.exception("the on_token_stored callback failed; the token is stored")

    async def _call(self, store: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        return await async_invoke(function, *arguments, blocking=getattr(store, "blocking", False))


def utc_now() -> datetime:
    """The time, as stores on several machines understand it."""
    return datetime.now(UTC)
