"""OpenTelemetry: a child span of the caller for each attempt, by the conventions, without secrets."""

import asyncio
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from time import sleep

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, get_current_span

from soundcloud import (
    AsyncSoundCloudClient,
    NotFoundError,
    RequestTimeoutError,
    SoundCloudClient,
    SoundCloudError,
    Timeout,
)
from soundcloud.caches import MemoryCache
from soundcloud.otel import OpenTelemetry
from soundcloud.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("retrying")

API = "https://api.soundcloud.com"
DOWN = httpx.Response(503, text="upstream request timeout")


class Observatory:
    """Providers that record in memory, and the hook."""

    def __init__(self):
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers, self.meters = TracerProvider(), MeterProvider([self.reader])
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.tracers.get_tracer("the program")
        self.hook = OpenTelemetry(self.tracers, self.meters)

    @property
    def spans(self):
        """Return the client's spans in the order of their ends."""
        return [span for span in self.exporter.get_finished_spans() if span.kind is SpanKind.CLIENT]

    @property
    def callers(self):
        return {span.name: span for span in self.exporter.get_finished_spans() if span.kind is not SpanKind.CLIENT}

    def metric(self, name):
        """Return a metric, or None without data."""
        data = self.reader.get_metrics_data()
        found = [
            metric
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
        ]
        return found[0] if found else None

    def close(self):
        self.tracers.shutdown()
        self.meters.shutdown()


@pytest.fixture
def observatory():
    observatory = Observatory()
    yield observatory
    observatory.close()


def answering(*answers):
    """Return a transport with responses in order; the last one repeats."""
    waiting = list(answers)

    def answer(request):
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    return httpx.MockTransport(answer)


def track(**headers):
    return httpx.Response(200, json={"urn": "soundcloud:tracks:1", "title": "Night"}, headers=headers)


def client_of(observatory, *answers, **settings):
    return SoundCloudClient(
        access_token="own-token",
        transport=answering(*answers),
        on_event=observatory.hook,
        **{"retry_base_delay": 0.0, **settings},
    )


def test_the_span_of_a_request(observatory):
    with client_of(observatory, track()) as client, observatory.tracer.start_as_current_span("program"):
        client.tracks.get_track(1, secret_token="s-hush")

    (span,) = observatory.spans
    assert span.name == "GET /tracks/{track_urn}"
    assert span.parent.span_id == observatory.callers["program"].context.span_id
    assert span.status.status_code is StatusCode.UNSET
    assert dict(span.attributes) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "api.soundcloud.com",
        "server.port": 443,
        "url.full": f"{API}/tracks/soundcloud:tracks:1?secret_token=***",
        "url.scheme": "https",
        "url.template": "/tracks/{track_urn}",
    }
    assert observatory.callers["program"].start_time <= span.start_time <= span.end_time
    assert (span.instrumentation_scope.name, span.events) == ("soundcloud", ())


def test_the_metric_of_a_request(observatory):
    with client_of(observatory, track()) as client:
        client.tracks.get_track(1)
        client.tracks.get_track(2)

    metric = observatory.metric("http.client.request.duration")
    (point,) = metric.data.data_points
    assert (metric.unit, point.count, point.sum >= 0) == ("s", 2, True)
    assert point.explicit_bounds == (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
    assert dict(point.attributes) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "api.soundcloud.com",
        "server.port": 443,
        "url.scheme": "https",
        "url.template": "/tracks/{track_urn}",
    }


def test_each_attempt_has_a_child_span_of_the_caller(observatory):
    broken = httpx.ReadError("reset")
    with client_of(observatory, DOWN, broken, track()) as client:
        with observatory.tracer.start_as_current_span("program"):
            client.tracks.get_track(1)

    spans, program = observatory.spans, observatory.callers["program"]
    assert [span.name for span in spans] == ["GET /tracks/{track_urn}"] * 3
    assert {span.parent.span_id for span in spans} == {program.context.span_id}
    assert [span.attributes.get("http.request.resend_count") for span in spans] == [None, 1, 2]
    assert [span.attributes.get("http.response.status_code") for span in spans] == [503, None, 200]
    assert [span.attributes.get("error.type") for span in spans] == [
        "503",
        "soundcloud.errors.ConnectionFailedError",
        None,
    ]
    assert [span.status.status_code for span in spans] == [StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET]
    assert spans[0].end_time <= spans[1].end_time <= spans[2].end_time
    points = observatory.metric("http.client.request.duration").data.data_points
    assert sorted(str(point.attributes.get("error.type")) for point in points) == [
        "503",
        "None",
        "soundcloud.errors.ConnectionFailedError",
    ]


