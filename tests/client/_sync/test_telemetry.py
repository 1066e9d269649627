"""Events, telemetry, retry hooks and log records of a call."""

import logging

import httpx
import pytest
from attrs import evolve

from soundcloud import (
    SoundCloudClient,
    AttemptFinishedEvent,
    AttemptStartedEvent,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    RequestFinishedEvent,
    RequestRetryingEvent,
    RequestStartedEvent,
    TokenRefreshedEvent,
)
from tests.helpers import always_sent

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("retrying")]

API = "https://api.soundcloud.com"
TRACK = httpx.Response(200, json=always_sent.TRACK, headers={"x-request-id": "r1"})
DOWN = httpx.Response(503, text="upstream request timeout")
TOKEN = httpx.Response(200, json={"access_token": "new", "refresh_token": "next", "expires_in": 3599})


def client_of(server, **settings):
    return SoundCloudClient(access_token="own", transport=server.transport, retry_base_delay=0, **settings)


def test_the_events_of_a_call(mock_server):
    events = []
    server = mock_server(DOWN, TRACK)
    with client_of(server, on_event=events.append) as client:
        client.tracks.get_track(1, secret_token="s-hush")

    started, first, failed, retrying, second, succeeded, finished = events
    path, template = "/tracks/soundcloud:tracks:1", "/tracks/{track_urn}"
    assert started == RequestStartedEvent(
        1, "GET", path, template, "get_tracks_track_urn", f"{API}{path}?secret_token=***"
    )
    assert failed == evolve(
        AttemptFinishedEvent(1, 0, "GET", template, f"{API}{path}?secret_token=***", 503, 0.0), duration=failed.duration
    )
    assert first == AttemptStartedEvent(1, 0, "GET", template, f"{API}{path}?secret_token=***")
    assert second == evolve(first, resend_count=1)
    assert (succeeded.resend_count, succeeded.status, succeeded.request_id) == (1, 200, "r1")
    assert isinstance(retrying, RequestRetryingEvent)
    assert (retrying.id, retrying.attempt, retrying.delay, retrying.reason, retrying.status) == (
        1,
        1,
        0,
        "HTTP 503",
        503,
    )
    assert isinstance(retrying.error, GatewayError)
    assert isinstance(finished, RequestFinishedEvent)
    assert (finished.id, finished.status, finished.retry_count, finished.sent, finished.error) == (1, 200, 1, 2, None)
    assert (finished.template, finished.operation, finished.request_id) == (template, "get_tracks_track_urn", "r1")
    assert finished.duration >= 0


def test_telemetry_of_calls_pages_and_errors(mock_server):
    seen, retries = [], []
    page = {"collection": [{"urn": "soundcloud:tracks:1"}], "next_href": f"{API}/tracks?cursor=2"}
    last = {"collection": [], "next_href": None}
    server = mock_server(
        httpx.Response(200, json=page), DOWN, httpx.Response(200, json=last), httpx.Response(404, json={"code": 404})
    )
    with client_of(server, on_request=seen.append, on_retry=retries.append) as client:
        assert len([track for track in client.search.tracks("lofi")]) == 1
        with pytest.raises(NotFoundError) as caught:
            client.tracks.get_track(1)

    assert [(each.method, each.path, each.status, each.retry_count) for each in seen] == [
        ("GET", "/tracks", 200, 0),
        ("GET", "/tracks", 200, 1),
        ("GET", "/tracks/soundcloud:tracks:1", 404, 0),
    ]
    assert [each.error for each in seen] == [None, None, caught.value]
    assert [(each.attempt, each.status, each.url) for each in retries] == [(1, 503, f"{API}/tracks?cursor=2")]


def test_telemetry_of_a_connection_error(mock_server):
    seen = []
    with client_of(mock_server(httpx.ReadError("reset")), on_request=seen.append, max_retries=0) as client:
        with pytest.raises(Exception, match="reset"):
            client.tracks.get_track(1)

    assert (seen[0].status, type(seen[0].error).__name__) == (None, "ConnectionFailedError")


