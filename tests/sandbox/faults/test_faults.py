"""Fault injection: each kind of error, the settings, and repeatable runs."""

import logging
import re
import socket
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from soundcloud import SoundCloudClient
from soundcloud.errors import (
    ConnectionFailedError,
    EdgeError,
    GatewayError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    SpamWarningError,
    SubscriptionRequiredError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from soundcloud.sandbox import Faults, RateLimitFault, RecordedRequest, Sandbox, SandboxError, WrongSettingError
from soundcloud.sandbox import __main__ as command_line
from soundcloud.sandbox.faults import settings as faults_module
from soundcloud.sandbox.faults.command_line import read_faults
from soundcloud.sandbox.faults.error_responses import CANNED_KINDS
from soundcloud.sandbox.faults.selection import FaultSelector
from soundcloud.sandbox.faults.settings import DRIFT_KINDS, ERROR_KINDS, FLAKY_KINDS, RATE_LIMIT_KINDS

PAGE = Path(__file__).parents[3] / "docs" / "sandbox-faults.md"
USELESS = {"x-ratelimit-limit": "-1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}
DAMAGING_KINDS = frozenset(ERROR_KINDS) - CANNED_KINDS


def only(kind, **further):
    return Faults(error_rate={kind: 1}, **further)


def send_raw(sandbox, request):
    """Send bytes to a socket; return the received bytes and whether the connection was reset."""
    url = urlsplit(sandbox.api_url)
    received = b""
    with socket.create_connection((url.hostname, url.port), timeout=10) as connection:
        connection.sendall(request)
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            return received, True
    return received, False


def raw_request(sandbox, path="/tracks"):
    token = sandbox.user_token()
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: OAuth {token}\r\n\r\n".encode()


@pytest.fixture
def client(sandbox):
    with SoundCloudClient(
        sandbox.client_id,
        sandbox.client_secret,
        access_token=sandbox.user_token(),
        base_url=sandbox.api_url,
        auth_url=sandbox.auth_url,
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "body"),
    [
        ("rate_limited_gateway", 429, "application/json", '{"error":"Rate Limit Exceeded"}'),
        ("rate_limited_text", 429, "text/plain", "Please slow down."),
        ("not_found_text", 404, "text/plain", "404 page not found"),
        ("timeout_text", 504, "text/plain", "upstream request timeout"),
        ("empty_500", 500, "text/plain", ""),
        ("forbidden_gateway", 403, "application/json", '{"error":"Access to this API has been disallowed"}'),
    ],
)
def test_short_responses(sandbox, ada, kind, status, content_type, body):
    sandbox.set_faults(only(kind))
    response = ada.get("/me")

    assert (response.status_code, response.headers["content-type"], response.text) == (status, content_type, body)
    assert response.headers["content-length"] == str(len(body))
    assert "retry-after" not in response.headers


@pytest.mark.parametrize(
    ("kind", "status"),
    [("blocked_html", 403), ("bad_gateway_html", 502), ("unavailable_html", 503), ("timeout_html", 504)],
)
def test_pages_of_the_cdn(sandbox, ada, kind, status):
    sandbox.set_faults(only(kind))
    response = ada.get("/me")

    assert (response.status_code, response.headers["content-type"]) == (status, "text/html")
    assert response.headers["x-cache"] == "Error from cloudfront"
    assert response.headers["server"] == "CloudFront"
    assert f"<H1>{status} ERROR</H1>" in response.text
    assert f"Request ID: {response.headers['x-amz-cf-id']}\n" in response.text


def test_error_of_the_service_mesh(sandbox, ada):
    sandbox.set_faults(only("unavailable_text"))
    response = ada.get("/me")

    assert (response.status_code, response.headers["server"]) == (503, "envoy")
    assert response.text.startswith("upstream connect error or disconnect/reset before headers. reset reason: ")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", response.headers["x-request-id"])


@pytest.mark.parametrize("kind", ["forbidden_gateway", "rate_limited_gateway", "rate_limited_reset_time"])
def test_headers_of_the_api_gateway(sandbox, ada, kind):
    sandbox.set_faults(only(kind))
    headers = ada.get("/me").headers

    assert headers["x-generator"] == "tyk.io"
    assert len(headers["x-tyk-trace-id"]) == 32
    assert headers.items() >= USELESS.items()


def test_rate_limit_with_reset_time(sandbox, ada):
    sandbox.set_faults(only("rate_limited_reset_time"))
    body = ada.get("/me").json()

    assert body.keys() == {"errors"}
    meta = body["errors"][0]["meta"]
    assert meta["remaining_requests"] == 0
    assert meta["rate_limit"] == {"group": "plays", "max_nr_of_requests": 15000, "time_window": "PT24H"}
    assert re.fullmatch(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \+0000", meta["reset_time"])


@pytest.mark.parametrize(
    ("kind", "status", "message"),
    [
        ("rate_limited_object", 429, "rate_limit_exceeded"),
        ("error_object_500", 500, "500 - Internal Server Error"),
        ("error_object_200", 200, "unable to decode response"),
        ("subscription_wall", 403, "An active Pro Unlimited subscription is required for this action"),
    ],
)
def test_error_objects(sandbox, ada, kind, status, message):
    sandbox.set_faults(only(kind))
    response = ada.get("/me")
    body = response.json()

    assert (response.status_code, body["code"], body["message"]) == (status, status, message)
    assert body["status"].startswith(f"{status} - ")
    assert body["errors"] == [{"error_message": message}]
    assert body["error"] is None
    assert body.get("error_code") == ("rate_limit_exceeded" if kind == "rate_limited_object" else None)
    assert (body["link"] == "https://github.com/soundcloud/api") == (kind == "error_object_500")
    assert response.headers.items() >= USELESS.items()


def test_spam_warning_is_for_likes_and_comments_only(sandbox, ada, track):
    sandbox.set_faults(only("spam_warning"))
    like, comment = f"/likes/tracks/{track['urn']}", f"/tracks/{track['urn']}/comments"
    warned = [ada.post(like), ada.post(comment, json={"comment": {"body": "x"}})]

    assert [response.status_code for response in warned] == [429, 429]
    for response in warned:
        assert re.fullmatch(r"soundcloud:spam-warnings:\d+", response.json()["spam_warning_urn"])
    assert ada.get(comment).status_code == ada.get("/me").status_code == 200
    # The like was not executed.
    assert ada.delete(like).status_code == 404


def test_an_unverified_email_refuses_uploads_only(sandbox, ada):
    sandbox.set_faults(only("unverified_email"))
    refused = ada.post("/tracks", data={"track[title]": "x"}, files={"track[asset_data]": ("x.wav", b"x")})

    assert (refused.status_code, refused.content, refused.headers["content-type"]) == (401, b"\n", "text/plain")
    assert ada.get("/tracks").status_code == ada.get("/me").status_code == 200
    assert ada.post("/playlists", json={"playlist": {"title": "x"}}).status_code == 201


def test_canned_error_does_not_execute_the_operation(sandbox, ada):
    before = ada.get("/me").json()["playlist_count"]
    for kind in sorted(CANNED_KINDS - {"redirect_loop", "spam_warning", "unverified_email"}):
        sandbox.set_faults(only(kind, times=1))
        ada.post("/playlists", json={"playlist": {"title": kind, "sharing": "public"}})
        assert sandbox.requests[-1].faults == (kind,)

    assert before == ada.get("/me").json()["playlist_count"]


def test_redirect_loop(sandbox, ada):
    sandbox.set_faults(only("redirect_loop", times=1))
    response = ada.get("/tracks")

    assert response.status_code == 302
    assert response.json() == {"status": "302 - Found", "location": response.headers["location"]}
    sandbox.set_faults(only("redirect_loop", times=1))
    with pytest.raises(httpx.TooManyRedirects):
        ada.get("/tracks", follow_redirects=True)
    assert ada.get("/tracks").status_code == 200


def test_reset_before_the_response(sandbox):
    sandbox.set_faults(only("reset_before"))

    assert send_raw(sandbox, raw_request(sandbox)) == (b"", True)
    assert sandbox.requests[-1].status is None


def test_reset_during_the_response(sandbox):
    sandbox.set_faults(only("reset_during"))
    received, was_reset = send_raw(sandbox, raw_request(sandbox))

    assert was_reset
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head)[1])
    assert 0 < len(body) < length


