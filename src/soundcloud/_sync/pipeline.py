"""Runs a call: events, deadline, token, then the steps (cache, single-flight, retry, send), then decoding."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

import attrs

from soundcloud._sync.pages import Page, PageModel
from soundcloud._sync.steps.base import Call, Step
from soundcloud._sync.steps.cache import CacheStep, ResponseCache
from soundcloud._sync.steps.retry import RetryStep
from soundcloud._sync.steps.send import SendStep
from soundcloud._sync.steps.single_flight import InFlightCalls, SingleFlightStep
from soundcloud._sync.token_manager import TokenManager
from soundcloud._capture import captures
from soundcloud._concurrency import PerScope
from soundcloud._deadline import Deadline
from soundcloud._instrumentation import CallSpan, Hooks
from soundcloud._lazy_page import make_lazy
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.http.messages import Request, Response, build_request
from soundcloud._protocol.http.request_options import apply_options, with_default_headers
from soundcloud._protocol.masking import masker_for
from soundcloud._protocol.response_info import response_info
from soundcloud._protocol.retry import SAFE_METHODS, RateLimitPause
from soundcloud._protocol.validation import check_max_items
from soundcloud.errors import ClosedClientError, UnexpectedResponseError
from soundcloud.options import RequestOptions, Retry, Timeout
from soundcloud_api.imports import lazy_module
from soundcloud_api.types import UNSET, Operation

if TYPE_CHECKING:
    from soundcloud import events
    from soundcloud.responses import ResponseInfo
else:
    events = lazy_module("soundcloud.events")

T = TypeVar("T")

CACHE_TTL = 60.0
"""The default of `cache_ttl` in seconds."""

NO_HOOKS = Hooks(None, None, None)

logger = logging.getLogger("soundcloud")


@attrs.define(eq=False)
class ClientState:
    """The state that a client shares with the copies made by `with_options`.

    Attributes:
        closed: Whether the client is closed.
        in_flight_calls: The requests in flight, per event loop or process.
        running_tasks: The background tasks that are running.
        pause: The pause after a 429.
    """

    closed: bool = False
    in_flight_calls: PerScope[InFlightCalls] = attrs.field(factory=lambda: PerScope(InFlightCalls))
    running_tasks: set[Any] = attrs.field(factory=set[Any])
    pause: RateLimitPause = attrs.field(factory=RateLimitPause)


@attrs.define(eq=False)
class Pipeline:
    """Runs the calls of one client.

    Args:
        base_url: The origin of the API.
        auth_url: The origin of the token endpoint.
        web_url: The origin of oEmbed.
        hooks: The user's hooks.
        token_manager: The token of the client.
        timeout: The timeouts of a call.
        retry: The retry policy.
        dedupe: Whether identical calls in flight are deduplicated.
        cache: The response cache, or None.
        keep_raw: Whether the models know the JSON that they were decoded from.
        sender: The last step.
        default_headers: Headers of every request to the API.
    """

    base_url: str
    auth_url: str
    web_url: str
    hooks: Hooks = attrs.field(repr=False)
    token_manager: TokenManager = attrs.field(repr=False)
    timeout: Timeout
    retry: Retry
    dedupe: bool
    cache: ResponseCache | None
    keep_raw: bool
    sender: SendStep = attrs.field(repr=False)
    default_headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    state: ClientState = attrs.field(factory=ClientState, repr=False)
    _first_step: Step = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Build the chain of steps, the last one first."""
        step: Step = RetryStep(self.sender, self.retry, self.token_manager, self.check_open, self.state.pause)
        if self.dedupe:
            limits = (self.timeout, self.retry, self.sender.max_response_bytes)
            step = SingleFlightStep(step, self.state.in_flight_calls, self.token_manager.access_token, limits)
        if self.cache is not None:
            step = CacheStep(step, self.cache)
        self._first_step = step

    def with_options(self, **options: Any) -> Self:
        """Return a pipeline with other options; connections, token, cache and requests in flight are shared."""
        of_sender = {name: options[name] for name in ("timeout", "user_agent", "max_response_bytes") if name in options}
        if of_sender:
            options["sender"] = self.sender.with_options(**of_sender)
        fields = attrs.fields_dict(Pipeline)
        return attrs.evolve(self, **{name: value for name, value in options.items() if name in fields})

    def other_cache(self, cache: Any, ttl: float | None) -> ResponseCache | None:
        """Return the response cache with another cache unless it is UNSET, and with another `ttl` unless it is None."""
        if cache is None or (cache is UNSET and self.cache is None):
            return None
        if self.cache is None:
            return ResponseCache(cache, CACHE_TTL if ttl is None else ttl, self.token_manager.clock)
        return self.cache.replaced(cache, ttl)

    def close(self) -> None:
        """Close the connections, but not an HTTP client that the caller passed."""
        if not self.state.closed:
            self.state.closed = True
            self.token_manager.close()
            self.sender.close()

    @overload
    def page(
        self,
        operation: Operation[PageModel[T]],
        token: str | None = None,
        options: RequestOptions | None = None,
        max_items: int | None = None,
    ) -> Page[T]: ...
    @overload
    def page(
        self,
        operation: Operation[list[T]],
        token: str | None = None,
        options: RequestOptions | None = None,
        max_items: int | None = None,
    ) -> Page[T]: ...
    def page(
        self,
        operation: Operation[Any],
        token: str | None = None,
        options: RequestOptions | None = None,
        max_items: int | None = None,
    ) -> Page[Any]:
        """Return the first page of a list, which has `max_items` items on all pages at most."""
        check_max_items(max_items)
        request = build_request(operation, self.base_url, token)
        if options:
            request = apply_options(request, options)
        del token, options  # so that no traceback with local variables shows them
        return make_lazy(Page(self, request, max_items))

    @overload
    def send(
        self, operation: Operation[T], token: str | None = None, options: RequestOptions | None = None
    ) -> T: ...
    @overload
    def send(self, operation: Request, *, received: Callable[[ResponseInfo], object] | None = None) -> Any: ...
    def send(
        self,
        operation: Operation[Any] | Request,
        token: str | None = None,
        options: RequestOptions | None = None,
        received: Callable[[ResponseInfo], object] | None = None,
    ) -> Any:
        """Send an operation and return its decoded response, or raise the error that it means.

        Args:
            operation: The operation, or its request.
            token: An access token to use instead of the client's own.
            options: The options of the call.
            received: Called with the description of the response.
        """
        request = operation if isinstance(operation, Request) else build_request(operation, self.base_url, token)
        if options:
            request = apply_options(request, options)
        del token, options  # so that no traceback with local variables shows them
        self.check_open(request)
        request = with_default_headers(request, self.default_headers)
        with CallSpan(request, self.hooks) as span, Deadline(self.timeout.total, request) as deadline:
            call = Call(request, self.token_manager.access_token(request, deadline), deadline, span)
            try:
                response = span.response = self._first_step(call)
            finally:
                self._forget_reads(request)
                for capture in captures.get():
                    if capture.owner is self.state and capture.active and span.response is not None:
                        info = response_info(request, span.response, cached=span.cached)
                        capture.responses.append(info)
            if received is not None:
                received(response_info(request, response, cached=span.cached))
            return self._decode(call, response)

    def fetch(self, request: Request) -> Response:
        """Send a request once and return any response; emits no events."""
        self.check_open(request)
        request = with_default_headers(request, self.default_headers)
        with Deadline(self.timeout.total, request) as deadline:
            token = self.token_manager.access_token(request, deadline)
            try:
                return self.sender(Call(request, token, deadline, CallSpan(request, NO_HOOKS)))
            finally:
                self._forget_reads(request)

    def _forget_reads(self, request: Request) -> None:
        """After a write, let no read get the response to a request that was sent before."""
        if request.method not in SAFE_METHODS:
            for calls in self.state.in_flight_calls.all():
                calls.forget()

    def check_open(self, request: Request | None = None) -> None:
        """Raise `ClosedClientError` if the client is closed."""
        if self.state.closed:
            method, path = (None, None) if request is None else (request.method, request.path)
            raise ClosedClientError("this client is closed", method=method, path=path)

    def _decode(self, call: Call, response: Response) -> Any:
        """Decode a response, and report how it differs from the document."""
        drifts, request = Drifts(), call.request
        failure: UnexpectedResponseError | None = None
        value: Any = None
        try:
            value = decode(response, request.responses, drifts, keep_raw=self.keep_raw)
        except UnexpectedResponseError as error:
            failure = masker_for(request, call.token).error(error)
        if failure is not None:
            raise failure
        if drifts:
            logger.info(
                "%s: the response differs from the document in %d places, first %s",
                request.operation,
                drifts.total,
                drifts[0],
            )
            self.hooks.emit(events.DriftEvent(request.operation or request.path, tuple(drifts), drifts.total))
        return value