def test_an_attempt_carries_the_context_of_its_span(observatory):
    transport = answering(DOWN, track())
    received = []
    recording = httpx.MockTransport(lambda request: received.append(request) or transport.handle_request(request))
    with SoundCloudClient(
        access_token="own-token", transport=recording, on_event=observatory.hook, retry_base_delay=0.0
    ) as client:
        with observatory.tracer.start_as_current_span("program") as program:
            client.tracks.get_track(1)
            assert get_current_span() is program

    assert [request.headers["traceparent"][:-3] for request in received] == [
        f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}" for span in observatory.spans
    ]


def test_the_context_is_not_sent_when_it_is_turned_off(observatory):
    received = []
    hook = OpenTelemetry(observatory.tracers, observatory.meters, propagate_context=False)
    recording = httpx.MockTransport(lambda request: received.append(request) or track())
    with SoundCloudClient(access_token="own-token", transport=recording, on_event=hook) as client:
        client.tracks.get_track(1)

    assert ["traceparent" in request.headers for request in received] == [False]
    assert len(observatory.spans) == 1


def test_a_refused_request(observatory):
    with client_of(observatory, httpx.Response(404, json={"code": 404, "message": "not here"})) as client:
        with pytest.raises(NotFoundError):
            client.tracks.get_track(1)

    (span,) = observatory.spans
    assert (span.attributes["error.type"], span.status.status_code, span.parent) == ("404", StatusCode.ERROR, None)


def test_another_host_and_port(observatory):
    with client_of(observatory, track(), base_url="http://127.0.0.1:8080/api") as client:
        client.tracks.get_track(1)

    (span,) = observatory.spans
    assert (span.attributes["server.address"], span.attributes["server.port"]) == ("127.0.0.1", 8080)
    assert span.attributes["url.full"] == "http://127.0.0.1:8080/api/tracks/soundcloud:tracks:1"


def test_a_cached_response_has_no_span(observatory):
    with client_of(observatory, track(), cache=MemoryCache()) as client:
        client.tracks.get_track(1)
        with observatory.tracer.start_as_current_span("program"):
            client.tracks.get_track(1)

    assert len(observatory.spans) == 1
    (event,) = observatory.callers["program"].events
    assert event.name == "soundcloud.request.saved"
    assert dict(event.attributes) == {
        "http.request.method": "GET",
        "url.template": "/tracks/{track_urn}",
        "soundcloud.answered_by": "cache",
    }
    (point,) = observatory.metric("soundcloud.client.requests.saved").data.data_points
    assert (point.value, dict(point.attributes)) == (1, dict(event.attributes))


def test_a_revalidated_response_has_a_span(observatory):
    answers = [track(etag='"1"'), httpx.Response(304)]
    now = datetime.now(UTC)
    with client_of(observatory, *answers, cache=MemoryCache(), clock=lambda: now) as client:
        client.tracks.get_track(1)
        now += timedelta(seconds=61)
        assert client.tracks.get_track(1).title == "Night"

    assert [span.attributes["http.response.status_code"] for span in observatory.spans] == [200, 304]
    assert observatory.metric("soundcloud.client.requests.saved") is None


def test_deduplicated_requests_have_one_span(observatory):
    arrived, go = threading.Event(), threading.Event()

    def answer(request):
        arrived.set()
        assert go.wait(10)
        return track()

    client = SoundCloudClient(
        access_token="own-token", transport=httpx.MockTransport(answer), on_event=observatory.hook
    )

    def call(name):
        with observatory.tracer.start_as_current_span(name):
            client.tracks.get_track(1)

    with client:
        leader, follower = (threading.Thread(target=call, args=(name,)) for name in ("leader", "follower"))
        leader.start()
        assert arrived.wait(10)
        follower.start()
        # The follower waits when there is a completion event.
        while not any(call._event for call in client._pipeline.state.in_flight_calls.get()._calls.values()):
            sleep(0.001)
        go.set()
        leader.join()
        follower.join()

    (span,) = observatory.spans
    callers = observatory.callers
    assert span.parent.span_id == callers["leader"].context.span_id
    assert callers["leader"].events == ()
    assert [event.attributes["soundcloud.answered_by"] for event in callers["follower"].events] == ["deduplication"]


