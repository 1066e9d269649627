"""Quotas of app tokens, and the counters of the token endpoint."""

import time
from datetime import datetime

import httpx
import pytest

from soundcloud import InvalidGrantError, RateLimitError, SoundCloudClient
from soundcloud.sandbox import Sandbox

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def request_app_token(sandbox, auth):
    def send(secret: str | None = None) -> httpx.Response:
        return auth.post("/oauth/token", data=GRANT, auth=(sandbox.client_id, secret or sandbox.client_secret))

    return send


@pytest.fixture
def advance_clock(sandbox):
    return sandbox.advance_clock


def refresh(sandbox, auth, refresh_token):
    fields = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret, "refresh_token": refresh_token}
    return auth.post("/oauth/token", data={"grant_type": "refresh_token", **fields})


def test_thirty_per_hour_and_address(sandbox, request_app_token, advance_clock):
    start = int(time.time())
    assert [request_app_token().status_code for _ in range(30)] == [200] * 30

    rejected = request_app_token()
    (item,) = rejected.json()["errors"]
    reset_time = item["meta"].pop("reset_time")
    assert rejected.status_code == 429
    assert item == {
        "meta": {
            "rate_limit": {
                "bucket": "by-ip",
                "max_nr_of_requests": 30,
                "time_window": "PT1H",
                "name": "client-credentials-exchange",
            },
            "remaining_requests": 0,
        }
    }
    reset_at = datetime.strptime(reset_time, "%Y/%m/%d %H:%M:%S %z")
    assert 0 <= reset_at.timestamp() - (start + 3600) < 60
    assert sandbox.token_requests() == {"client_credentials": 30, "rate_limit_exceeded": 1}

    # The window is sliding, and rejected requests do not count.
    advance_clock(3601)
    assert request_app_token().status_code == 200


def test_fifty_per_twelve_hours_and_app(request_app_token, advance_clock):
    assert [request_app_token().status_code for _ in range(30)] == [200] * 30
    advance_clock(3601)
    assert [request_app_token().status_code for _ in range(20)] == [200] * 20

    rejected = request_app_token()
    assert (rejected.status_code, rejected.json()) == (429, {"error": "rate_limit_exceeded"})
    assert rejected.headers["www-authenticate"] == "Basic"

    advance_clock(11 * 3600)
    assert [request_app_token().status_code for _ in range(30)] == [200] * 30
    assert "errors" in request_app_token().json()


def test_refreshes_and_wrong_secrets_do_not_count(sandbox, auth, request_app_token):
    token = request_app_token().json()
    for _ in range(40):
        token = refresh(sandbox, auth, token["refresh_token"]).json()
    assert {request_app_token("wrong").status_code for _ in range(40)} == {401}
    assert [request_app_token().status_code for _ in range(29)] == [200] * 29

    assert request_app_token().status_code == 429
    assert refresh(sandbox, auth, token["refresh_token"]).status_code == 200
    assert sandbox.token_requests() == {
        "client_credentials": 30,
        "refresh_token": 41,
        "invalid_client": 40,
        "rate_limit_exceeded": 1,
    }


def test_reset_clears_quotas(sandbox, request_app_token):
    for _ in range(31):
        request_app_token()
    sandbox.reset()

    assert sandbox.token_requests() == {}
    assert sandbox.token_requests()["client_credentials"] == 0
    assert request_app_token().status_code == 200


def test_without_quotas():
    with Sandbox(quotas=False) as sandbox, httpx.Client(trust_env=False, verify=False) as http:
        url, app = f"{sandbox.auth_url}/oauth/token", (sandbox.client_id, sandbox.client_secret)
        assert {http.post(url, data=GRANT, auth=app).status_code for _ in range(60)} == {200}
        assert sandbox.token_requests() == {"client_credentials": 60}


def test_client_raises_rate_limit_error(sandbox):
    app = (sandbox.client_id, sandbox.client_secret, sandbox.redirect_uri)
    with SoundCloudClient(*app, base_url=sandbox.api_url, auth_url=sandbox.auth_url) as client:
        for _ in range(30):
            client.auth.get_client_token()
        with pytest.raises(RateLimitError) as caught:
            client.auth.get_client_token()
        with pytest.raises(InvalidGrantError):
            client.auth.refresh_user_token("made-up")

    # The client counts app tokens, too, and does not send a request above the quota.
    assert caught.value.retry_after == pytest.approx(3600, abs=60)
    assert sandbox.token_requests() == {"client_credentials": 30, "invalid_grant": 1}


def test_requests_without_a_grant_are_counted(sandbox, auth):
    auth.post("/oauth/token")
    auth.post("/oauth/token", data={"grant_type": "password"})

    assert sandbox.token_requests() == {"invalid_request": 1, "unsupported_grant_type": 1}
