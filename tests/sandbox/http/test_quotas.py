"""The quotas on app tokens, and the count of what the token endpoint was asked."""

import time
from datetime import datetime

import httpx
import pytest

from soundcloud import InvalidGrantError, RateLimitError, SoundCloudClient
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.oauth import grants

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def mint(sandbox, auth):
    def ask(secret: str | None = None) -> httpx.Response:
        return auth.post("/oauth/token", data=GRANT, auth=(sandbox.client_id, secret or sandbox.client_secret))

    return ask


@pytest.fixture
def later(monkeypatch):
    """Lets time pass for the sandbox's sign-in host."""

    def wait(seconds: float) -> None:
        before = grants.time
        monkeypatch.setattr(grants, "time", lambda: before() + seconds)

    return wait


def refresh(sandbox, auth, refresh_token):
    fields = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret, "refresh_token": refresh_token}
    return auth.post("/oauth/token", data={"grant_type": "refresh_token", **fields})


def test_thirty_in_an_hour_for_an_address(sandbox, mint, later):
    start = int(time.time())
    assert [mint().status_code for _ in range(30)] == [200] * 30

    refused = mint()
    (item,) = refused.json()["errors"]
    reset_time = item["meta"].pop("reset_time")
    assert refused.status_code == 429
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
    moment = datetime.strptime(reset_time, "%Y/%m/%d %H:%M:%S %z")
    assert 0 <= moment.timestamp() - (start + 3600) < 60
    assert sandbox.token_requests() == {"client_credentials": 30, "rate_limit_exceeded": 1}

    # The hour rolls: what is refused is not counted.
    later(3601)
    assert mint().status_code == 200


def test_fifty_in_half_a_day_for_an_app(mint, later):
    assert [mint().status_code for _ in range(30)] == [200] * 30
    later(3601)
    assert [mint().status_code for _ in range(20)] == [200] * 20

    refused = mint()
    assert (refused.status_code, refused.json()) == (429, {"error": "rate_limit_exceeded"})
    assert refused.headers["www-authenticate"] == "Basic"

    later(11 * 3600)
    assert [mint().status_code for _ in range(30)] == [200] * 30
    assert "errors" in mint().json()


def test_refreshes_and_wrong_secrets_do_not_count(sandbox, auth, mint):
    token = mint().json()
    for _ in range(40):
        token = refresh(sandbox, auth, token["refresh_token"]).json()
    assert {mint("wrong").status_code for _ in range(40)} == {401}
    assert [mint().status_code for _ in range(29)] == [200] * 29

    assert mint().status_code == 429
    assert refresh(sandbox, auth, token["refresh_token"]).status_code == 200
    assert sandbox.token_requests() == {
        "client_credentials": 30,
        "refresh_token": 41,
        "invalid_client": 40,
        "rate_limit_exceeded": 1,
    }


def test_reset_forgets(sandbox, mint):
    for _ in range(31):
        mint()
    sandbox.reset()

    assert sandbox.token_requests() == {}
    assert sandbox.token_requests()["client_credentials"] == 0
    assert mint().status_code == 200


def test_without_quotas():
    with Sandbox(quotas=False) as sandbox, httpx.Client(trust_env=False, verify=False) as http:
        address, app = f"{sandbox.auth_url}/oauth/token", (sandbox.client_id, sandbox.client_secret)
        assert {http.post(address, data=GRANT, auth=app).status_code for _ in range(60)} == {200}
        assert sandbox.token_requests() == {"client_credentials": 60}


def test_what_the_client_makes_of_it(sandbox):
    app = (sandbox.client_id, sandbox.client_secret, sandbox.redirect_uri)
    with SoundCloudClient(*app, base_url=sandbox.api_url, auth_url=sandbox.auth_url) as client:
        for _ in range(30):
            client.auth.get_client_token()
        with pytest.raises(RateLimitError) as refused:
            client.auth.get_client_token()
        with pytest.raises(InvalidGrantError):
            client.auth.refresh_user_token("made-up")

    # The client counts too, and does not ask for one too many.
    assert refused.value.retry_after == pytest.approx(3600, abs=60)
    assert sandbox.token_requests() == {"client_credentials": 30, "invalid_grant": 1}


def test_a_counted_request_without_a_grant(sandbox, auth):
    auth.post("/oauth/token")
    auth.post("/oauth/token", data={"grant_type": "password"})

    assert sandbox.token_requests() == {"invalid_request": 1, "unsupported_grant_type": 1}
