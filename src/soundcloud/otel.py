"""OpenTelemetry spans and metrics, by the stable semantic conventions for HTTP clients. Needs the extra `otel`.

| event | telemetry |
| --- | --- |
| an attempt | a client span below the caller's current span, a `traceparent` header, and `http.client.request.duration` |
| a retry | another span, with `http.request.resend_count` |
| a cached or deduplicated response | an event on the caller's current span, and a count in `soundcloud.client.requests.saved` |
| a token refresh | a span of the token request, beside those of the attempts |

The span of an attempt with an error status or without a response has an error status. A span holds the URL with its secrets
hidden and the status, but no other part of the request or response.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from soundcloud import __version__
from soundcloud.events import AttemptFinishedEvent, AttemptStartedEvent, Event, RequestFinishedEvent

try:
    from opentelemetry import metrics, propagate, trace
    from opentelemetry.trace import Span, SpanKind, StatusCode
except ImportError as error:
    raise ImportError("OpenTelemetry is not installed: pip install 'soundcloud-sdk[otel]'") from error

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider
    from opentelemetry.util.types import AttributeValue

_SCHEMA_URL = "https://opentelemetry.io/schemas/1.27.0"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_PORTS = {"https": 443, "http": 80}

_suppress_http_instrumentation: Callable[[], AbstractContextManager[None]] = nullcontext
with suppress(ImportError):  # without it no library is instrumented
    _suppress_http_instrumentation = import_module("opentelemetry.instrumentation.utils").suppress_http_instrumentation


class OpenTelemetry:
    """Records a span and a duration for each attempt of a client: an `on_event` hook.

    It is thread-safe and can be shared by clients. Requests of `client.raw` and `auth.sign_out` emit no events. While an
    attempt runs, OpenTelemetry's instrumentations of HTTP libraries are suppressed, so that the attempt has one span only.

    Args:
        tracer_provider: The provider of the tracer; default the global one.
        meter_provider: The provider of the meter; default the global one.
        propagate_context: Whether each attempt carries the headers of the global propagator, by default `traceparent`,
            `tracestate` and `baggage`; default True.

    Example:
        >>> from soundcloud.otel import OpenTelemetry
        >>> client = SoundCloudClient("id", "secret", on_event=OpenTelemetry())

    Source:
        https://opentelemetry.io/docs/specs/semconv/http/
    """

    def __init__(
        self,
        tracer_provider: "TracerProvider | None" = None,
        meter_provider: "MeterProvider | None" = None,
        *,
        propagate_context: bool = True,
    ) -> None:
        self._propagate = propagate_context
        self._attempt: ContextVar[tuple[Span, ExitStack] | None] = ContextVar("soundcloud.otel.attempt", default=None)
        self._tracer = trace.get_tracer("soundcloud", __version__, tracer_provider, _SCHEMA_URL)
        meter = metrics.get_meter("soundcloud", __version__, meter_provider, _SCHEMA_URL)
        self._durations = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._saved = meter.create_counter(
            "soundcloud.client.requests.saved",
            unit="{request}",
            description="Requests that were answered by the cache or by an identical request in flight.",
        )

    def __call__(self, event: Event) -> None:
        """Record an event."""
        match event:
            case AttemptStartedEvent():
                self._start_attempt(event)
            case AttemptFinishedEvent():
                self._finish_attempt(event)
            case RequestFinishedEvent(sent=0) if event.error is None and (event.cached or event.deduplicated):
                self._record_saved(event)
            case _:
                pass

    def _start_attempt(self, event: AttemptStartedEvent) -> None:
        """Start the span of an attempt, and make it the current one until the attempt ends in the same context."""
        attributes = {**_common(event), "url.full": event.url}
        if event.resend_count:
            attributes["http.request.resend_count"] = event.resend_count
        span = self._tracer.start_span(f"{event.method} {event.template}", kind=SpanKind.CLIENT, attributes=attributes)
        scope = ExitStack()
        scope.enter_context(trace.use_span(span, record_exception=False, set_status_on_exception=False))
        scope.enter_context(_suppress_http_instrumentation())
        self._attempt.set((span, scope))
        if self._propagate:
            propagate.inject(event.headers)

    def _finish_attempt(self, event: AttemptFinishedEvent) -> None:
        """End the span of an attempt, and record its duration."""
        attempt = self._attempt.get()
        self._attempt.set(None)
        outcome: dict[str, AttributeValue] = {}
        if event.status is not None:
            outcome["http.response.status_code"] = event.status
        if (error := _error_type(event)) is not None:
            outcome["error.type"] = error
        if attempt is not None:
            span, scope = attempt
            scope.close()
            span.set_attributes(outcome)
            if error is not None:
                span.set_status(StatusCode.ERROR)
            span.end()
        self._durations.record(event.duration, {**_common(event), **outcome})

    def _record_saved(self, event: RequestFinishedEvent) -> None:
        """Record a cached or deduplicated response."""
        attributes: dict[str, AttributeValue] = {
            "http.request.method": event.method,
            "url.template": event.template,
            "soundcloud.answered_by": "cache" if event.cached else "deduplication",
        }
        trace.get_current_span().add_event("soundcloud.request.saved", attributes)
        self._saved.add(1, attributes)


def _error_type(event: AttemptFinishedEvent) -> str | None:
    """Return the value of `error.type`: the class of the exception, or the status."""
    if event.error is not None:
        kind = type(event.error)
        return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return str(event.status) if event.status is not None and event.status >= 400 else None


def _common(event: AttemptStartedEvent | AttemptFinishedEvent) -> "dict[str, AttributeValue]":
    """Return the attributes that spans and metrics share."""
    url = urlsplit(event.url)
    return {
        "http.request.method": event.method,
        "server.address": url.hostname or "",
        "server.port": url.port or _PORTS.get(url.scheme, 0),
        "url.scheme": url.scheme,
        "url.template": event.template,
    }
