"""What the client tells while it works: frozen values, handed to `on_event`, `on_request` and `on_retry`.

One call of a namespace makes one `RequestStartedEvent`, a `AttemptFinishedEvent` for each request that was sent, a
`RequestRetryingEvent` before each wait for another, and one `RequestFinishedEvent`, with the same `id`. A page makes its own, and
so does a renewal of the token within a call.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import attrs


@attrs.frozen
class Drift:
    """One place where a reply differs from SoundCloud's document.

    Attributes:
        path: Where, for example `$.collection[150].duration`.
        expected: What the document says.
        actual: The type that came.
    """

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.actual}"


@attrs.frozen
class DriftEvent:
    """A reply differs from SoundCloud's document; what fits was decoded, the rest left as it came.

    Attributes:
        operation: The id of the operation, for example `get_tracks`.
        drifts: The places, at most 100 of them.
        total: How many there were.
    """

    operation: str
    drifts: tuple[Drift, ...]
    total: int


@attrs.frozen
class TokenRefreshedEvent:
    """A new token was got and stored, by this client.

    Attributes:
        grant: `app`, `user` or None.
        expires_at: When it expires; None when that was not said.
    """

    grant: str | None
    expires_at: datetime | None


@attrs.frozen
class RequestStartedEvent:
    """A call begins.

    Attributes:
        id: The number of the call, for this client.
        method: The HTTP method.
        path: The path, without its query.
        template: The path with its parameters in braces, for example `/tracks/{track_urn}`.
        operation: The id of the operation, for example `get_tracks_track_urn`; None outside the document.
        url: The whole address; the secrets of share links are hidden.
    """

    id: int
    method: str
    path: str
    template: str
    operation: str | None
    url: str


@attrs.frozen
class AttemptFinishedEvent:
    """One request was sent, and a reply came, whatever its status, or none did.

    Attributes:
        id: The number of the call.
        resend_count: How many requests were sent for the call before this one, after a wait or with a new token.
        method: The HTTP method.
        template: The path with its parameters in braces.
        url: The whole address; the secrets of share links are hidden.
        status: The status of the reply, or None when there was none.
        duration: Seconds until the reply was read, the wait for a free connection included.
        error: Why there was no reply, or None.
        request_id: The id that the server or its edge gave the request.
    """

    id: int
    resend_count: int
    method: str
    template: str
    url: str
    status: int | None
    duration: float
    error: BaseException | None = None
    request_id: str | None = None


@attrs.frozen
class RequestRetryingEvent:
    """A try failed, and after a wait there will be another.

    Attributes:
        id: The number of the call.
        attempt: Which retry comes, from 1.
        delay: The wait before it, in seconds.
        reason: Why, in a few words, for example `HTTP 503`.
        status: The status of the reply that failed, or None when there was none.
        error: What would have been raised.
    """

    id: int
    attempt: int
    delay: float
    reason: str
    status: int | None
    error: BaseException


@attrs.frozen
class RequestFinishedEvent:
    """A call ends, well or not.

    Attributes:
        id: The number of the call.
        method: The HTTP method.
        path: The path, without its query.
        template: The path with its parameters in braces.
        operation: The id of the operation; None outside the document.
        status: The status of the last reply, or None when there was none.
        duration: Seconds from start to end, waits included.
        retry_count: How many tries there were after the first.
        error: What is raised, or None.
        cached: Whether the reply came from the cache.
        deduplicated: Whether the reply was that of another call, which was under way.
        request_id: The id that the server or its edge gave the last request.
        sent: How many requests were sent for it; 0 where it was answered by the cache or another call.
    """

    id: int
    method: str
    path: str
    template: str
    operation: str | None
    status: int | None
    duration: float
    retry_count: int
    error: BaseException | None = None
    cached: bool = False
    deduplicated: bool = False
    request_id: str | None = None
    sent: int = 0


@attrs.frozen
class RequestTelemetry:
    """What `on_request` is told of every call that ended.

    Attributes:
        method: The HTTP method.
        path: The path, without its query.
        duration: Seconds from start to end, waits included.
        status: The status of the last reply, or None when there was none.
        retry_count: How many tries there were after the first.
        error: What is raised, or None.
        cached: Whether the reply came from the cache.
        deduplicated: Whether the reply was that of another call, which was under way.
    """

    method: str
    path: str
    duration: float
    status: int | None
    retry_count: int
    error: BaseException | None = None
    cached: bool = False
    deduplicated: bool = False


@attrs.frozen
class RetryInfo:
    """What `on_retry` is told before each wait.

    Attributes:
        attempt: Which retry comes, from 1.
        delay: The wait before it, in seconds.
        reason: Why, in a few words.
        status: The status of the reply that failed, or None when there was none.
        url: The address; the secrets of share links are hidden.
    """

    attempt: int
    delay: float
    reason: str
    status: int | None
    url: str


Event: TypeAlias = (
    DriftEvent
    | TokenRefreshedEvent
    | RequestStartedEvent
    | AttemptFinishedEvent
    | RequestRetryingEvent
    | RequestFinishedEvent
)
"""Any event."""

EventHook: TypeAlias = Callable[[Event], object]
"""Takes every event. What it returns is ignored; what it raises is logged and never breaks a call."""

RequestHook: TypeAlias = Callable[[RequestTelemetry], object]
"""Takes what is told of every call that ended; otherwise like an `EventHook`."""

RetryHook: TypeAlias = Callable[[RetryInfo], object]
"""Takes what is told before every wait; otherwise like an `EventHook`."""
