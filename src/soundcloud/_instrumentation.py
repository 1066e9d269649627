"""What is told of a call while it runs: events, telemetry, a line in the log."""

import inspect
import logging
from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import Any, Self

from soundcloud._checks import check_callable
from soundcloud._protocol.error_mapping import request_id_from
from soundcloud._protocol.http.messages import Request, Response
from soundcloud.errors import SoundCloudError
from soundcloud.events import (
    AttemptFinishedEvent,
    Event,
    EventHook,
    RequestFinishedEvent,
    RequestHook,
    RequestRetryingEvent,
    RequestStartedEvent,
    RequestTelemetry,
    RetryHook,
    RetryInfo,
)
from soundcloud_api.types import redact

logger = logging.getLogger("soundcloud")


def _address(request: Request) -> str:
    """The address of a call as it may be shown, and is by `repr`."""
    return str(redact(request.url))


class Hooks:
    """Those who want to be told. One that fails is logged and breaks nothing.

    Args:
        on_event: Takes every event.
        on_request: Takes what is told of every call that ended.
        on_retry: Takes what is told before every wait.
    """

    def __init__(self, on_event: EventHook | None, on_request: RequestHook | None, on_retry: RetryHook | None) -> None:
        self.on_event = check_callable("on_event", on_event)
        self.on_request = check_callable("on_request", on_request)
        self.on_retry = check_callable("on_retry", on_retry)
        self.numbers = count(1)

    def tell(self, event: Event) -> None:
        """Hand an event to the hook."""
        if self.on_event is not None:
            self.run("on_event", self.on_event, event)

    def run(self, name: str, hook: Callable[[Any], object], value: object) -> None:
        """Call a hook."""
        try:
            returned = hook(value)
            if inspect.iscoroutine(returned):
                returned.close()
                logger.error("the %s hook is asynchronous and was not run: give a plain function", name)
        except Exception:  # the program's own function: who watches a call does not make it fail
            logger.exception("the %s hook failed", name)


class Watch:
    """One call, from start to end.

    Args:
        request: The call.
        hooks: Those who want to be told.
    """

    __slots__ = ("cached", "deduplicated", "hooks", "number", "request", "response", "retries", "sent", "start")

    def __init__(self, request: Request, hooks: Hooks) -> None:
        self.request, self.hooks = request, hooks
        self.number = next(hooks.numbers)
        self.response: Response | None = None
        self.retries = self.sent = 0
        self.cached = self.deduplicated = False
        self.start = 0.0

    def __enter__(self) -> Self:
        request = self.request
        if self.hooks.on_event is not None:
            template = request.template or request.path
            self.hooks.tell(
                RequestStartedEvent(
                    self.number, request.method, request.path, template, request.operation, _address(request)
                )
            )
        self.start = perf_counter()
        return self

    def retrying(self, delay: float, reason: str, error: SoundCloudError) -> None:
        """A try failed, and after a wait there will be another."""
        self.retries += 1
        request, hooks = self.request, self.hooks
        logger.info("%s %s: %s, retry %d in %.2f s", request.method, request.path, reason, self.retries, delay)
        hooks.tell(RequestRetryingEvent(self.number, self.retries, delay, reason, error.status, error))
        if hooks.on_retry is not None:
            info = RetryInfo(self.retries, delay, reason, error.status, _address(request))
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
            hooks.tell(
                RequestFinishedEvent(
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
                    self.sent,
                )
            )
        if hooks.on_request is not None:
            seen = RequestTelemetry(
                request.method, request.path, duration, status, self.retries, error, self.cached, self.deduplicated
            )
            hooks.run("on_request", hooks.on_request, seen)

    def _log(self, status: int | None, duration: float, error: BaseException | None) -> None:
        notes = [f"{self.retries} retries"] * (self.retries > 0)
        notes += ["from the cache"] * self.cached + ["joined"] * self.deduplicated
        if error is not None:
            notes.append(type(error).__name__)
        text = "".join(f", {note}" for note in notes)
        outcome = status if status is not None else "no reply"
        logger.info("%s %s -> %s in %.3f s%s", self.request.method, self.request.path, outcome, duration, text)


class Try:
    """One request of a call.

    Args:
        watch: What watches the call.
    """

    __slots__ = ("start", "watch")

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        watch.sent += 1
        self.start = perf_counter()

    def __enter__(self) -> None:
        """Nothing more: what is measured has begun."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        watch = self.watch
        if watch.hooks.on_event is None:
            return
        duration = perf_counter() - self.start
        request, response = watch.request, watch.response if error is None else None
        watch.hooks.tell(
            AttemptFinishedEvent(
                watch.number,
                watch.sent - 1,
                request.method,
                request.template or request.path,
                _address(request),
                None if response is None else response.status,
                duration,
                error,
                None if response is None else request_id_from(response),
            )
        )