def test_truncated_response(sandbox):
    sandbox.set_faults(only("truncated"))
    received, was_reset = send_raw(sandbox, raw_request(sandbox, "/me"))

    assert not was_reset
    head, _, body = received.partition(b"\r\n\r\n")
    assert len(body) == int(re.search(rb"content-length: (\d+)", head)[1]) // 2


def test_slow_response_is_complete(sandbox, ada):
    plain = ada.get("/me").content
    sandbox.set_faults(only("slow_body", slow_seconds=0.02))

    assert ada.get("/me").content == plain
    assert sandbox.requests[-1].faults == ("slow_body",)


def test_broken_gzip(sandbox, ada):
    sandbox.set_faults(only("broken_gzip"))
    with pytest.raises(httpx.DecodingError):
        ada.get("/me")
    with ada.stream("GET", "/me") as response:
        packed = b"".join(response.iter_raw())

    assert response.headers["content-encoding"] == "gzip"
    assert len(packed) == int(response.headers["content-length"])
    with pytest.raises(zlib.error):
        zlib.decompress(packed, 31)


@pytest.mark.parametrize("kind", sorted(DAMAGING_KINDS - {"reset_before"}))
def test_damaged_response_has_executed_the_operation(sandbox, ada, kind):
    before = ada.get("/me").json()["playlist_count"]
    sandbox.set_faults(only(kind, times=1, slow_seconds=0.02))
    with suppress(httpx.HTTPError):
        ada.post("/playlists", json={"playlist": {"title": "x", "sharing": "public"}})

    assert ada.get("/me").json()["playlist_count"] == before + 1
    assert sandbox.requests[-2].faults == (kind,)