def test_a_token_refresh_during_a_request(observatory):
    with Sandbox() as sandbox:
        with SoundCloudClient(
            sandbox.client_id,
            sandbox.client_secret,
            base_url=sandbox.api_url,
            auth_url=sandbox.auth_url,
            on_event=observatory.hook,
        ) as client:
            client.search.tracks("lofi")
            sandbox.expire_tokens()
            with observatory.tracer.start_as_current_span("program"):
                client.search.tracks("lofi")
            secrets = {sandbox.client_secret, client.access_token, client.refresh_token}

    program = observatory.callers["program"].context.span_id
    below = [span for span in observatory.spans if span.parent is not None and span.parent.span_id == program]
    assert [(span.name, span.attributes["http.response.status_code"]) for span in below] == [
        ("GET /tracks", 401),
        ("POST /oauth/token", 200),
        ("GET /tracks", 200),
    ]
    assert [span.attributes.get("http.request.resend_count") for span in below] == [None, None, 1]
    shown = "".join(span.to_json() for span in observatory.exporter.get_finished_spans())
    shown += observatory.reader.get_metrics_data().to_json()
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://soundcloud.com/ada/night/s-hushhush", "https:%2F%2Fsoundcloud.com%2Fada%2Fnight%2Fs-***"),
        ("https://soundcloud.com/ada/night?secret_token=s-hushhush", "night%3Fsecret_token%3D***"),
        ("https://soundcloud.com/ada/night/s-100%hushhush", "night%2Fs-***"),
    ],
)
def test_a_share_link_that_is_resolved_is_hidden(observatory, link, shown):
    found = httpx.Response(302, headers={"location": f"{API}/tracks/soundcloud:tracks:1"})
    with client_of(observatory, found) as client:
        client.resolve.resolve_url(link)

    (span,) = observatory.spans
    assert span.attributes["url.full"].endswith(shown)
    assert "hushhush" not in span.to_json()


def test_spans_of_threads(observatory):
    with client_of(observatory, track(), dedupe=False) as client:

        def work(number):
            with observatory.tracer.start_as_current_span(f"thread {number}"):
                client.tracks.get_track(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 17)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert_each_below_its_caller(observatory, "thread", 16)


def test_spans_of_tasks(observatory):
    async def main():
        async with AsyncSoundCloudClient(
            access_token="own-token", transport=answering(track()), on_event=observatory.hook
        ) as client:

            async def work(number):
                with observatory.tracer.start_as_current_span(f"task {number}"):
                    await client.tracks.get_track(number)

            await asyncio.gather(*(work(number) for number in range(1, 17)))

    asyncio.run(main())

    assert_each_below_its_caller(observatory, "task", 16)


def assert_each_below_its_caller(observatory, kind, count):
    parents = {caller.context.span_id: name for name, caller in observatory.callers.items()}
    pairs = {(parents[span.parent.span_id], span.attributes["url.full"]) for span in observatory.spans}

    assert pairs == {(f"{kind} {number}", f"{API}/tracks/soundcloud:tracks:{number}") for number in range(1, count + 1)}


def test_the_spans_of_map_are_children_of_the_caller(observatory):
    with client_of(observatory, track()) as client, observatory.tracer.start_as_current_span("program"):
        client.map(client.users.get_likes_tracks, range(1, 9), concurrency=4)

    program = observatory.callers["program"].context.span_id
    assert [span.parent.span_id for span in observatory.spans] == [program] * 8


def test_two_clients_share_a_hook(observatory):
    with client_of(observatory, track()) as first, client_of(observatory, DOWN, max_retries=0) as second:
        first.tracks.get_track(1)
        with pytest.raises(SoundCloudError):
            second.tracks.get_track(1)

    assert [span.attributes["http.response.status_code"] for span in observatory.spans] == [200, 503]


def test_the_span_of_a_cancelled_task(observatory):
    async def main():
        asked = asyncio.Event()

        async def answer(request):
            asked.set()
            await asyncio.sleep(60)

        async with AsyncSoundCloudClient(
            access_token="own-token", transport=httpx.MockTransport(answer), on_event=observatory.hook
        ) as client:
            task = asyncio.create_task(client.likes.like_track(1))
            await asked.wait()
            task.cancel()
            await asyncio.wait({task})

    asyncio.run(main())

    (span,) = observatory.spans
    assert (span.name, span.attributes["error.type"]) == (
        "POST /likes/tracks/{track_urn}",
        "asyncio.exceptions.CancelledError",
    )


def test_the_span_of_an_attempt_that_exceeds_the_total_timeout(observatory):
    async def main():
        async def answer(request):
            await asyncio.sleep(60)

        async with AsyncSoundCloudClient(
            access_token="own-token",
            transport=httpx.MockTransport(answer),
            timeout=Timeout(total=0.01),
            on_event=observatory.hook,
        ) as client:
            with pytest.raises(RequestTimeoutError):
                await client.me.get_me()

    asyncio.run(main())

    assert {span.attributes["error.type"] for span in observatory.spans} == {"soundcloud.errors.RequestTimeoutError"}


def test_opentelemetry_is_not_installed():
    code = "import sys; sys.modules['opentelemetry'] = None; import soundcloud.otel"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.splitlines()[-1] == (
        "ImportError: OpenTelemetry is not installed: pip install 'soundcloud-sdk[otel]'"
    )
