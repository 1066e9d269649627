"""Signing in and out: every grant, and every way that it is refused."""

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from soundcloud.sandbox import Sandbox, SandboxError

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def address(sandbox: Sandbox, **changes: str | None) -> str:
    values = {
        "client_id": sandbox.client_id,
        "redirect_uri": sandbox.redirect_uri,
        "response_type": "code",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "state": "a state & more",
        **changes,
    }
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{sandbox.auth_url}/authorize?{query}"


def answer_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def exchange(sandbox: Sandbox, code: str, **changes: str | None) -> dict[str, str]:
    values = {
        "grant_type": "authorization_code",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "redirect_uri": sandbox.redirect_uri,
        "code": code,
        "code_verifier": VERIFIER,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def refreshing(sandbox: Sandbox, token: str, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "refresh_token",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "refresh_token": token,
        **changes,
    }


def me(sandbox: Sandbox, header: str | None) -> httpx.Response:
    headers = {} if header is None else {"Authorization": header}
    return httpx.get(f"{sandbox.api_url}/me", headers=headers, trust_env=False, verify=False)


def test_app_token(sandbox, auth):
    reply = auth.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(sandbox.client_id, sandbox.client_secret),
    )
    token = reply.json()

    assert reply.status_code == 200
    assert {"access_token", "expires_in", "refresh_token", "scope", "token_type"} == set(token)
    assert (token["expires_in"], token["scope"], token["token_type"]) == (3599, "", "Bearer")
    assert 800 < len(token["access_token"]) < 1000
    # An app's own token reads and refreshes; it is nobody.
    headers = {"Authorization": f"OAuth {token['access_token']}"}
    assert httpx.get(f"{sandbox.api_url}/tracks", headers=headers, trust_env=False, verify=False).status_code == 200
    assert me(sandbox, headers["Authorization"]).status_code == 401
    assert auth.post("/oauth/token", data=refreshing(sandbox, token["refresh_token"])).status_code == 200


def test_app_token_refused(sandbox, auth):
    grant = {"grant_type": "client_credentials"}
    in_body = grant | {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}

    def told(**arguments):
        reply = auth.post("/oauth/token", **arguments)
        return reply.status_code, reply.json()

    assert told(data=in_body) == (400, {"error": "invalid_request"})
    assert told(data=grant, auth=(sandbox.client_id, "wrong")) == (401, {"error": "invalid_client"})
    assert told(data=grant, auth=("wrong", sandbox.client_secret)) == (401, {"error": "invalid_client"})
    assert told(data=grant, headers={"Authorization": "Basic Base64(a:b)"}) == (401, {"error": "invalid_client"})
    assert told(json=grant) == (400, {"error": "invalid_request"})
    assert told(data={"grant_type": "password"}) == (400, {"error": "unsupported_grant_type"})


def test_person_signs_in(sandbox, auth):
    redirected = sandbox.approve(address(sandbox), username="marlow-finch")
    answer = answer_of(redirected)

    assert redirected.startswith(sandbox.redirect_uri + "?")
    assert answer["state"] == "a state & more"
    token = auth.post("/oauth/token", data=exchange(sandbox, answer["code"])).json()
    assert me(sandbox, f"OAuth {token['access_token']}").json()["permalink"] == "marlow-finch"
    assert me(sandbox, f"Bearer {token['access_token']}").json()["permalink"] == "marlow-finch"
    # The code is spent.
    again = auth.post("/oauth/token", data=exchange(sandbox, answer["code"]))
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("changes", "status", "name"),
    [
        ({"code_verifier": "w" * 64}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_grant"),
        ({"code_verifier": CHALLENGE}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8765/callback/"}, 400, "invalid_grant"),
        ({"redirect_uri": ""}, 400, "invalid_grant"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"grant_type": None}, 400, "invalid_request"),
    ],
)
def test_exchange_refused(sandbox, auth, changes, status, name):
    code = answer_of(sandbox.approve(address(sandbox)))["code"]
    reply = auth.post("/oauth/token", data=exchange(sandbox, **{"code": code, **changes}))

    assert (status, {"error": name}) == (reply.status_code, reply.json())


def test_exchange_with_a_header_is_refused(sandbox, auth):
    code = answer_of(sandbox.approve(address(sandbox)))["code"]
    basic = auth.post("/oauth/token", data=exchange(sandbox, code), auth=(sandbox.client_id, sandbox.client_secret))
    token = auth.post("/oauth/token", data=exchange(sandbox, code), headers={"Authorization": "OAuth x"})

    assert (basic.status_code, basic.json()) == (400, {"error": "invalid_request"})
    assert (token.status_code, token.json()) == (400, {"error": "invalid_grant"})


def test_a_wrong_try_spends_the_code(sandbox, auth):
    code = answer_of(sandbox.approve(address(sandbox)))["code"]
    auth.post("/oauth/token", data=exchange(sandbox, code, code_verifier="w" * 64))

    assert auth.post("/oauth/token", data=exchange(sandbox, code)).json() == {"error": "invalid_grant"}


