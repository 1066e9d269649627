"""Tracers see every request, and their headers are sent."""

import httpx
import httpx2
import logfire
import pytest
import sentry_sdk
from logfire.testing import TestExporter
from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor, HTTPXClientInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sentry_sdk.integrations.httpx import HttpxIntegration
from sentry_sdk.transport import Transport

from soundcloud import RequestTimeoutError
from soundcloud.otel import OpenTelemetry
from tests.compat.conftest import ALL

METHODS = ["POST", "GET", "PUT", "POST"]


@pytest.fixture(params=[HTTPXClientInstrumentor, HTTPX2ClientInstrumentor], ids=["httpx", "httpx2"])
def spans(request, calls):
    """The spans of OpenTelemetry, which instruments httpx, or only httpx2."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    request.param().instrument(tracer_provider=provider)
    yield exporter
    request.param().uninstrument()


class TestOpenTelemetry:
    def test_every_request_has_a_span_and_a_header(self, calls, spans, server):
        assert calls.all() == ALL

        found = spans.get_finished_spans()
        assert [span.attributes["http.method"] for span in found] == METHODS
        assert [request.method for request in server.received] == METHODS
        assert [request.headers["traceparent"].split("-")[2] for request in server.received] == [
            format(span.context.span_id, "016x") for span in found
        ]

    def test_a_failed_request_has_a_span(self, calls, spans, server):
        server.released.clear()
        with pytest.raises(RequestTimeoutError):
            calls.run(calls.client.with_options(timeout=0.2).users.get_user(1))

        (span,) = spans.get_finished_spans()
        assert span.status.status_code.name == "ERROR"

    def test_a_token_request_has_a_span(self, open_calls, server, spans):
        assert open_calls(client_id="id", client_secret="secret").read() == "ada"

        assert [span.attributes["http.method"] for span in spans.get_finished_spans()] == ["POST", "GET"]

    def test_the_own_connections_send_after_it(self, calls, server):
        HTTPXClientInstrumentor().instrument(tracer_provider=TracerProvider())
        assert calls.read() == "ada"
        HTTPXClientInstrumentor().uninstrument()
        assert calls.read() == "ada"

        assert ["traceparent" in request.headers for request in server.received] == [True, False]

    def test_an_instrumented_client_of_the_caller(self, open_calls, server, variant):
        exporter, provider = InMemorySpanExporter(), TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        client = httpx.AsyncClient() if variant == "async" else httpx.Client()
        HTTPXClientInstrumentor.instrument_client(client, tracer_provider=provider)
        calls = open_calls(http_client=client)
        assert calls.all() == ALL
        calls.run(client.aclose() if variant == "async" else client.close())

        assert len(exporter.get_finished_spans()) == 4
        assert all("traceparent" in request.headers for request in server.received)


class TestOwnHook:
    """The hook of `soundcloud.otel` beside an instrumented httpx."""

    def test_one_span_for_each_request(self, open_calls, server, spans):
        exporter, provider = InMemorySpanExporter(), TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        assert open_calls(on_event=OpenTelemetry(provider)).all() == ALL

        assert spans.get_finished_spans() == ()
        found = exporter.get_finished_spans()
        assert [span.attributes["http.request.method"] for span in found] == METHODS
        assert [request.headers["traceparent"].split("-")[2] for request in server.received] == [
            format(span.context.span_id, "016x") for span in found
        ]

    def test_the_metric_counts_each_request_once(self, open_calls, calls, server):
        reader = InMemoryMetricReader()
        meters = MeterProvider([reader])
        HTTPXClientInstrumentor().instrument(tracer_provider=TracerProvider(), meter_provider=meters)
        try:
            assert open_calls(on_event=OpenTelemetry(TracerProvider(), meters)).all() == ALL
        finally:
            HTTPXClientInstrumentor().uninstrument()

        names = {"http.client.duration", "http.client.request.duration"}
        points = [
            point
            for resource in reader.get_metrics_data().resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name in names
            for point in metric.data.data_points
        ]
        assert sum(point.count for point in points) == len(METHODS)


class _Envelopes(Transport):
    """Keeps what would be sent to Sentry."""

    def __init__(self, options=None):
        super().__init__(options)
        self.events = []

    def capture_envelope(self, envelope):
        self.events += [item.payload.json for item in envelope.items]


@pytest.fixture
def sentry(calls, monkeypatch):
    """Start Sentry, which patches `Client.send` for good, and restore httpx."""
    for module in (httpx, httpx2):
        for cls in (module.Client, module.AsyncClient):
            monkeypatch.setattr(cls, "send", cls.send)
    monkeypatch.setattr("sentry_sdk.integrations._processed_integrations", set())
    monkeypatch.setattr("sentry_sdk.integrations._installed_integrations", set())
    transport = _Envelopes()
    sentry_sdk.init(
        "http://key@127.0.0.1:9/1",
        transport=transport,
        traces_sample_rate=1.0,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[HttpxIntegration()],
    )
    yield transport
    sentry_sdk.init()


class TestSentry:
    def test_every_request_has_a_span_and_a_header(self, calls, sentry, server):
        with sentry_sdk.start_transaction(name="work") as transaction:
            assert calls.all() == ALL
        sentry_sdk.flush()

        (event,) = (event for event in sentry.events if event.get("type") == "transaction")
        assert [span["op"] for span in event["spans"]] == ["http.client"] * 4
        assert [span["data"]["http.response.status_code"] for span in event["spans"]] == [200, 200, 200, 201]
        assert [request.headers["sentry-trace"].split("-")[1] for request in server.received] == [
            span["span_id"] for span in event["spans"]
        ]
        assert {request.headers["sentry-trace"].split("-")[0] for request in server.received} == {transaction.trace_id}
        assert "own" not in str([span["data"] for span in event["spans"]])

    def test_a_transport_of_the_caller(self, open_calls, sentry, server, variant):
        transport = httpx.AsyncHTTPTransport() if variant == "async" else httpx.HTTPTransport()
        calls = open_calls(transport=transport)
        with sentry_sdk.start_transaction(name="work"):
            assert calls.read() == "ada"

        assert "sentry-trace" in server.received[-1].headers


@pytest.fixture
def logfire_spans(calls):
    """The spans of Logfire, which is configured for the test."""
    exporter = TestExporter()
    logfire.configure(
        send_to_logfire=False, console=False, additional_span_processors=[SimpleSpanProcessor(exporter)], metrics=False
    )
    logfire.instrument_httpx()
    yield exporter
    for instrumentor in (HTTPXClientInstrumentor(), HTTPX2ClientInstrumentor()):
        if instrumentor.is_instrumented_by_opentelemetry:
            instrumentor.uninstrument()


class TestLogfire:
    def test_every_request_has_a_span_and_a_header(self, calls, logfire_spans, server):
        assert calls.all() == ALL

        found = logfire_spans.exported_spans_as_dict()
        assert [span["attributes"]["http.method"] for span in found] == METHODS
        assert [int(request.headers["traceparent"].split("-")[2], 16) for request in server.received] == [
            span["context"]["span_id"] for span in logfire_spans.exported_spans_as_dict(fixed_line_number=None)
        ]
