"""Instrumentation: the events, telemetry and log records of a call."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from soundcloud._checks import check_callable
from soundcloud._protocol.error_mapping import request_id_from
from soundcloud._protocol.http.messages import Request, Response
from soundcloud.errors import SoundCloudError
from soundcloud_api.imports import lazy_module
from soundcloud_api.types import UNSET, redact

if TYPE_CHECKING:
    from soundcloud import events
    from soundcloud._deadline import AsyncDeadline, Deadline
else:
    events = lazy_module("soundcloud.events")

logger = logging.getLogger("soundcloud")


def _redacted_url(request: Request) -> str:
    """Return the URL of a request without its secrets."""
    return str(redact(request.url))


class Hooks:
    """The user's hooks for every event, every call that ended and every wait. An exception in one is logged and ignored."""

    def __init__(
        self,
        on_event: events.EventHook | None,
        on_request: events.RequestHook | None,
        on_retry: events.RetryHook | None,
        numbers: count[int] | None = None,
    ) -> None:
        self.on_event = check_callable("on_event", on_event)
        self.on_request = check_callable("on_request", on_request)
        self.on_retry = check_callable("on_retry", on_retry)
        self.numbers = count(1) if numbers is None else numbers  # shared by the copies of a client

    def replaced(self, on_event: Any, on_request: Any, on_retry: Any) -> Hooks:
        """Return these hooks with others in the places that are not UNSET."""
        return Hooks(
            self.on_event if on_event is UNSET else on_event,
            self.on_request if on_request is UNSET else on_request,
            self.on_retry if on_retry is UNSET else on_retry,
            self.numbers,
        )

    def emit(self, event: events.Event) -> None:
        """Pass an event to the hook."""
        if self.on_event is not None:
            self.run("on_event", self.on_event, event)

    def run(self, name: str, hook: Callable[[Any], object], value: object) -> None:
        """Call a hook."""
        try:
            returned = hook(value)
            if inspect.iscoroutine(returned):
                returned.close()
                logger.error("the %s hook is a coroutine function and was not run: pass a plain function", name)
        except Exception:  # user code: a failing hook must not fail the call
            logger.exception("the %s hook failed", name)


class CallSpan:
    """One call, from start to end: its last response, its attempts so far, and where the response comes from."""

    __slots__ = ("attempts", "cached", "deduplicated", "hooks", "number", "request", "response", "retries", "start")

    def __init__(self, request: Request, hooks: Hooks) -> None:
        self.request, self.hooks = request, hooks
        self.number = next(hooks.numbers)
        self.response: Response | None = None
        self.retries = self.attempts = 0
        self.cached = self.deduplicated = False
        self.start = 0.0

    def __enter__(self) -> Self:
        request = self.request
        if self.hooks.on_event is not None:
            template = request.template or request.path
            self.hooks.emit(
                events.RequestStartedEvent(
                    self.number, request.method, request.path, template, request.operation, _redacted_url(request)
                )
            )
        self.start = perf_counter()
        return self

    def retrying(self, delay: float, reason: str, error: SoundCloudError) -> None:
        """Report that an attempt failed and another one follows after `delay` seconds."""
        self.retries += 1
        request, hooks = self.request, self.hooks
        logger.info("%s %s: %s, retry %d in %.2f s", request.method, request.path, reason, self.retries, delay)
        hooks.emit(events.RequestRetryingEvent(self.number, self.retries, delay, reason, error.status, error))
        if hooks.on_retry is not None:
            info = events.RetryInfo(self.retries, delay, reason, error.status, _redacted_url(request))
            hooks.run("on_retry", hooks.on_retry, info)

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        duration = perf_counter() - self.start
        request, hooks, response = self.request, self.hooks, self.response
        if isinstance(error, SoundCloudError) and error.method is None:
            error.method, error.path = request.method, request.path
        status = response.status if response is not None else getattr(error, "status", None)
        if logger.isEnabledFor(logging.INFO):
            self._log(status, duration, error)
        if hooks.on_event is not None:
            hooks.emit(
                events.RequestFinishedEvent(
                    self.number,
                    request.method,
                    request.path,
                    request.template or request.path,
                    request.operation,
                    status,
                    duration,
                    self.retries,
                    error,
                    self.cached,
                    self.deduplicated,
                    None if response is None else request_id_from(response),
                    self.attempts,
                )
            )
        if hooks.on_request is not None:
            telemetry = events.RequestTelemetry(
                request.method,
                request.path,
                duration,
                status,
                self.retries,
                error,
                self.cached,
                self.deduplicated,
                None if response is None else request_id_from(response),
            )
            hooks.run("on_request", hooks.on_request, telemetry)

    def _log(self, status: int | None, duration: float, error: BaseException | None) -> None:
        notes = [f"{self.retries} retries"] * (self.retries > 0)
        notes += ["from the cache"] * self.cached + ["deduplicated"] * self.deduplicated
        if error is not None:
            notes.append(type(error).__name__)
        text = "".join(f", {note}" for note in notes)
        outcome = status if status is not None else "no response"
        logger.info("%s %s -> %s in %.3f s%s", self.request.method, self.request.path, outcome, duration, text)


class AttemptSpan:
    """One attempt of a call that has a hook for events."""

    __slots__ = ("call_span", "deadline", "start")

    def __init__(self, call_span: CallSpan, deadline: AsyncDeadline | Deadline) -> None:
        self.call_span, self.deadline = call_span, deadline
        self.start = 0.0

    def __enter__(self) -> Mapping[str, str]:
        """Report the start, and return the headers that the hook added."""
        span, request = self.call_span, self.call_span.request
        template, url = request.template or request.path, _redacted_url(request)
        event = events.AttemptStartedEvent(span.number, span.attempts - 1, request.method, template, url)
        span.hooks.emit(event)
        self.start = perf_counter()
        return event.headers

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        span, duration = self.call_span, perf_counter() - self.start
        if error is not None and not isinstance(error, Exception) and (self.deadline.remaining() or 1.0) <= 0.0:
            error = self.deadline.error()  # the deadline cancelled the attempt, not the user
        request, response = span.request, span.response if error is None else None
        span.hooks.emit(
            events.AttemptFinishedEvent(
                span.number,
                span.attempts - 1,
                request.method,
                request.template or request.path,
                _redacted_url(request),
                None if response is None else response.status,
                duration,
                error,
                None if response is None else request_id_from(response),
            )
        )