@pytest.mark.parametrize("kind", sorted(DAMAGING_KINDS - {"reset_before"}))
def test_response_without_a_body_is_not_damaged(sandbox, ada, kind):
    sandbox.set_faults(only(kind))

    assert ada.head("/me").status_code == 200
    assert ada.post("/sign-out").status_code == 200
    assert [request.faults for request in sandbox.requests] == [(), ()]


@pytest.mark.parametrize("kind", ERROR_KINDS)
def test_sandbox_works_after_an_error(sandbox, ada, caplog, capfd, kind):
    sandbox.set_faults(only(kind, times=1, slow_seconds=0.02))
    with suppress(httpx.HTTPError):
        ada.post("/likes/tracks/1", json={"x": 1})

    assert ada.get("/me").status_code == 200
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert tuple(capfd.readouterr()) == ("", "")


def test_failed_upload_is_read_completely(sandbox, ada):
    sandbox.set_faults(only("unavailable_text"))
    size = 3_000_000
    response = ada.post("/tracks", data={"track[title]": "x"}, files={"track[asset_data]": ("a.mp3", bytes(size))})

    assert response.status_code == 503
    assert sandbox.requests[-1].body == {
        "track[title]": "x",
        "track[asset_data]": {"filename": "a.mp3", "size": size},
    }


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_malformed_form_gets_its_fault(sandbox, ada, content_type):
    sandbox.set_faults(only("unavailable_text"))
    response = ada.post("/tracks", content=b"--y\r\nno form", headers={"Content-Type": content_type})

    assert response.status_code == 503
    assert sandbox.requests[-1].faults == ("unavailable_text",)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        *((kind, RateLimitError) for kind in RATE_LIMIT_KINDS),
        ("blocked_html", EdgeError),
        ("bad_gateway_html", GatewayError),
        ("unavailable_html", GatewayError),
        ("timeout_html", GatewayError),
        ("not_found_text", EdgeError),
        ("unavailable_text", ServerError),
        ("timeout_text", ServerError),
        ("empty_500", ServerError),
        ("error_object_500", ServerError),
        ("error_object_200", UnexpectedResponseError),
        ("forbidden_gateway", EdgeError),
        ("subscription_wall", SubscriptionRequiredError),
        ("redirect_loop", UnexpectedResponseError),
        ("reset_before", ConnectionFailedError),
        ("reset_during", ConnectionFailedError),
        ("truncated", ConnectionFailedError),
        ("broken_gzip", UnexpectedResponseError),
    ],
)
def test_client_error(sandbox, client, kind, error):
    sandbox.set_faults(only(kind))
    with pytest.raises(error):
        client.me.get_me()
    sandbox.clear_faults()

    assert client.me.get_me().username


