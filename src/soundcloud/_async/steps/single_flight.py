"""Single-flight: of identical calls in flight one sends the request, and the others wait for its response."""

import copy
import threading
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeAlias

from soundcloud._async.steps.base import AsyncCall, AsyncStep
from soundcloud._concurrency import AsyncPerScope
from soundcloud._deadline import AsyncDeadline
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._synchronization import AsyncEvent
from soundcloud.errors import RequestTimeoutError, SoundCloudError

Key: TypeAlias = tuple[str, str | None, tuple[tuple[str, str], ...], tuple[Hashable, ...]]
"""The URL, the access token, the additional headers, with the ETag of a conditional request, and the limits of the client."""


class AsyncInFlightCall:
    """A request in flight.

    Attributes:
        response: The response, once it is there.
        token: The access token that the response belongs to; another one than in the key if it was renewed.
        error: The error, if it failed.
        rejection: The response that the error stands for, if there was one.
    """

    __slots__ = ("_event", "error", "rejection", "response", "token")

    def __init__(self) -> None:
        self.response: Response | None = None
        self.token: str | None = None
        self.error: SoundCloudError | None = None
        self.rejection: Response | None = None
        self._event: AsyncEvent | None = None

    def completion_event(self) -> AsyncEvent:
        """Return the event that is set when it finishes."""
        if self._event is None:
            self._event = AsyncEvent()
        return self._event

    def notify(self) -> None:
        """Wake the waiters, if there are any."""
        if self._event is not None:
            self._event.set()

    def result_for(self, token: str | None) -> Response | None:
        """Return the response, or None if the waiter must send its own request.

        Args:
            token: The access token of the waiter; a response for another one is not for it.

        Raises:
            SoundCloudError: A copy of the error.
        """
        if self.error is not None:
            raise copy.copy(self.error)
        return self.response if self.token == token else None


class AsyncInFlightCalls:
    """The requests in flight of a client and of all its copies made by `with_options`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[Key, AsyncInFlightCall] = {}

    def enter(self, key: Key) -> tuple[AsyncInFlightCall, AsyncEvent | None]:
        """Return the request in flight and its completion event; None for the event if the caller must send it."""
        with self._lock:
            in_flight = self._calls.get(key)
            if in_flight is not None:
                return in_flight, in_flight.completion_event()
            in_flight = self._calls[key] = AsyncInFlightCall()
            return in_flight, None

    def finish(self, key: Key, in_flight: AsyncInFlightCall) -> None:
        """Remove a finished request and wake the waiters."""
        with self._lock:
            if self._calls.get(key) is in_flight:
                del self._calls[key]
            in_flight.notify()

    def forget(self) -> None:
        """Let no later call wait for the requests that are in flight now: after a write, they may return the old state."""
        with self._lock:
            self._calls.clear()


class AsyncSingleFlightStep:
    """Deduplicates identical calls.

    Args:
        following: The following step.
        in_flight_calls: The requests in flight, per event loop or process.
        access_token: Returns the access token for a request.
        limits: The settings of the client that can make a call fail; a call with other ones sends its own request.
    """

    def __init__(
        self,
        following: AsyncStep,
        in_flight_calls: AsyncPerScope[AsyncInFlightCalls],
        access_token: Callable[[Request, AsyncDeadline], Awaitable[str | None]],
        limits: tuple[Hashable, ...],
    ) -> None:
        self._following, self._in_flight_calls, self._access_token = following, in_flight_calls, access_token
        self._limits = limits

    async def __call__(self, call: AsyncCall) -> Response:
        """Return the response of an identical call in flight, or send the request.

        Raises:
            SoundCloudError: The call failed, or the one in flight did.
            RequestTimeoutError: The one in flight did not finish before the deadline.
        """
        request = call.request
        if not request.shareable:
            return await self._following(call)
        in_flight_calls = self._in_flight_calls.get()
        while True:
            key = (request.url, call.token, request.header_key, self._limits)
            in_flight, finished = in_flight_calls.enter(key)
            if finished is None:
                try:
                    in_flight.response = await self._following(call)
                    in_flight.token = call.token
                    return in_flight.response
                except SoundCloudError as error:
                    in_flight.error, in_flight.rejection = error, call.span.response
                    raise
                finally:
                    in_flight_calls.finish(key, in_flight)
            if not await finished.wait(call.deadline.remaining()):
                what = "an identical call in flight got no response in time"
                raise RequestTimeoutError(what, method=request.method, path=request.path)
            call.span.deduplicated, call.span.response = True, in_flight.rejection
            response = in_flight.result_for(call.token)
            if response is not None:
                return response
            # The token was renewed, or the call in flight was cancelled.
            call.span.deduplicated, call.span.response = False, None
            call.token = await self._access_token(request, call.deadline)
