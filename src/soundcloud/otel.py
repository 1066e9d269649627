"""OpenTelemetry spans and metrics, by the stable semantic conventions for HTTP clients. Needs the extra `otel`.

| event | telemetry |
| --- | --- |
| an attempt | a client span, a child of the caller's current span; `http.client.request.duration` |
| a retry | another span, with `http.request.resend_count` |
| a cached or deduplicated response | an event on the caller's current span; `soundcloud.client.requests.saved` |
| a token refresh | a span of that request, a sibling of the others |

The span of an attempt with an error status or without a response has an error status. A span holds the URL with its secrets
hidden and the status, but no other part of the request or response.
"""

from time import time_ns
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from soundcloud import __version__
from soundcloud.events import AttemptFinishedEvent, Event, RequestFinishedEvent

try:
    from opentelemetry import metrics, trace
    from opentelemetry.trace import SpanKind, StatusCode
except ImportError as error:
    raise ImportError("OpenTelemetry is not installed: pip install 'soundcloud-sdk[otel]'") from error

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider
    from opentelemetry.util.types import AttributeValue

_SCHEMA_URL = "https://opentelemetry.io/schemas/1.27.0"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_PORTS = {"https": 443, "http": 80}


class OpenTelemetry:
    """Records a span and a duration for each attempt of a client: an `on_event` hook.

    It is thread-safe and can be shared by clients. Requests of `client.raw` and `auth.sign_out` emit no events.

    Args:
        tracer_provider: The provider of the tracer; default the global one.
        meter_provider: The provider of the meter; default the global one.

    Example:
        >>> from soundcloud.otel import OpenTelemetry
        >>> client = SoundCloudClient("id", "secret", on_event=OpenTelemetry())

    Source:
        https://opentelemetry.io/docs/specs/semconv/http/
    """

    def __init__(
        self, tracer_provider: "TracerProvider | None" = None, meter_provider: "MeterProvider | None" = None
    ) -> None:
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
            case AttemptFinishedEvent():
                self._record_attempt(event)
            case RequestFinishedEvent(sent=0) if event.error is None and (event.cached or event.deduplicated):
                self._record_saved(event)
            case _:
                pass

    def _record_attempt(self, event: AttemptFinishedEvent) -> None:
        """Record a finished attempt. Its span starts in the past, so that two events of different threads share no state."""
        ended = time_ns()
        error = _error_type(event)
        common = _common(event, error)
        details: dict[str, AttributeValue] = {**common, "url.full": event.url, "url.template": event.template}
        if event.resend_count:
            details["http.request.resend_count"] = event.resend_count
        span = self._tracer.start_span(
            f"{event.method} {event.template}",
            kind=SpanKind.CLIENT,
            attributes=details,
            start_time=ended - int(event.duration * 1e9),
        )
        if error is not None:
            span.set_status(StatusCode.ERROR)
        span.end(ended)
        self._durations.record(event.duration, {**common, "url.template": event.template})

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


def _common(event: AttemptFinishedEvent, error: str | None) -> "dict[str, AttributeValue]":
    """Return the attributes that spans and metrics share."""
    url = urlsplit(event.url)
    attributes: dict[str, AttributeValue] = {
        "http.request.method": event.method,
        "server.address": url.hostname or "",
        "server.port": url.port or _PORTS.get(url.scheme, 0),
        "url.scheme": url.scheme,
    }
    if event.status is not None:
        attributes["http.response.status_code"] = event.status
    if error is not None:
        attributes["error.type"] = error
    return attributes
