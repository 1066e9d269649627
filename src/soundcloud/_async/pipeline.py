"""What happens to a call on its way: events, cache, joining, the token, retries. What is sent is the engine's business."""

import logging
from random import random
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

import attrs

from soundcloud._async.pages import AsyncPage, PageModel
from soundcloud._async.steps.cache import AsyncCaching, AsyncLookup
from soundcloud._async.steps.single_flight import AsyncFlights
from soundcloud._concurrency import AsyncDeadline
from soundcloud._instrumentation import Hooks, Try, Watch
from soundcloud._protocol.cache_entries import is_cachable
from soundcloud._protocol.decoding import Drifts, read
from soundcloud._protocol.error_mapping import error_of, retry_after_of
from soundcloud._protocol.http.messages import Call, Reply, call_of
from soundcloud._protocol.retry import SAFE_METHODS, Outcome, decide
from soundcloud._synchronization import async_protected, async_sleep, async_start
from soundcloud._transport._async.sender import AsyncEngine
from soundcloud.errors import ClosedClientError, RateLimitError, RequestTimeoutError, SoundCloudError
from soundcloud.events import DriftEvent
from soundcloud.options import Retry, Timeout, retries_are_off
from soundcloud_api.types import Operation

if TYPE_CHECKING:
    from soundcloud._async.token_manager import AsyncSession

T = TypeVar("T")

TOKEN_SECONDS = 7.0  # for each of the four phases of a request, so that 28 are not exceeded
PHASES = ("connect", "read", "write", "pool")

logger = logging.getLogger("soundcloud")


@attrs.define
class Life:
    """Whether a client is open; shared by all that are made of it."""

    closed: bool = False


