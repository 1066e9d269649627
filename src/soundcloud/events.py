"""Events of a client, handed to `on_event`, `on_request` and `on_retry`.

Each request of a namespace emits these events, all with the same `id`:

1. one `RequestStartedEvent`,
2. an `AttemptStartedEvent` and an `AttemptFinishedEvent` for each attempt,
3. a `RequestRetryingEvent` before the wait for another attempt,
4. one `RequestFinishedEvent`.

Each page and each refresh of the token has an `id` of its own.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import attrs


@attrs.frozen
class Drift:
    """One place where a response differs from SoundCloud's OpenAPI document.

    Attributes:
        path: The place, for example `$.collection[150].duration`.
        expected: The type in the document.
        actual: The type in the response.
    """

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.actual}"


@attrs.frozen
class DriftEvent:
    """A response differs from SoundCloud's OpenAPI document. The matching parts were decoded; the others keep their JSON values.

    Attributes:
        operation: The operation id, for example `get_tracks`.
        drifts: The differences, at most 100 of them.
        total: The number of all differences.
    """

    operation: str
    drifts: tuple[Drift, ...]
    total: int


@attrs.frozen
class TokenRefreshedEvent:
    """The client obtained and stored a new token.

    Attributes:
        grant: `app`, `user` or None.
        expires_at: The time when the token expires; None if unknown.
    """

    grant: str | None
    expires_at: datetime | None


@attrs.frozen
class RequestStartedEvent:
    """A request starts.

    Attributes:
        id: The number of the request within this client.
        method: The HTTP method.
        path: The path without its query.
        template: The path with its parameters in braces, for example `/tracks/{track_urn}`.
        operation: The operation id, for example `get_tracks_track_urn`; None if the document has no such operation.
        url: The URL; secrets of share links are hidden.
    """

    id: int
    method: str
    path: str
    template: str
    operation: str | None
    url: str


@attrs.frozen
class AttemptStartedEvent:
    """An attempt starts.

    Attributes:
        id: The number of the request.
        resend_count: The number of earlier attempts of this request, retries and repeats with a new token included.
        method: The HTTP method.
        template: The path with its parameters in braces.
        url: The URL; secrets of share links are hidden.
        headers: A dict, empty at first, to which a hook can add headers of this attempt, for example `traceparent`. Headers
            that the client sends take precedence.
    """

    id: int
    resend_count: int
    method: str
    template: str
    url: str
    headers: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)


@attrs.frozen
class AttemptFinishedEvent:
    """An attempt ended, with a response of any status or without a response.

    Attributes:
        id: The number of the request.
        resend_count: The number of earlier attempts of this request, retries and repeats with a new token included.
        method: The HTTP method.
        template: The path with its parameters in braces.
        url: The URL; secrets of share links are hidden.
        status: The HTTP status; None without a response.
        duration: Seconds until the response was read, including the wait for a free connection.
        error: The exception if there was no response, else None.
        request_id: The id that the server or its edge gave the attempt.
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
    """An attempt failed, and another one follows after a wait.

    Attributes:
        id: The number of the request.
        attempt: The number of the next retry, from 1.
        delay: Seconds until the next retry.
        reason: The reason in a few words, for example `HTTP 503`.
        status: The HTTP status of the failed attempt; None without a response.
        error: The exception that would be raised without the retry.
    """

    id: int
    attempt: int
    delay: float
    reason: str
    status: int | None
    error: BaseException


@attrs.frozen
class RequestFinishedEvent:
    """A request ended, with a result or an exception.

    Attributes:
        id: The number of the request.
        method: The HTTP method.
        path: The path without its query.
        template: The path with its parameters in braces.
        operation: The operation id; None if the document has no such operation.
        status: The HTTP status of the last response; None without a response.
        duration: Seconds from the start of the request to its end, with the waits between attempts.
        retry_count: The number of retries, repeats with a new token not included.
        error: The exception that is raised, or None.
        cached: Whether the response came from the cache.
        deduplicated: Whether the response was shared with an identical request that was in flight.
        request_id: The id that the server or its edge gave the last attempt.
        sent: The number of attempts; 0 if the response was cached or deduplicated.
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
    """The argument of `on_request`: a summary of a request that ended.

    Attributes:
        method: The HTTP method.
        path: The path without its query.
        duration: Seconds from the start of the request to its end, with the waits between attempts.
        status: The HTTP status of the last response; None without a response.
        retry_count: The number of retries, repeats with a new token not included.
        error: The exception that is raised, or None.
        cached: Whether the response came from the cache.
        deduplicated: Whether the response was shared with an identical request that was in flight.
        request_id: The id that the server or its edge gave the last attempt.
    """

    method: str
    path: str
    duration: float
    status: int | None
    retry_count: int
    error: BaseException | None = None
    cached: bool = False
    deduplicated: bool = False
    request_id: str | None = None


@attrs.frozen
class RetryInfo:
    """The argument of `on_retry`: an attempt failed, and another one follows after a wait.

    Attributes:
        attempt: The number of the next retry, from 1.
        delay: Seconds until the next retry.
        reason: The reason in a few words, for example `HTTP 503`.
        status: The HTTP status of the failed attempt; None without a response.
        url: The URL; secrets of share links are hidden.
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
    | AttemptStartedEvent
    | AttemptFinishedEvent
    | RequestRetryingEvent
    | RequestFinishedEvent
)
"""Any event."""

EventHook: TypeAlias = Callable[[Event], object]
"""A function that takes every event. Its result is ignored; an exception is logged and does not fail the request."""

RequestHook: TypeAlias = Callable[[RequestTelemetry], object]
"""A function that takes a `RequestTelemetry` for each request that ended. Results and exceptions: see `EventHook`."""

RetryHook: TypeAlias = Callable[[RetryInfo], object]
"""A function that takes a `RetryInfo` before each wait. Results and exceptions: see `EventHook`."""