def test_refresh_tokens_work_once(sandbox, auth):
    code = answer_of(sandbox.approve(address(sandbox)))["code"]
    first = auth.post("/oauth/token", data=exchange(sandbox, code)).json()
    second = auth.post("/oauth/token", data=refreshing(sandbox, first["refresh_token"])).json()
    again = auth.post("/oauth/token", data=refreshing(sandbox, first["refresh_token"]))

    assert first["refresh_token"] != second["refresh_token"]
    assert me(sandbox, f"OAuth {second['access_token']}").json()["permalink"] == "ada-night"
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    wrong = auth.post("/oauth/token", data=refreshing(sandbox, second["refresh_token"], client_secret="no"))
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
    basic = auth.post(
        "/oauth/token",
        data=refreshing(sandbox, second["refresh_token"]),
        auth=(sandbox.client_id, sandbox.client_secret),
    )
    assert (basic.status_code, basic.json()) == (400, {"error": "invalid_request"})
    # None of the refused tries spent it.
    assert auth.post("/oauth/token", data=refreshing(sandbox, second["refresh_token"])).status_code == 200


def test_expired_tokens_are_refused_until_refreshed(sandbox, auth):
    code = answer_of(sandbox.approve(address(sandbox)))["code"]
    token = auth.post("/oauth/token", data=exchange(sandbox, code)).json()
    sandbox.expire_tokens()
    renewed = auth.post("/oauth/token", data=refreshing(sandbox, token["refresh_token"])).json()

    assert me(sandbox, f"OAuth {token['access_token']}").status_code == 401
    assert me(sandbox, f"OAuth {renewed['access_token']}").status_code == 200


@pytest.mark.parametrize("header", [None, "", "OAuth", "OAuth made-up", "Basic abc", "raw-token"])
def test_no_token_no_answer(sandbox, header):
    reply = me(sandbox, header)

    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    assert reply.json() == {
        "code": 401,
        "message": "",
        "link": "https://developers.soundcloud.com/docs/api/explorer/open-api",
        "status": "401 - Unauthorized",
        "errors": [],
        "error": None,
    }


def test_sign_out_at_the_sign_in_host(sandbox, auth):
    code = answer_of(sandbox.approve(address(sandbox)))["code"]
    token = auth.post("/oauth/token", data=exchange(sandbox, code)).json()
    done = auth.post("/sign-out", json={"access_token": token["access_token"]})
    again = auth.post("/sign-out", json={"access_token": token["access_token"]})
    empty = auth.post("/sign-out")

    assert done.status_code == 200
    assert (again.status_code, again.json()) == (401, {"error": "unauthorized"})
    assert (empty.status_code, empty.json()) == (400, {"error": "bad_request"})
    assert auth.post("/sign-out", json=["access_token"]).status_code == 400
    assert me(sandbox, f"OAuth {token['access_token']}").status_code == 401
    # The session is over: its refresh token is too.
    assert auth.post("/oauth/token", data=refreshing(sandbox, token["refresh_token"])).status_code == 400


def test_sign_out_at_the_api(sandbox, ada, app_client):
    assert ada.post("/sign-out").status_code == 200
    assert ada.post("/sign-out").status_code == 401
    assert app_client.post("/sign-out").status_code == 200


def test_consent_page_in_a_browser(sandbox, auth):
    page = auth.get(address(sandbox, state='"><script>alert(1)</script>'))
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))

    assert page.status_code == 200
    assert "<script" not in page.text
    assert '<option value="ada-night" selected>' in page.text
    assert "Miso &amp; Vinyl" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    fields |= {"state": "s1", "username": "saltpan", "decision": "allow"}
    allowed = auth.post("/authorize", data=fields)
    assert allowed.status_code == 303
    answer = answer_of(allowed.headers["location"])
    assert {"code", "state"} == set(answer)
    token = auth.post("/oauth/token", data=exchange(sandbox, answer["code"])).json()["access_token"]
    assert me(sandbox, f"OAuth {token}").json()["permalink"] == "saltpan"
    refused = auth.post("/authorize", data=fields | {"decision": "refuse"})
    assert answer_of(refused.headers["location"]) == {"error": "access_denied", "state": "s1"}
    assert auth.post("/authorize", data=fields | {"username": "nobody"}).status_code == 400


def test_person_refuses(sandbox):
    answer = answer_of(sandbox.refuse(address(sandbox)))

    assert answer == {"error": "access_denied", "state": "a state & more"}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": VERIFIER}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
def test_app_is_told_what_is_wrong_with_its_wish(sandbox, changes, name):
    assert {"error": name, "state": "a state & more"} == answer_of(sandbox.approve(address(sandbox, **changes)))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"redirect_uri": "http://127.0.0.1:8765/other"}, "redirect_uri_mismatch"),
        ({"redirect_uri": '"><script>alert(1)</script>'}, "redirect_uri_mismatch"),
        ({"client_id": "somebody-else"}, "invalid_client"),
    ],
)
def test_person_is_told_when_the_app_is_wrong(sandbox, auth, changes, name):
    page = auth.get(address(sandbox, **changes))

    assert page.status_code == 400
    assert name in page.text
    assert "<script" not in page.text
    with pytest.raises(SandboxError, match="redirect_uri"):
        sandbox.approve(address(sandbox, **changes))


def test_approve_takes_its_own_address_and_people_only(sandbox):
    with pytest.raises(SandboxError, match="is not the sandbox's consent page"):
        sandbox.approve("https://secure.soundcloud.com/authorize?client_id=x")
    with pytest.raises(SandboxError, match="there is no user 'nobody' in the sandbox"):
        sandbox.approve(address(sandbox), username="nobody")
    with pytest.raises(SandboxError, match=r"use .* or another one"):
        sandbox.user_token("nobody")