def test_client_raises_spam_warning_error(sandbox, client, track):
    sandbox.set_faults(only("spam_warning"))
    with pytest.raises(SpamWarningError):
        client.likes.like_track(track["urn"])


@pytest.mark.parametrize("kind", ["unavailable_text", "timeout_html", "empty_500", "reset_before", "not_found_text"])
def test_client_retries(sandbox, retrying, kind):
    sandbox.set_faults(only(kind, times=2))
    with SoundCloudClient(
        access_token=sandbox.user_token(), base_url=sandbox.api_url, max_retries=2, retry_base_delay=0.001
    ) as client:
        assert client.me.get_me().permalink == "ada-night"

    assert [request.faults for request in sandbox.requests] == [(kind,), (kind,), ()]


def test_client_times_out(sandbox):
    sandbox.set_faults(Faults(latency=30))
    with SoundCloudClient(access_token=sandbox.user_token(), base_url=sandbox.api_url, timeout=0.2) as client:
        with pytest.raises(RequestTimeoutError):
            client.me.get_me()


def test_latency_is_recorded_and_changes_nothing_else(sandbox, ada):
    plain = ada.get("/me").content
    sandbox.set_faults(Faults(latency=(0.001, 0.01), times=0))

    assert ada.get("/me").content == plain
    assert sandbox.requests[-1].faults == ("latency",)
    assert sandbox.requests[-1].duration > 0.001


def test_close_ends_waiting_requests(caplog, capfd):
    before = set(threading.enumerate())
    with Sandbox(faults=Faults(latency=3000)) as sandbox:
        url = urlsplit(sandbox.api_url)
        with socket.create_connection((url.hostname, url.port), timeout=10) as connection:
            connection.sendall(raw_request(sandbox))
            while not sandbox._server.server_state.tasks:
                time.sleep(0.01)
            sandbox.close()
            assert connection.recv(20).startswith(b"HTTP/1.1 200 OK")

    assert set(threading.enumerate()) <= before
    assert caplog.records == []
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_rate_limit(sandbox, ada):
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(3, 3600)))
    responses = [ada.get("/me") for _ in range(5)]
    meta = responses[3].json()["errors"][0]["meta"]

    assert [response.status_code for response in responses] == [200, 200, 200, 429, 429]
    assert meta["rate_limit"] == {
        "bucket": "by-client",
        "max_nr_of_requests": 3,
        "time_window": "PT3600S",
        "name": "requests",
    }
    assert "retry-after" not in responses[3].headers
    assert sandbox.requests[-1].faults == ("rate_limited_reset_time",)


def test_client_reads_the_reset_time(sandbox, client):
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(1, 3600)))
    client.me.get_me()
    with pytest.raises(RateLimitError) as caught:
        client.me.get_me()

    # The reset time is in whole seconds, and the client adds a margin.
    assert 3000 < caught.value.retry_after < 3610


@pytest.mark.parametrize("kind", RATE_LIMIT_KINDS)
def test_rate_limit_in_each_format(sandbox, ada, kind):
    sandbox.set_faults(only(kind))
    alone = ada.get("/me")
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(1, 60, kind)))
    ada.get("/me")
    limited = ada.get("/me")

    assert limited.status_code == alone.status_code == 429
    assert limited.headers["content-type"] == alone.headers["content-type"]


