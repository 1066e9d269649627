"""Retries: which requests are retried, settings, deadlines and errors."""

from datetime import UTC, datetime

import httpx
import pytest

from soundcloud import (
    SoundCloudClient,
    ConnectionFailedError,
    EdgeError,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    RateLimitError,
    RequestTimeoutError,
    Retry,
    ServerError,
    SpamWarningError,
    Timeout,
    retries_off,
)
from soundcloud._synchronization import sleep

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("retrying")]

TRACK = httpx.Response(200, json={"urn": "soundcloud:tracks:1", "title": "Night"})
DOWN = httpx.Response(503, text="upstream connect error or disconnect/reset before headers")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def client_of(server, **settings):
    settings = {"retry_base_delay": 0, **settings}
    return SoundCloudClient(access_token="own", transport=server.transport, clock=lambda: NOW, **settings)


def test_a_read_is_retried(mock_server):
    server = mock_server(DOWN, httpx.ReadError("reset"), httpx.Response(404, text="404 page not found"), TRACK)
    with client_of(server) as client:
        track = client.tracks.get_track(1)

    assert track.title == "Night"
    assert len(server.requests) == 4


def test_the_error_names_the_number_of_attempts(mock_server):
    server = mock_server(DOWN)
    with client_of(server) as client:
        with pytest.raises(GatewayError, match=r"\(tried 4 times\)") as caught:
            client.tracks.get_track(1)

    assert isinstance(caught.value, ServerError)
    assert isinstance(caught.value, EdgeError)
    assert caught.value.retries == 3
    assert len(server.requests) == 4


@pytest.mark.parametrize("response", [DOWN, httpx.ReadTimeout("late"), httpx.ReadError("reset")])
def test_a_write_is_not_retried_if_it_may_have_been_applied(mock_server, response):
    server = mock_server(response, httpx.Response(200))
    with client_of(server) as client:
        with pytest.raises((GatewayError, ConnectionFailedError)):
            client.likes.like_track(1)

    assert len(server.requests) == 1


@pytest.mark.parametrize("response", [httpx.ConnectError("refused"), httpx.Response(429, text="Please slow down.")])
def test_a_write_is_retried_if_it_was_not_applied(mock_server, response):
    server = mock_server(response, httpx.Response(200))
    with client_of(server) as client:
        client.likes.like_track(1)

    assert len(server.requests) == 2


def test_retry_writes(mock_server):
    server = mock_server(DOWN, httpx.Response(200))
    with client_of(server, retry_writes=True) as client:
        client.likes.like_track(1)

    assert len(server.requests) == 2


def test_an_upload_is_never_retried(mock_server):
    server = mock_server(httpx.Response(429), httpx.Response(201))
    with client_of(server, retry_writes=True) as client:
        with pytest.raises(RateLimitError):
            client.tracks.upload(b"sound", title="Night")

    assert len(server.requests) == 1


def test_a_spam_warning_is_not_retried(mock_server):
    body = {"code": 429, "message": "", "spam_warning_urn": "soundcloud:spam-warnings:1"}
    server = mock_server(httpx.Response(429, json=body))
    with client_of(server) as client:
        with pytest.raises(SpamWarningError, match="do not repeat") as caught:
            client.tracks.create_comment(1, "first!")

    assert caught.value.spam_warning_urn == "soundcloud:spam-warnings:1"
    assert len(server.requests) == 1


def test_a_long_retry_after_is_raised_at_once(mock_server):
    server = mock_server(httpx.Response(429, headers={"retry-after": "3600"}))
    with client_of(server) as client:
        with pytest.raises(RateLimitError) as caught:
            client.tracks.get_track(1)

    assert caught.value.retry_after == 3600
    assert len(server.requests) == 1


