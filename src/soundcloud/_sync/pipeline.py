"""What happens to a call on its way: events, cache, joining, the token, retries. What is sent is the engine's business."""

import logging
from random import random
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

import attrs

from soundcloud._sync.pages import Page, PageModel
from soundcloud._sync.steps.cache import Caching, Lookup
from soundcloud._sync.steps.single_flight import Flights
from soundcloud._concurrency import Deadline
from soundcloud._instrumentation import Hooks, Try, Watch
from soundcloud._protocol.cache_entries import is_cachable
from soundcloud._protocol.decoding import Drifts, read
from soundcloud._protocol.error_mapping import error_from_response, retry_after_from
from soundcloud._protocol.http.messages import Request, Response, build_request
from soundcloud._protocol.retry import SAFE_METHODS, Outcome, decide
from soundcloud._synchronization import protected, sleep, start
from soundcloud._transport._sync.sender import Engine
from soundcloud.errors import ClosedClientError, RateLimitError, RequestTimeoutError, SoundCloudError
from soundcloud.events import DriftEvent
from soundcloud.options import Retry, Timeout, retries_are_off
from soundcloud_api.types import Operation

if TYPE_CHECKING:
    from soundcloud._sync.token_manager import Session

T = TypeVar("T")

TOKEN_SECONDS = 7.0  # for each of the four phases of a request, so that 28 are not exceeded
PHASES = ("connect", "read", "write", "pool")

logger = logging.getLogger("soundcloud")


@attrs.define
class Life:
    """Whether a client is open; shared by all that are made of it."""

    closed: bool = False


@attrs.define(eq=False)
class Pipeline:
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
    engine: Engine = attrs.field(repr=False)
    hooks: Hooks = attrs.field(repr=False)
    timeout: Timeout
    retry: Retry
    dedupe: bool
    caching: Caching | None
    session: "Session" = attrs.field(init=False, repr=False)
    life: Life = attrs.field(factory=Life, init=False, repr=False)
    ahead: set[Any] = attrs.field(factory=set[Any], init=False, repr=False)
    _flights: Flights = attrs.field(factory=Flights, init=False, repr=False)
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

    def close(self) -> None:
        """Close the connections, unless the HTTP client was given."""
        if not self.life.closed:
            self.life.closed = True
            self.engine.close()

    def send(self, operation: Operation[T], token: str | None = None) -> T:
        """Send an operation and read its reply."""
        request = build_request(operation, self.base_url, token)
        del token  # no frame of a traceback shows it
        value: T = self.perform(request)
        return value

    @overload
    def page(self, operation: Operation[PageModel[T]], token: str | None = None) -> Page[T]: ...
    @overload
    def page(self, operation: Operation[list[T]], token: str | None = None) -> Page[T]: ...
    def page(self, operation: Operation[Any], token: str | None = None) -> Page[Any]:
        """Ask for the first page of a list."""
        request = build_request(operation, self.base_url, token)
        del token  # no frame of a traceback shows it
        return start(Page(self, request))

    def perform(self, request: Request) -> Any:
        """Send a call of a namespace and read its reply; a reply that is an error is raised."""
        self._check_open(request)
        with Watch(request, self.hooks) as watch, Deadline(self.timeout.total, request) as deadline:
            if request.shareable and (self.dedupe or self.caching is not None):
                response = self._shared(request, watch, deadline)
            else:
                response = self._attempts(request, None, watch, deadline)
            watch.response = response
            return self._read(request, response)

    def fetch(self, request: Request) -> Response:
        """Send a call once and give back its reply, whatever the status; nobody is told."""
        self._check_open(request)
        with Deadline(self.timeout.total, request) as deadline:
            return self.exchange(request, self._token(request), deadline)

    def _check_open(self, request: Request) -> None:
        if self.life.closed:
            raise ClosedClientError("this client is closed", method=request.method, path=request.path)

    def _token(self, request: Request) -> str | None:
        """The access token that a call carries."""
        if request.token is not None or not request.authorize:
            return request.token
        return self.session.access_token(request)

    def exchange(
        self, request: Request, token: str | None = None, deadline: Deadline | None = None
    ) -> Response:
        """Send a call once, whatever comes of it."""
        if request.origin is None and not request.authorize:
            return self.engine.exchange(request, self.auth_url, token, self._token_phases)
        phases = self._phases if deadline is None else deadline.phases(self._phases)
        if request.origin is not None:
            return self.engine.exchange(request, request.origin, None, phases)
        return self.engine.exchange(request, self.base_url, token, phases)

    def _shared(self, request: Request, watch: Watch, deadline: Deadline) -> Response:
        """The reply that the cache holds, or that of the same call under way, or one of its own."""
        cached = self.caching is not None and is_cachable(request)
        while True:
            token = self._token(request)
            lookup = self.caching.find(request, token) if cached and self.caching is not None else None
            if lookup is not None and lookup.entry is not None and lookup.fresh:
                watch.cached = True
                return lookup.entry.response(token)
            if not self.dedupe:
                return self._kept(request, token, lookup, watch, deadline)
            key = (request.url, token)
            flight, signal = self._flights.join(key)
            if signal is None:
                try:
                    flight.response = self._kept(request, token, lookup, watch, deadline)
                    return flight.response
                except SoundCloudError as error:
                    flight.error = error
                    raise
                finally:
                    self._flights.land(key, flight)
            if not signal.wait(deadline.left()):
                what = "no reply in time, of the same call under way"
                raise RequestTimeoutError(what, method=request.method, path=request.path)
            watch.deduplicated = True
            response = flight.outcome(token)
            if response is not None:
                return response
            watch.deduplicated = False

    def _kept(
        self, request: Request, token: str | None, lookup: Lookup | None, watch: Watch, deadline: Deadline
    ) -> Response:
        """Send a call, on condition where the cache holds an old reply, and keep the reply."""
        if lookup is None or self.caching is None:
            return self._attempts(request, token, watch, deadline)
        old = lookup.entry
        if old is not None and "etag" in old.headers:
            request = attrs.evolve(request, headers={**request.headers, "If-None-Match": old.headers["etag"]})
        response = self._attempts(request, token, watch, deadline)
        if response.status == 304 and old is not None:
            watch.cached = True
            response = old.response(response.token)
        if response.token == token:
            self.caching.keep(lookup, response)
        return response

    def _attempts(self, request: Request, token: str | None, watch: Watch, deadline: Deadline) -> Response:
        """Send a call until it succeeds or there is no use in it; after a 401 once more, with a new token."""
        start, attempt, renewed = monotonic(), 0, False
        policy = Retry(max_retries=0) if retries_are_off() else self.retry
        try:
            while True:
                self._check_open(request)
                if token is None:
                    token = self._token(request)
                attempt += 1
                said: float | None = None
                try:
                    with Try(watch):
                        response = watch.response = self.exchange(request, token, deadline)
                except SoundCloudError as failure:
                    watch.response, error = None, failure
                else:
                    if response.status < 400:
                        return response
                    error = error_from_response(response, now=self.session.clock(), request=request)
                    said = error.retry_after if isinstance(error, RateLimitError) else self._said(response)
                    if response.status == 401 and token is not None and request.token is None:
                        other = (
                            None if renewed or not request.repeatable else self.session.replaced(request, token)
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
                sleep(decision.wait)
        finally:
            if self.caching is not None and request.method not in SAFE_METHODS:
                protected(self.caching.forget, request, token)

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