def test_window_begins_with_the_first_request_after_the_previous_one():
    now = 100.0
    selector = FaultSelector(Faults(rate_limit=RateLimitFault(2, 10)), clock=lambda: now)

    def limited():
        return selector.plan("GET", "/me", to_api=True).reset_in

    assert [limited(), limited(), limited()] == [None, None, 10]
    now = 109.0
    assert limited() == 1
    now = 117.0
    assert limited() is None
    now = 126.0
    assert [limited(), limited()] == [None, 1]


def test_expire_tokens(sandbox, ada):
    sandbox.set_faults(Faults(expire_tokens=3))

    assert [ada.get("/me").status_code for _ in range(5)] == [200, 200, 401, 401, 401]
    assert sandbox.requests[2].faults == ("expire_tokens",)
    assert sandbox.requests[2].user == "ada-night"


def test_client_refreshes_expired_tokens(sandbox, client):
    with SoundCloudClient(
        sandbox.client_id, sandbox.client_secret, base_url=sandbox.api_url, auth_url=sandbox.auth_url
    ) as app_client:
        sandbox.set_faults(Faults(expire_tokens=3))
        for _ in range(6):
            assert app_client.search.tracks("a", limit=1).collection

    assert sandbox.token_requests()["refresh_token"] >= 2
    sandbox.set_faults(Faults(expire_tokens=1))
    with pytest.raises(UnauthorizedError):
        client.me.get_me()


def test_times(sandbox, ada):
    sandbox.set_faults(only("empty_500", times=2))
    assert [ada.get("/me").status_code for _ in range(4)] == [500, 500, 200, 200]

    sandbox.set_faults(Faults(rate_limit=RateLimitFault(1, 3600), times=1))
    assert [ada.get("/me").status_code for _ in range(3)] == [200, 429, 200]

    sandbox.set_faults(only("truncated", times=1))
    assert ada.head("/me").status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        ada.get("/me")
    assert ada.get("/me").status_code == 200


def test_paths(sandbox, ada, auth):
    sandbox.set_faults(only("empty_500", paths=("/me", "DELETE /likes/*")))

    assert ada.get("/me").status_code == 500
    assert ada.get("/me/tracks").status_code == 200
    assert ada.delete("/likes/tracks/1").status_code == 500
    assert ada.post("/likes/tracks/1").status_code == 404


def test_token_endpoint_fails_only_with_its_path(sandbox, auth):
    def request_token():
        credentials = (sandbox.client_id, sandbox.client_secret)
        return auth.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=credentials).status_code

    sandbox.set_faults(only("blocked_html"))
    assert request_token() == 200
    sandbox.set_faults(only("blocked_html", paths="/oauth/token"))
    assert request_token() == 403
    assert sandbox.token_requests()["client_credentials"] == 1
    sandbox.set_faults(only("empty_500", paths="*"))
    assert request_token() == 500


def test_media_host_fails_with_its_path(sandbox, ada, anonymous, track):
    link = ada.get(f"/tracks/{track['urn']}/preview").headers["location"]
    sandbox.set_faults(only("truncated", paths="/sound/*"))
    with pytest.raises(httpx.RemoteProtocolError):
        anonymous.get(link)

    assert sandbox.requests[-1].origin == "sound"


def run_requests(sandbox, faults):
    """Send 60 requests; return their responses or errors, and their faults."""
    sandbox.reset()
    token = sandbox.user_token()
    sandbox.set_faults(faults)
    seen = []
    with httpx.Client(
        base_url=sandbox.api_url, headers={"Authorization": f"OAuth {token}"}, trust_env=False, verify=False
    ) as client:
        for number in range(60):
            try:
                response = client.get(
                    ("/tracks", "/me", "/users")[number % 3], params={"limit": 3, "linked_partitioning": "true"}
                )
            except httpx.HTTPError as error:
                seen.append(type(error).__name__)
            else:
                seen.append((response.status_code, response.headers.get("x-request-id"), response.content))
    return seen, [request.faults for request in sandbox.requests]