def test_rate_limit_headers_of_zero_are_ignored(mock_server):
    headers = {"x-ratelimit-limit": "-1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}
    waits = []
    server = mock_server(httpx.Response(429, headers=headers, json={"error": "Rate Limit Exceeded"}), TRACK)
    with client_of(server, on_retry=waits.append) as client:
        client.tracks.get_track(1)

    assert [(wait.attempt, wait.delay, wait.status) for wait in waits] == [(1, 0.0, 429)]


def test_with_options_retry(mock_server):
    server = mock_server(DOWN, DOWN, TRACK)
    with client_of(server) as client:
        once = client.with_options(retry=Retry(max_retries=0))
        with pytest.raises(GatewayError):
            once.tracks.get_track(1)
        assert len(server.requests) == 1
        assert (client.tracks.get_track(1)).title == "Night"

    assert len(server.requests) == 3


def test_retries_off(mock_server):
    server = mock_server(DOWN, TRACK)
    with client_of(server) as client:
        with retries_off(), pytest.raises(GatewayError):
            client.tracks.get_track(1)
        assert (client.tracks.get_track(1)).title == "Night"


def test_contradicting_retry_settings(mock_server):
    with pytest.raises(InvalidInputError, match="retry= alone"):
        SoundCloudClient(retry=Retry(), max_retries=1)
    with pytest.raises(InvalidInputError, match="max_retries"):
        SoundCloudClient(max_retries=-1)


def test_a_deadline_limits_the_retry_delay(mock_server):
    server = mock_server(httpx.Response(503, headers={"retry-after": "30"}), TRACK)
    with client_of(server, timeout=Timeout(total=0.5)) as client:
        with pytest.raises(ServerError):
            client.tracks.get_track(1)

    assert len(server.requests) == 1


def test_a_deadline_limits_all_attempts():
    def slow(request):
        sleep(0.06)
        return httpx.Response(503)

    transport = httpx.MockTransport(slow)
    with SoundCloudClient(
        access_token="own", transport=transport, timeout=Timeout(total=0.1), max_retries=50, retry_base_delay=0
    ) as client:
        with pytest.raises((RequestTimeoutError, ServerError)) as caught:
            client.tracks.get_track(1)

    if isinstance(caught.value, RequestTimeoutError):
        assert "0.1 s" in str(caught.value)
        assert "Timeout(total=...)" in str(caught.value)


def test_a_token_refresh_does_not_count_as_a_retry(mock_server):
    server = mock_server(
        httpx.Response(401),
        httpx.Response(200, json={"access_token": "new", "refresh_token": "next", "expires_in": 3599}),
        DOWN,
        TRACK,
    )
    telemetry = []
    with SoundCloudClient(
        "id",
        "secret",
        access_token="old",
        refresh_token="refresh",
        transport=server.transport,
        retry_base_delay=0,
        on_request=telemetry.append,
    ) as client:
        assert (client.tracks.get_track(1)).title == "Night"

    assert [(seen.path, seen.status, seen.retry_count) for seen in telemetry] == [
        ("/oauth/token", 200, 0),
        ("/tracks/soundcloud:tracks:1", 200, 1),
    ]
    sent = [request.headers.get("authorization") for request in server.requests]
    assert sent == ["OAuth old", None, "OAuth new", "OAuth new"]


def test_all_retries_are_left_after_a_token_refresh(mock_server):
    tokens, quick = (
        httpx.Response(200, json={"access_token": "new", "expires_in": 3599}),
        Retry(max_retries=2, base_delay=0),
    )
    server = mock_server(httpx.Response(401), tokens, DOWN)
    with SoundCloudClient(
        "id", "secret", access_token="old", refresh_token="refresh", transport=server.transport, retry=quick
    ) as client:
        with pytest.raises(ServerError) as caught:
            client.tracks.get_track(1)

    assert caught.value.retries == 2
    assert len(server.requests) == 2 + 3


def test_token_requests_are_not_retried(mock_server):
    server = mock_server(httpx.Response(500))
    with SoundCloudClient("id", "secret", transport=server.transport, retry_base_delay=0) as client:
        with pytest.raises(ServerError):
            client.tracks.get_track(1)

    assert len(server.requests) == 1


def test_not_found_and_an_edge_error_differ(mock_server):
    gone = mock_server(httpx.Response(404, json={"code": 404, "message": ""}))
    with client_of(gone) as client:
        with pytest.raises(NotFoundError) as not_found:
            client.tracks.get_track(1)
    down = mock_server(httpx.Response(404, text="404 page not found"))
    with client_of(down) as client:
        with pytest.raises(EdgeError) as edge:
            client.tracks.get_track(1)

    assert not_found.value.is_not_found
    assert not edge.value.is_not_found
    assert not isinstance(edge.value, NotFoundError)