@attrs.define(eq=False)
class AsyncPipeline:
    """Sends the calls of one client and reads their replies.

    Args:
        base_url: The API's origin.
        auth_url: The origin of the token endpoint.
        web_url: The origin of oEmbed.
        engine: What sends.
        hooks: Those who want to be told.
        timeout: How long a call may take.
        retry: How often a call is tried again.
        dedupe: Whether the same call is sent once while it is under way.
        caching: The cache, or None.
        session: What keeps the client signed in; set by the client.
    """

    base_url: str
    auth_url: str
    web_url: str
    engine: AsyncEngine = attrs.field(repr=False)
    hooks: Hooks = attrs.field(repr=False)
    timeout: Timeout
    retry: Retry
    dedupe: bool
    caching: AsyncCaching | None
    session: "AsyncSession" = attrs.field(init=False, repr=False)
    life: Life = attrs.field(factory=Life, init=False, repr=False)
    ahead: set[Any] = attrs.field(factory=set[Any], init=False, repr=False)
    _flights: AsyncFlights = attrs.field(factory=AsyncFlights, init=False, repr=False)
    _phases: dict[str, float] = attrs.field(init=False, repr=False)
    _token_phases: dict[str, float] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Write down how long each phase may take."""
        self._phases = {phase: float(getattr(self.timeout, phase)) for phase in PHASES}
        # A refresh ends before a lock that is held for it does.
        self._token_phases = {phase: min(seconds, TOKEN_SECONDS) for phase, seconds in self._phases.items()}

    def with_options(self, **options: Any) -> Self:
        """The same pipeline with other options: connections, session and all else are shared."""
        other = attrs.evolve(self, **options)
        other.session, other.life, other.ahead = self.session, self.life, self.ahead
        return other

    async def aclose(self) -> None:
        """Close the connections, unless the HTTP client was given."""
        if not self.life.closed:
            self.life.closed = True
            await self.engine.aclose()

    async def send(self, operation: Operation[T], token: str | None = None) -> T:
        """Send an operation and read its reply."""
        call = call_of(operation, self.base_url, token)
        del token  # no frame of a traceback shows it
        value: T = await self.perform(call)
        return value

    @overload
    def page(self, operation: Operation[PageModel[T]], token: str | None = None) -> AsyncPage[T]: ...
    @overload
    def page(self, operation: Operation[list[T]], token: str | None = None) -> AsyncPage[T]: ...
    def page(self, operation: Operation[Any], token: str | None = None) -> AsyncPage[Any]:
        """Ask for the first page of a list."""
        call = call_of(operation, self.base_url, token)
        del token  # no frame of a traceback shows it
        return async_start(AsyncPage(self, call))

    async def perform(self, call: Call) -> Any:
        """Send a call of a namespace and read its reply; a reply that is an error is raised."""
        self._check_open(call)
        with Watch(call, self.hooks) as watch, AsyncDeadline(self.timeout.total, call) as deadline:
            if call.shareable and (self.dedupe or self.caching is not None):
                reply = await self._shared(call, watch, deadline)
            else:
                reply = await self._attempts(call, None, watch, deadline)
            watch.reply = reply
            return self._read(call, reply)

    async def fetch(self, call: Call) -> Reply:
        """Send a call once and give back its reply, whatever the status; nobody is told."""
        self._check_open(call)
        with AsyncDeadline(self.timeout.total, call) as deadline:
            return await self.exchange(call, await self._token(call), deadline)

    def _check_open(self, call: Call) -> None:
        if self.life.closed:
            raise ClosedClientError("this client is closed", method=call.method, path=call.path)

    async def _token(self, call: Call) -> str | None:
        """The access token that a call carries."""
        if call.token is not None or not call.authorize:
            return call.token
        return await self.session.access_token(call)

    async def exchange(self, call: Call, token: str | None = None, deadline: AsyncDeadline | None = None) -> Reply:
        """Send a call once, whatever comes of it."""
        if call.origin is None and not call.authorize:
            return await self.engine.exchange(call, self.auth_url, token, self._token_phases)
        phases = self._phases if deadline is None else deadline.phases(self._phases)
        if call.origin is not None:
            return await self.engine.exchange(call, call.origin, None, phases)
        return await self.engine.exchange(call, self.base_url, token, phases)

    async def _shared(self, call: Call, watch: Watch, deadline: AsyncDeadline) -> Reply:
        """The reply that the cache holds, or that of the same call under way, or one of its own."""
        cached = self.caching is not None and is_cachable(call)
        while True:
            token = await self._token(call)
            lookup = await self.caching.find(call, token) if cached and self.caching is not None else None
            if lookup is not None and lookup.entry is not None and lookup.fresh:
                watch.cached = True
                return lookup.entry.reply(token)
            if not self.dedupe:
                return await self._kept(call, token, lookup, watch, deadline)
            key = (call.url, token)
            flight, signal = self._flights.join(key)
            if signal is None:
                try:
                    flight.reply = await self._kept(call, token, lookup, watch, deadline)
                    return flight.reply
                except SoundCloudError as error:
                    flight.error = error
                    raise
                finally:
                    self._flights.land(key, flight)
            if not await signal.wait(deadline.left()):
                what = "no reply in time, of the same call under way"
                raise RequestTimeoutError(what, method=call.method, path=call.path)
            watch.joined = True
            reply = flight.outcome(token)
            if reply is not None:
                return reply
            watch.joined = False

    async def _kept(
        self, call: Call, token: str | None, lookup: AsyncLookup | None, watch: Watch, deadline: AsyncDeadline
    ) -> Reply:
        """Send a call, on condition where the cache holds an old reply, and keep the reply."""
        if lookup is None or self.caching is None:
            return await self._attempts(call, token, watch, deadline)
        old = lookup.entry
        if old is not None and "etag" in old.headers:
            call = attrs.evolve(call, headers={**call.headers, "If-None-Match": old.headers["etag"]})
        reply = await self._attempts(call, token, watch, deadline)
        if reply.status == 304 and old is not None:
            watch.cached = True
            reply = old.reply(reply.token)
        if reply.token == token:
            await self.caching.keep(lookup, reply)
        return reply

    async def _attempts(self, call: Call, token: str | None, watch: Watch, deadline: AsyncDeadline) -> Reply:
        """Send a call until it succeeds or there is no use in it; after a 401 once more, with a new token."""
        start, attempt, renewed = monotonic(), 0, False
        policy = Retry(max_retries=0) if retries_are_off() else self.retry
        try:
            while True:
                self._check_open(call)
                if token is None:
                    token = await self._token(call)
                attempt += 1
                said: float | None = None
                try:
                    with Try(watch):
                        reply = watch.reply = await self.exchange(call, token, deadline)
                except SoundCloudError as failure:
                    watch.reply, error = None, failure
                else:
                    if reply.status < 400:
                        return reply
                    error = error_of(reply, now=self.session.clock(), call=call)
                    said = error.retry_after if isinstance(error, RateLimitError) else self._said(reply)
                    if reply.status == 401 and token is not None and call.token is None:
                        other = None if renewed or not call.repeatable else await self.session.replaced(call, token)
                        if other is not None:
                            token, renewed, attempt = other, True, attempt - 1
                            continue
                        error = self.session.explained(error, call, renewed=renewed)
                error.retries = attempt - 1
                outcome = Outcome(error, call.method, bool(call.files), said, random())  # noqa: S311 - no secret
                decision = decide(policy, attempt, outcome, monotonic() - start)
                left = deadline.left()
                if decision.wait is None or (left is not None and decision.wait >= left):
                    raise error
                watch.retrying(decision.wait, decision.reason, error)
                del error
                await async_sleep(decision.wait)
        finally:
            if self.caching is not None and call.method not in SAFE_METHODS:
                await async_protected(self.caching.forget, call, token)

    def _said(self, reply: Reply) -> float | None:
        return retry_after_of(reply, now=self.session.clock())

    def _read(self, call: Call, reply: Reply) -> Any:
        """Read a reply; what differs from the document is told."""
        drifts = Drifts()
        value = read(reply, call.replies, drifts)
        if drifts:
            logger.info(
                "%s: the reply differs from the document in %d places, first %s",
                call.operation,
                drifts.total,
                drifts[0],
            )
            self.hooks.tell(DriftEvent(call.operation or call.path, tuple(drifts), drifts.total))
        return value