def test_same_seed_repeats_a_run(sandbox):
    settings = {
        "error_rate": 0.3,
        "drift": DRIFT_KINDS,
        "drift_rate": 0.5,
        "flaky_pages": FLAKY_KINDS,
        "flaky_rate": 0.5,
        "slow_seconds": 0.01,
    }
    first = run_requests(sandbox, Faults(seed=5, **settings))
    limits = re.compile(rb"reset_time")

    def comparable(run):
        # The reset time depends on the clock.
        return [item if isinstance(item, str) or not limits.search(item[2]) else item[0] for item in run[0]], run[1]

    assert comparable(first) == comparable(run_requests(sandbox, Faults(seed=5, **settings)))
    assert first[1] != run_requests(sandbox, Faults(seed=6, **settings))[1]
    assert len(set(first[1])) > 10


def test_set_faults_restarts_the_run(sandbox, ada):
    faults = Faults(error_rate=0.5, slow_seconds=0.01)

    def run():
        sandbox.set_faults(faults)
        for _ in range(20):
            with suppress(httpx.HTTPError):
                ada.get("/me")
        return [request.faults for request in sandbox.requests[-20:]]

    assert run() == run()


def test_error_rate_by_kind():
    selector = FaultSelector(Faults(error_rate={"empty_500": 0.25, "truncated": 0.5}, seed=1))
    plans = [selector.plan("GET", "/me", to_api=True).error for _ in range(4000)]

    assert 900 < plans.count("empty_500") < 1100
    assert 1900 < plans.count("truncated") < 2100
    assert plans.count(None) == 4000 - plans.count("empty_500") - plans.count("truncated")


def test_error_rate_of_all_kinds():
    selector = FaultSelector(Faults(error_rate=0.5))
    plans = [selector.plan("POST", "/likes/tracks/1", to_api=True).error for _ in range(4000)]

    assert set(plans) == {None, *ERROR_KINDS} - {"unverified_email"}
    assert selector.plan("POST", "/tracks", to_api=True).error != "spam_warning"
    assert 1900 < plans.count(None) < 2100
    others = [selector.plan("GET", "/me", to_api=True).error for _ in range(2000)]
    assert set(others) == {None, *ERROR_KINDS} - {"spam_warning", "unverified_email"}


def test_random_latency_is_in_its_range():
    selector = FaultSelector(Faults(latency=(1, 2)))
    drawn = [selector.plan("GET", "/me", to_api=True).latency for _ in range(200)]

    assert min(drawn) >= 1
    assert max(drawn) <= 2
    assert len(set(drawn)) == 200


def test_reset_restores_the_initial_faults():
    with Sandbox(faults=only("empty_500", times=1)) as sandbox:
        headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
        with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False) as client:
            assert [client.get("/users").status_code for _ in range(2)] == [500, 200]
            sandbox.clear_faults()
            assert sandbox.faults == Faults()
            sandbox.reset()
            assert sandbox.faults == only("empty_500", times=1)
            # The reset has ended the session; the fault precedes the check of the token.
            assert [client.get("/users").status_code for _ in range(2)] == [500, 401]


def test_faults_are_frozen_and_comparable():
    faults = Faults(drift={"null", "removed_field"}, flaky_pages="short_page", paths="/me", latency=[1, 2])

    assert faults == Faults(
        drift=["removed_field", "null"], flaky_pages=("short_page",), paths=("/me",), latency=(1, 2)
    )
    with pytest.raises(FrozenInstanceError):
        faults.seed = 3
    rates = {"empty_500": 0.5}
    kept = Faults(error_rate=rates)
    rates["empty_500"] = 7
    with pytest.raises(TypeError):
        kept.error_rate["empty_500"] = 7
    assert kept.error_rate == {"empty_500": 0.5}
    assert not Faults().any
    assert not Faults(error_rate={"empty_500": 0}, drift="null", drift_rate=0, seed=9, times=3, paths="*").any
    assert faults.any


