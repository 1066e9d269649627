"""Requests of pages in a browser: CORS on the API, the media host and the token endpoint."""

import re

import httpx
import pytest

from soundcloud import generate_code_challenge, generate_code_verifier
from soundcloud.sandbox import Faults, Sandbox

PAGE = {"Origin": "http://app.example:5173"}


def preflight(client, url, method="GET", headers="authorization"):
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options(url, headers={**PAGE, **asked})


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_the_api_answers_preflight_requests(sandbox, anonymous, method):
    # Preflight requests have no token, get no faults and are not recorded.
    sandbox.set_faults(Faults(error_rate={"empty_500": 1}))
    response = preflight(anonymous, f"{sandbox.api_url}/me/tracks", method, "authorization,content-type,x-custom")

    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"
    assert method in response.headers["access-control-allow-methods"]
    assert response.headers["access-control-allow-headers"] == "authorization,content-type,x-custom"
    assert sandbox.requests == []


@pytest.mark.parametrize("path", ["/me", "/tracks/1", "/tracks?limit=1", "/nothing", "/-/loop"])
def test_every_response_of_the_api_has_the_headers(sandbox, ada, anonymous, path):
    for client in (ada, anonymous):
        response = client.get(f"{sandbox.api_url}{path}", headers=PAGE)
        assert response.headers["access-control-allow-origin"] == "*"
        assert "Location" in response.headers["access-control-expose-headers"].split(", ")
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("kind", ["empty_500", "timeout_html", "rate_limited_text", "redirect_loop"])
def test_injected_errors_have_the_headers(sandbox, ada, kind):
    sandbox.set_faults(Faults(error_rate={kind: 1}))

    assert ada.get("/me", headers=PAGE).headers["access-control-allow-origin"] == "*"


def test_requests_of_programs_are_as_before(ada):
    assert not [name for name in ada.get("/me").headers if name.startswith("access-control")]


def test_the_media_host(sandbox, ada, anonymous, track):
    url = ada.get(ada.get(f"/tracks/{track['urn']}/streams").json()["hls_mp3_128_url"]).headers["location"]
    assert preflight(anonymous, url, headers="range").status_code == 200
    response = anonymous.get(url, headers=PAGE)

    assert response.status_code == 200
    assert response.headers.get_list("access-control-allow-origin") == ["*"]


@pytest.mark.parametrize("path", ["/oauth/token", "/sign-out", "/authorize"])
def test_the_sign_in_host_refuses_pages(auth, path):
    for response in (preflight(auth, path, "POST"), auth.post(path, headers=PAGE)):
        assert not [name for name in response.headers if name.startswith("access-control")]
    assert preflight(auth, path, "POST").status_code == 405


def test_token_cors_opens_the_token_endpoint_only(sandbox, auth):
    sandbox.change_settings(token_cors=True)
    for path in ("/oauth/token", "/sign-out"):
        assert preflight(auth, path, "POST", "content-type").headers["access-control-allow-origin"] == "*"
        assert auth.post(path, headers=PAGE).headers["access-control-allow-origin"] == "*"
    assert preflight(auth, "/authorize", "POST").status_code == 405
    sandbox.change_settings(token_cors=False)
    assert preflight(auth, "/oauth/token", "POST").status_code == 405


def exchange(sandbox, auth, **fields):
    """Sign ada in and exchange the code with the given fields."""
    verifier = generate_code_verifier()
    query = {"client_id": sandbox.client_id, "redirect_uri": sandbox.redirect_uri, "response_type": "code"}
    query |= {"code_challenge": generate_code_challenge(verifier), "code_challenge_method": "S256"}
    callback = sandbox.approve(str(httpx.URL(f"{sandbox.auth_url}/authorize", params=query)))
    (code,) = re.findall(r"[?&]code=([^&]+)", callback)
    data = {"grant_type": "authorization_code", "client_id": sandbox.client_id, "code": code}
    data |= {"redirect_uri": sandbox.redirect_uri, "code_verifier": verifier, **fields}
    return auth.post("/oauth/token", data=data, headers=PAGE)


def test_the_token_endpoint_asks_for_the_secret(sandbox, auth):
    response = exchange(sandbox, auth)

    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})


def test_a_public_client_needs_no_secret(auth, sandbox):
    sandbox.change_settings(public_client=True)
    tokens = exchange(sandbox, auth).json()
    refresh = {"grant_type": "refresh_token", "client_id": sandbox.client_id, "refresh_token": tokens["refresh_token"]}

    assert auth.post("/oauth/token", data=refresh).status_code == 200
    # PKCE stays, and so do the checks of the id, of a wrong secret and of the app's own tokens.
    assert exchange(sandbox, auth, code_verifier="x" * 43).json() == {"error": "invalid_grant"}
    assert exchange(sandbox, auth, client_id="another").status_code == 401
    assert exchange(sandbox, auth, client_secret="wrong").status_code == 401
    assert auth.post("/oauth/token", data={"grant_type": "client_credentials"}).status_code == 400


def test_both_switches_are_off_by_default():
    with Sandbox() as sandbox:
        assert (sandbox.settings["token_cors"], sandbox.settings["public_client"]) == (False, False)


def test_what_a_browser_loads_for_a_page_is_not_recorded(sandbox, anonymous):
    sandbox.set_faults(Faults(error_rate={"empty_500": 1}, paths="*"))
    for path, kind in (("/player/player.css", "style"), ("/player/player.js", "script"), ("/favicon.ico", "empty")):
        response = anonymous.get(f"{sandbox.media_url}{path}", headers={"Sec-Fetch-Dest": kind})
        assert response.status_code == 200
    assert sandbox.requests == []
    anonymous.get(f"{sandbox.media_url}/sound/1", headers={"Sec-Fetch-Dest": "audio"})
    assert [request.path for request in sandbox.requests] == ["/sound/1"]