def test_token_requests_emit_events_but_sign_out_and_raw_do_not(mock_server):
    seen, events = [], []
    server = mock_server(TOKEN, TOKEN, TOKEN, httpx.Response(200), httpx.Response(200, json={}))
    with SoundCloudClient(
        "id",
        "secret",
        "http://127.0.0.1:8765/callback",
        transport=server.transport,
        on_request=seen.append,
        on_event=events.append,
    ) as client:
        client.auth.get_client_token()
        client.auth.get_user_token("code", "verifier")
        client.auth.refresh_user_token("refresh")
        assert [(each.method, each.path, each.status) for each in seen] == [("POST", "/oauth/token", 200)] * 3
        client.auth.sign_out("access")
        client.raw.get("/tracks/1", token="own")

    assert len(seen) == 3
    assert len(server.requests) == 5
    assert len([event for event in events if isinstance(event, RequestStartedEvent)]) == 3


def test_a_refresh_within_a_call_has_its_own_events(mock_server):
    events = []
    server = mock_server(httpx.Response(401), TOKEN, TRACK)
    with SoundCloudClient(
        "id", "secret", access_token="old", refresh_token="refresh", transport=server.transport, on_event=events.append
    ) as client:
        client.tracks.get_track(1)

    assert [(type(event).__name__, getattr(event, "id", None)) for event in events] == [
        ("RequestStartedEvent", 1),
        ("AttemptStartedEvent", 1),
        ("AttemptFinishedEvent", 1),
        ("RequestStartedEvent", 2),
        ("AttemptStartedEvent", 2),
        ("AttemptFinishedEvent", 2),
        ("RequestFinishedEvent", 2),
        ("TokenRefreshedEvent", None),
        ("AttemptStartedEvent", 1),
        ("AttemptFinishedEvent", 1),
        ("RequestFinishedEvent", 1),
    ]
    assert isinstance(events[7], TokenRefreshedEvent)


def test_a_hook_adds_headers_to_an_attempt(mock_server):
    def add(event):
        if isinstance(event, AttemptStartedEvent):
            event.headers["traceparent"] = f"00-{event.resend_count}"
            event.headers.update({"authorization": "Basic x", "Accept": "text/html", "Content-Length": "9"})

    server = mock_server(DOWN, TRACK)
    with client_of(server, on_event=add) as client:
        client.tracks.get_track(1)

    assert [request.headers["traceparent"] for request in server.requests] == ["00-0", "00-1"]
    for request in server.requests:
        assert request.headers.get_list("authorization") == ["OAuth own"]
        assert request.headers.get_list("accept") == ["application/json; charset=utf-8"]
        assert "content-length" not in request.headers


def test_a_header_of_a_hook_that_cannot_be_sent_is_refused(mock_server):
    def add(event):
        if isinstance(event, AttemptStartedEvent):
            event.headers["X-Trace"] = "a\r\nb"

    with client_of(mock_server(TRACK), on_event=add) as client:
        with pytest.raises(InvalidInputError, match="X-Trace"):
            client.tracks.get_track(1)


def test_failing_hooks_do_not_fail_a_call(mock_server, caplog):
    def fail(value):
        raise RuntimeError(f"failed for {type(value).__name__}")

    server = mock_server(DOWN, TRACK)
    with client_of(server, on_event=fail, on_request=fail, on_retry=fail) as client:
        assert (client.tracks.get_track(1)).title == "Night"

    assert "the on_event hook failed" in caplog.text
    assert "the on_retry hook failed" in caplog.text
    assert "the on_request hook failed" in caplog.text


def test_the_log_has_one_line_per_call(mock_server, caplog):
    caplog.set_level(logging.INFO, "soundcloud")
    server = mock_server(DOWN, TRACK, httpx.Response(404, json={"code": 404}))
    with client_of(server) as client:
        client.tracks.get_track(1, secret_token="s-hush")
        with pytest.raises(NotFoundError):
            client.tracks.get_track(2)

    lines = [record.getMessage() for record in caplog.records if record.name == "soundcloud"]
    assert lines[0] == "GET /tracks/soundcloud:tracks:1: HTTP 503, retry 1 in 0.00 s"
    assert lines[1].startswith("GET /tracks/soundcloud:tracks:1 -> 200 in 0.")
    assert lines[1].endswith("s, 1 retries")
    assert lines[2].startswith("GET /tracks/soundcloud:tracks:2 -> 404 in 0.")
    assert lines[2].endswith("NotFoundError")
    assert "hush" not in caplog.text