@pytest.mark.parametrize(
    ("setting", "settings"),
    [
        ("latency", {"latency": -1}),
        ("latency", {"latency": float("nan")}),
        ("latency", {"latency": True}),
        ("latency", {"latency": "1"}),
        ("latency", {"latency": [2, 1]}),
        ("latency", {"latency": [1]}),
        ("latency", {"latency": [1, 99999]}),
        ("error_rate", {"error_rate": 1.1}),
        ("error_rate", {"error_rate": {"no_such": 0.1}}),
        ("error_rate.empty_500", {"error_rate": {"empty_500": -0.1}}),
        ("error_rate.empty_500", {"error_rate": {"empty_500": None}}),
        ("error_rate", {"error_rate": {"empty_500": 0.6, "truncated": 0.6}}),
        ("rate_limit", {"rate_limit": 5}),
        ("rate_limit.requests", {"rate_limit": {"requests": 0, "seconds": 1}}),
        ("rate_limit.requests", {"rate_limit": {"seconds": 1}}),
        ("rate_limit.seconds", {"rate_limit": {"requests": 1}}),
        ("rate_limit.seconds", {"rate_limit": {"requests": 1, "seconds": 0}}),
        ("rate_limit.kind", {"rate_limit": {"requests": 1, "seconds": 1, "kind": "empty_500"}}),
        ("rate_limit.wat", {"rate_limit": {"requests": 1, "seconds": 1, "wat": 1}}),
        ("expire_tokens", {"expire_tokens": 0}),
        ("expire_tokens", {"expire_tokens": 1.5}),
        ("drift", {"drift": ["nil"]}),
        ("drift", {"drift": 3}),
        ("drift", {"drift": {"null": 0.5}}),
        ("drift_rate", {"drift_rate": 2}),
        ("flaky_pages", {"flaky_pages": "loop"}),
        ("flaky_rate", {"flaky_rate": [0.5]}),
        ("paths", {"paths": "tracks"}),
        ("paths", {"paths": [3]}),
        ("paths", {"paths": 3}),
        ("paths", {"paths": "/tracks?q=x"}),
        ("paths", {"paths": "/tracks/{track_urn}"}),
        ("seed", {"seed": "x"}),
        ("times", {"times": -1}),
        ("times", {"times": True}),
        ("slow_seconds", {"slow_seconds": None}),
        ("wat", {"wat": 1}),
        ("faults", []),
    ],
)
def test_invalid_setting_is_named(setting, settings):
    with pytest.raises(WrongSettingError) as caught:
        Faults.from_json(settings)

    assert caught.value.setting == setting
    assert str(caught.value).startswith(f"{setting}: ")
    assert isinstance(caught.value, SandboxError | ValueError)


def test_invalid_arguments_are_rejected(sandbox):
    before = sandbox.faults
    with pytest.raises(WrongSettingError, match="faults: give Faults"):
        sandbox.set_faults({"latency": 1})
    with pytest.raises(WrongSettingError, match="rate_limit: "):
        Faults(rate_limit=(1, 2))
    threads = set(threading.enumerate())
    with pytest.raises(WrongSettingError):
        Sandbox(faults=3)
    with pytest.raises(WrongSettingError, match="request_log_size"):
        Sandbox(request_log_size=-1)
    assert sandbox.faults is before
    assert set(threading.enumerate()) <= threads


def test_settings_as_json():
    faults = Faults(
        latency=(0.1, 0.2),
        error_rate={"empty_500": 0.5},
        rate_limit=RateLimitFault(5, 10.5, "rate_limited_text"),
        expire_tokens=4,
        drift=DRIFT_KINDS,
        flaky_pages="foreign_host",
        paths=["/me"],
        times=3,
    )

    assert faults.to_json().keys() == {field.name for field in fields(Faults)}
    assert Faults.from_json(faults.to_json()) == faults
    assert Faults.from_json(Faults().to_json()) == Faults()


def parse_options(*arguments):
    return read_faults(vars(command_line.make_parser().parse_args(arguments)))


