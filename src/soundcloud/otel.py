"""Spans and metrics for OpenTelemetry, by its stable conventions for HTTP clients. Needs the extra `otel`: else an ImportError.

| what happened | what is made |
| --- | --- |
| a request was sent | a span of kind client, a child of the caller's current span; `http.client.request.duration` |
| it was sent once more | another span, with `http.request.resend_count` |
| the cache or another call answered | no span: an event on the caller's; `soundcloud.client.requests.saved` |
| a token was renewed meanwhile | a span of that request, beside those of the call |

A request that got an error status, or no reply, has a span with an error; nothing that was sent or came is in it but the address
with its secrets hidden and the status.
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
    """Makes a span and a measurement of every request that a client sends: give it to the client as `on_event`.

    One may serve any number of clients, threads and tasks. Requests of `client.raw` and of `auth.sign_out` are not told of.

    Args:
        tracer_provider: Where spans go; default the one of the process.
        meter_provider: Where measurements go; default the one of the process.

    Example:
        >>> from soundcloud.otel import OpenTelemetry
        >>> client = SoundCloudClient("id", "secret", on_event=OpenTelemetry())

    Source:
        https://opentelemetry.io/docs/specs/semconv/http/
    """

    def __init__(
        self, tracer_provider: "TracerProvider | None" = None, meter_provider: "MeterProvider | None" = None
    ) -> None:
        """Take the providers; nothing is told yet."""
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
            description="Calls that the cache, or another call under way, answered.",
        )

    def __call__(self, event: Event) -> None:
        """Take an event of a client."""
        match event:
            case AttemptFinishedEvent():
                self._tell_of_request(event)
            case RequestFinishedEvent(sent=0) if event.error is None and (event.cached or event.deduplicated):
                self._tell_of_answer(event)
            case _:
                pass

    def _tell_of_request(self, event: AttemptFinishedEvent) -> None:
        """Make the span of a request that has ended, and measure it.

        Everything is known by now, so that nothing has to be remembered between two events, in whatever thread they come.
        """
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

    def _tell_of_answer(self, event: RequestFinishedEvent) -> None:
        """Say that a call was answered without a request."""
        what: dict[str, AttributeValue] = {
            "http.request.method": event.method,
            "url.template": event.template,
            "soundcloud.answered_by": "cache" if event.cached else "joining",
        }
        trace.get_current_span().add_event("soundcloud.request.saved", what)
        self._saved.add(1, what)


def _error_type(event: AttemptFinishedEvent) -> str | None:
    """What `error.type` says: the class of what was raised, or the status."""
    if event.error is not None:
        kind = type(event.error)
        return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return str(event.status) if event.status is not None and event.status >= 400 else None


def _common(event: AttemptFinishedEvent, error: str | None) -> "dict[str, AttributeValue]":
    """What spans and measurements both say."""
    address = urlsplit(event.url)
    found: dict[str, AttributeValue] = {
        "http.request.method": event.method,
        "server.address": address.hostname or "",
        "server.port": address.port or _PORTS.get(address.scheme, 0),
        "url.scheme": address.scheme,
    }
    if event.status is not None:
        found["http.response.status_code"] = event.status
    if error is not None:
        found["error.type"] = error
    return found
