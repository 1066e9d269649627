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
from soundcloud._protocol.error_mapping import error_from_response, retry_after_from
from soundcloud._protocol.http.messages import Request, Response, build_request
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
        request = build_request(operation, self.base_url, token)
        del token  # no frame of a traceback shows it
        value: T = await self.perform(request)
        return value

    @overload
    def page(self, operation: Operation[PageModel[T]], token: str | None = None) -> AsyncPage[T]: ...
    @overload
    def page(self, operation: Operation[list[T]], token: str | None = None) -> AsyncPage[T]: ...
    def page(self, operation: Operation[Any], token: str | None = None) -> AsyncPage[Any]:
        """Ask for the first page of a list."""
        request = build_request(operation, self.base_url, token)
        del token  # no frame of a traceback shows it
        return async_start(AsyncPage(self, request))

    async def perform(self, request: Request) -> Any:
        """Send a call of a namespace and read its reply; a reply that is an error is raised."""
        self._check_open(request)
        with Watch(request, self.hooks) as watch, AsyncDeadline(self.timeout.total, request) as deadline:
            if request.shareable and (self.dedupe or self.caching is not None):
                response = await self._shared(request, watch, deadline)
            else:
                response = await self._attempts(request, None, watch, deadline)
            watch.response = response
            return self._read(request, response)

    async def fetch(self, request: Request) -> Response:
        """Send a call once and give back its reply, whatever the status; nobody is told."""
        self._check_open(request)
        with AsyncDeadline(self.timeout.total, request) as deadline:
            return await self.exchange(request, await self._token(request), deadline)

    def _check_open(self, request: Request) -> None:
        if self.life.closed:
            raise ClosedClientError("this client is closed", method=request.method, path=request.path)

    async def _token(self, request: Request) -> str | None:
        """The access token that a call carries."""
        if request.token is not None or not request.authorize:
            return request.token
        return await self.session.access_token(request)

    async def exchange(
        self, request: Request, token: str | None = None, deadline: AsyncDeadline | None = None
    ) -> Response:
        """Send a call once, whatever comes of it."""
        if request.origin is None and not request.authorize:
            return await self.engine.exchange(request, self.auth_url, token, self._token_phases)
        phases = self._phases if deadline is None else deadline.phases(self._phases)
        if request.origin is not None:
            return await self.engine.exchange(request, request.origin, None, phases)
        return await self.engine.exchange(request, self.base_url, token, phases)

    async def _shared(self, request: Request, watch: Watch, deadline: AsyncDeadline) -> Response:
        """The reply that the cache holds, or that of the same call under way, or one of its own."""
        cached = self.caching is not None and is_cachable(request)
        while True:
            token = await self._token(request)
            lookup = await self.caching.find(request, token) if cached and self.caching is not None else None
            if lookup is not None and lookup.entry is not None and lookup.fresh:
                watch.cached = True
                return lookup.entry.response(token)
            if not self.dedupe:
                return await self._kept(request, token, lookup, watch, deadline)
            key = (request.url, token)
            flight, signal = self._flights.join(key)
            if signal is None:
                try:
                    flight.response = await self._kept(request, token, lookup, watch, deadline)
                    return flight.response
                except SoundCloudError as error:
                    flight.error = error
                    raise
                finally:
                    self._flights.land(key, flight)
            if not await signal.wait(deadline.left()):
                what = "no reply in time, of the same call under way"
                raise RequestTimeoutError(what, method=request.method, path=request.path)
            watch.deduplicated = True
            response = flight.outcome(token)
            if response is not None:
                return response
            watch.deduplicated = False

    async def _kept(
        self, request: Request, token: str | None, lookup: AsyncLookup | None, watch: Watch, deadline: AsyncDeadline
    ) -> Response:
        """Send a call, on condition where the cache holds an old reply, and keep the reply."""
        if lookup is None or self.caching is None:
            return await self._attempts(request, token, watch, deadline)
        old = lookup.entry
        if old is not None and "etag" in old.headers:
            request = attrs.evolve(request, headers={**request.headers, "If-None-Match": old.headers["etag"]})
        response = await self._attempts(request, token, watch, deadline)
        if response.status == 304 and old is not None:
            watch.cached = True
            response = old.response(response.token)
        if response.token == token:
            await self.caching.keep(lookup, response)
        return response

    async def _attempts(self, request: Request, token: str | None, watch: Watch, deadline: AsyncDeadline) -> Response:
        """Send a call until it succeeds or there is no use in it; after a 401 once more, with a new token."""
        start, attempt, renewed = monotonic(), 0, False
        policy = Retry(max_retries=0) if retries_are_off() else self.retry
        try:
            while True:
                self._check_open(request)
                if token is None:
                    token = await self._token(request)
                attempt += 1
                said: float | None = None
                try:
                    with Try(watch):
                        response = watch.response = await self.exchange(request, token, deadline)
                except SoundCloudError as failure:
                    watch.response, error = None, failure
                else:
                    if response.status < 400:
                        return response
                    error = error_from_response(response, now=self.session.clock(), request=request)
                    said = error.retry_after if isinstance(error, RateLimitError) else self._said(response)
                    if response.status == 401 and token is not None and request.token is None:
                        other = (
                            None if renewed or not request.repeatable else await self.session.replaced(request, token)
                        )
                        if other is not None:
                            token, renewed, attempt = other, True, attempt - 1
                            continue
                        error = self.session.explained(error, request, renewed=renewed)
                error.retries = attempt - 1
                outcome = Outcome(error, request.method, bool(request.files), said, random())  # noqa: S311 - no secret
                decision = decide(policy, attempt, outcome, monotonic() - start)
                left = deadline.left()
                if decision.wait is None or (left is not None and decision.wait >= left):
                    raise error
                watch.retrying(decision.wait, decision.reason, error)
                del error
                await async_sleep(decision.wait)
        finally:
            if self.caching is not None and request.method not in SAFE_METHODS:
                await async_protected(self.caching.forget, request, token)

    def _said(self, response: Response) -> float | None:
        return retry_after_from(response, now=self.session.clock())

    def _read(self, request: Request, response: Response) -> Any:
        """Read a reply; what differs from the document is told."""
        drifts = Drifts()
        value = read(response, request.responses, drifts)
        if drifts:
            logger.info(
                "%s: the reply differs from the document in %d places, first %s",
                request.operation,
                drifts.total,
                drifts[0],
            )
            self.hooks.tell(DriftEvent(request.operation or request.path, tuple(drifts), drifts.total))
        return value