def test_command_line():
    assert parse_options() == Faults()
    assert parse_options("--latency", "0.2") == Faults(latency=0.2)
    assert parse_options(
        "--latency=0.1-0.5",
        "--error-rate=timeout_text=0.1,reset_before=0.05",
        "--rate-limit=30/10/rate_limited_text",
        "--drift=null,removed_field",
        "--flaky-pages=all",
        "--fault-seed=9",
    ) == Faults(
        latency=(0.1, 0.5),
        error_rate={"timeout_text": 0.1, "reset_before": 0.05},
        rate_limit=RateLimitFault(30, 10, "rate_limited_text"),
        drift={"null", "removed_field"},
        flaky_pages=FLAKY_KINDS,
        seed=9,
    )
    assert parse_options("--error-rate=0.3", "--rate-limit=5/1") == Faults(
        error_rate=0.3, rate_limit=RateLimitFault(5, 1)
    )


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--latency", "soon", "is malformed"),
        ("--latency", "3-1", "latency: "),
        ("--error-rate", "2", "error_rate: "),
        ("--error-rate", "nothing=0.1", "'nothing' is not a kind"),
        ("--error-rate", "empty_500=x", "is malformed"),
        ("--rate-limit", "5", "is malformed"),
        ("--rate-limit", "5/1/2/3", "is malformed"),
        ("--rate-limit", "0/1", "rate_limit.requests: "),
        ("--drift", "nil", "'nil' is not a kind"),
        ("--flaky-pages", "", "'' is not a kind"),
    ],
)
def test_command_line_error_names_the_option(capsys, option, value, message):
    with pytest.raises(SystemExit):
        parse_options(f"{option}={value}")

    errors = capsys.readouterr().err
    assert f"argument {option}: " in errors
    assert message in errors


def test_help_shows_the_options(capsys):
    with pytest.raises(SystemExit):
        command_line.main(["--help"])

    assert "fault injection" in capsys.readouterr().out


def test_requests_have_independent_random_generators():
    few, many = (
        FaultSelector(Faults(error_rate=0.5, seed=2)),
        FaultSelector(Faults(error_rate=0.5, drift="null", seed=2)),
    )
    pairs = [(few.plan("GET", "/me", to_api=True), many.plan("GET", "/me", to_api=True)) for _ in range(50)]
    for plan, _ in pairs[:10]:
        plan.random.random()

    assert [one.error for one, _ in pairs] == [other.error for _, other in pairs]
    assert isinstance(pairs[0][0].random, Random)


def names_in_table(page, heading):
    """The first column of the first table below a heading."""
    section = page.partition(f"\n{heading}\n")[2]
    table = re.search(r"(?:^\|.*\|\n)+", section, re.MULTILINE)[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def test_documentation_lists_all_settings_and_kinds():
    page = PAGE.read_text(encoding="utf-8")

    assert names_in_table(page, "## Settings") == [field.name for field in fields(Faults)]
    assert names_in_table(page, "## Kinds of errors") == list(ERROR_KINDS)
    assert set(names_in_table(page, "## Changed responses")) == set(DRIFT_KINDS)
    assert set(names_in_table(page, "## Malformed pages")) == set(FLAKY_KINDS)
    assert names_in_table(page, "### Attributes of a request") == [
        *(field.name for field in fields(RecordedRequest) if field.name != "recorded_response"),
        "response_body",
    ]


def test_table_of_the_module_matches_the_documentation():
    rows = re.findall(
        r"^\| `(\w+)` \| (\w[\w ]*|) ?\| .* \| (yes|no) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    in_module = re.findall(r"^\| `(\w+)` \| (\w[\w ]*) \| .* \| (yes|no) \|$", faults_module.__doc__, re.MULTILINE)

    assert [(kind, executed) for kind, _, executed in rows] == [(kind, executed) for kind, _, executed in in_module]
    assert [kind for kind, _, _ in in_module] == list(ERROR_KINDS)
    assert {kind for kind, _, executed in in_module if executed == "no"} == CANNED_KINDS | {"reset_before"}
