"""Signing in and out: grants, their errors, and the consent page."""

import base64
import hashlib
import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from soundcloud.sandbox import Sandbox, SandboxError

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def authorization_url(sandbox: Sandbox, **changes: str | None) -> str:
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


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def code_fields(sandbox: Sandbox, code: str, **changes: str | None) -> dict[str, str]:
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


def refresh_fields(sandbox: Sandbox, token: str, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "refresh_token",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "refresh_token": token,
        **changes,
    }


def get_me(sandbox: Sandbox, header: str | None) -> httpx.Response:
    headers = {} if header is None else {"Authorization": header}
    return httpx.get(f"{sandbox.api_url}/me", headers=headers, trust_env=False, verify=False)


def test_app_token(sandbox, auth):
    response = auth.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(sandbox.client_id, sandbox.client_secret),
    )
    token = response.json()

    assert response.status_code == 200
    assert {"access_token", "expires_in", "refresh_token", "scope", "token_type"} == set(token)
    assert (token["expires_in"], token["scope"], token["token_type"]) == (3599, "", "Bearer")
    assert 800 < len(token["access_token"]) < 1000
    # An app token can read and be refreshed, but has no user.
    headers = {"Authorization": f"OAuth {token['access_token']}"}
    assert httpx.get(f"{sandbox.api_url}/tracks", headers=headers, trust_env=False, verify=False).status_code == 200
    assert get_me(sandbox, headers["Authorization"]).status_code == 401
    assert auth.post("/oauth/token", data=refresh_fields(sandbox, token["refresh_token"])).status_code == 200


def test_app_token_is_rejected(sandbox, auth):
    grant = {"grant_type": "client_credentials"}
    in_body = grant | {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}

    def post(**arguments):
        response = auth.post("/oauth/token", **arguments)
        return response.status_code, response.json()

    assert post(data=in_body) == (400, {"error": "invalid_request"})
    assert post(data=grant, auth=(sandbox.client_id, "wrong")) == (401, {"error": "invalid_client"})
    assert post(data=grant, auth=("wrong", sandbox.client_secret)) == (401, {"error": "invalid_client"})
    assert post(data=grant, headers={"Authorization": "Basic Base64(a:b)"}) == (401, {"error": "invalid_client"})
    assert post(json=grant) == (400, {"error": "invalid_request"})
    assert post(data={"grant_type": "password"}) == (400, {"error": "unsupported_grant_type"})


def test_user_signs_in(sandbox, auth):
    redirected = sandbox.approve(authorization_url(sandbox), user="marlow-finch")
    query = query_of(redirected)

    assert redirected.startswith(sandbox.redirect_uri + "?")
    assert query["state"] == "a state & more"
    token = auth.post("/oauth/token", data=code_fields(sandbox, query["code"])).json()
    assert get_me(sandbox, f"OAuth {token['access_token']}").json()["permalink"] == "marlow-finch"
    assert get_me(sandbox, f"Bearer {token['access_token']}").json()["permalink"] == "marlow-finch"
    # The code is single-use.
    again = auth.post("/oauth/token", data=code_fields(sandbox, query["code"]))
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
def test_code_is_rejected(sandbox, auth, changes, status, name):
    code = query_of(sandbox.approve(authorization_url(sandbox)))["code"]
    response = auth.post("/oauth/token", data=code_fields(sandbox, **{"code": code, **changes}))

    assert (status, {"error": name}) == (response.status_code, response.json())


def test_code_with_a_header_is_rejected(sandbox, auth):
    code = query_of(sandbox.approve(authorization_url(sandbox)))["code"]
    basic = auth.post("/oauth/token", data=code_fields(sandbox, code), auth=(sandbox.client_id, sandbox.client_secret))
    token = auth.post("/oauth/token", data=code_fields(sandbox, code), headers={"Authorization": "OAuth x"})

    assert (basic.status_code, basic.json()) == (400, {"error": "invalid_request"})
    assert (token.status_code, token.json()) == (400, {"error": "invalid_grant"})


def test_failed_exchange_invalidates_the_code(sandbox, auth):
    code = query_of(sandbox.approve(authorization_url(sandbox)))["code"]
    auth.post("/oauth/token", data=code_fields(sandbox, code, code_verifier="w" * 64))

    assert auth.post("/oauth/token", data=code_fields(sandbox, code)).json() == {"error": "invalid_grant"}


def test_refresh_token_is_single_use(sandbox, auth):
    code = query_of(sandbox.approve(authorization_url(sandbox)))["code"]
    first = auth.post("/oauth/token", data=code_fields(sandbox, code)).json()
    second = auth.post("/oauth/token", data=refresh_fields(sandbox, first["refresh_token"])).json()
    again = auth.post("/oauth/token", data=refresh_fields(sandbox, first["refresh_token"]))

    assert first["refresh_token"] != second["refresh_token"]
    assert get_me(sandbox, f"OAuth {second['access_token']}").json()["permalink"] == "ada-night"
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    wrong = auth.post("/oauth/token", data=refresh_fields(sandbox, second["refresh_token"], client_secret="no"))
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
    basic = auth.post(
        "/oauth/token",
        data=refresh_fields(sandbox, second["refresh_token"]),
        auth=(sandbox.client_id, sandbox.client_secret),
    )
    assert (basic.status_code, basic.json()) == (400, {"error": "invalid_request"})
    # Rejected requests do not invalidate it.
    assert auth.post("/oauth/token", data=refresh_fields(sandbox, second["refresh_token"])).status_code == 200


def test_expired_token_is_rejected_until_refreshed(sandbox, auth):
    code = query_of(sandbox.approve(authorization_url(sandbox)))["code"]
    token = auth.post("/oauth/token", data=code_fields(sandbox, code)).json()
    sandbox.expire_tokens()
    renewed = auth.post("/oauth/token", data=refresh_fields(sandbox, token["refresh_token"])).json()

    assert get_me(sandbox, f"OAuth {token['access_token']}").status_code == 401
    assert get_me(sandbox, f"OAuth {renewed['access_token']}").status_code == 200


@pytest.mark.parametrize("header", [None, "", "OAuth", "OAuth made-up", "Basic abc", "raw-token"])
def test_missing_or_invalid_token_answers_401(sandbox, header):
    response = get_me(sandbox, header)

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json() == {
        "code": 401,
        "message": "",
        "link": "https://developers.soundcloud.com/docs/api/explorer/open-api",
        "status": "401 - Unauthorized",
        "errors": [],
        "error": None,
    }


def test_sign_out_at_the_sign_in_host(sandbox, auth):
    code = query_of(sandbox.approve(authorization_url(sandbox)))["code"]
    token = auth.post("/oauth/token", data=code_fields(sandbox, code)).json()
    done = auth.post("/sign-out", json={"access_token": token["access_token"]})
    again = auth.post("/sign-out", json={"access_token": token["access_token"]})
    empty = auth.post("/sign-out")

    assert done.status_code == 200
    assert (again.status_code, again.json()) == (401, {"error": "unauthorized"})
    assert (empty.status_code, empty.json()) == (400, {"error": "bad_request"})
    assert auth.post("/sign-out", json=["access_token"]).status_code == 400
    assert get_me(sandbox, f"OAuth {token['access_token']}").status_code == 401
    # The refresh token ends with the session.
    assert auth.post("/oauth/token", data=refresh_fields(sandbox, token["refresh_token"])).status_code == 400


def test_sign_out_at_the_api(sandbox, ada, app_client):
    assert ada.post("/sign-out").status_code == 200
    assert ada.post("/sign-out").status_code == 401
    assert app_client.post("/sign-out").status_code == 200


def test_consent_page(sandbox, auth):
    page = auth.get(authorization_url(sandbox, state='"><script>alert(1)</script>'))
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))

    assert page.status_code == 200
    assert "<script" not in page.text
    assert '<option value="ada-night" selected>' in page.text
    assert "Miso &amp; Vinyl" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    fields |= {"state": "s1", "username": "saltpan", "decision": "allow"}
    allowed = auth.post("/authorize", data=fields)
    assert allowed.status_code == 303
    query = query_of(allowed.headers["location"])
    assert {"code", "state"} == set(query)
    token = auth.post("/oauth/token", data=code_fields(sandbox, query["code"])).json()["access_token"]
    assert get_me(sandbox, f"OAuth {token}").json()["permalink"] == "saltpan"
    rejected = auth.post("/authorize", data=fields | {"decision": "refuse"})
    assert query_of(rejected.headers["location"]) == {"error": "access_denied", "state": "s1"}
    assert auth.post("/authorize", data=fields | {"username": "nobody"}).status_code == 400


def test_user_refuses(sandbox):
    query = query_of(sandbox.refuse(authorization_url(sandbox)))

    assert query == {"error": "access_denied", "state": "a state & more"}


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
def test_invalid_request_redirects_with_an_error(sandbox, changes, name):
    assert {"error": name, "state": "a state & more"} == query_of(
        sandbox.approve(authorization_url(sandbox, **changes))
    )


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"redirect_uri": "http://127.0.0.1:8765/other"}, "redirect_uri_mismatch"),
        ({"redirect_uri": '"><script>alert(1)</script>'}, "redirect_uri_mismatch"),
        ({"client_id": "another-app"}, "invalid_client"),
    ],
)
def test_unknown_app_or_redirect_uri_shows_an_error_page(sandbox, auth, changes, name):
    page = auth.get(authorization_url(sandbox, **changes))

    assert page.status_code == 400
    assert name in page.text
    assert "<script" not in page.text
    with pytest.raises(SandboxError, match="redirect_uri"):
        sandbox.approve(authorization_url(sandbox, **changes))


def test_approve_rejects_other_urls_and_unknown_users(sandbox):
    with pytest.raises(SandboxError, match="is not the sandbox's consent page"):
        sandbox.approve("https://secure.soundcloud.com/authorize?client_id=x")
    with pytest.raises(SandboxError, match="there is no user 'nobody' in the sandbox"):
        sandbox.approve(authorization_url(sandbox), user="nobody")
    with pytest.raises(SandboxError, match=r"use .* or another one"):
        sandbox.user_token("nobody")


def browse(sandbox: Sandbox, **fields: str) -> httpx.Response:
    """Request the consent page as a browser does, or send its form if there is a decision."""
    query = query_of(authorization_url(sandbox)) | fields
    sent = {"data": query} if "decision" in fields else {"params": query}
    url, headers = f"{sandbox.auth_url}/authorize", {"Accept": "text/html,*/*;q=0.8"}
    return httpx.request("POST" if "decision" in fields else "GET", url, headers=headers, trust_env=False, **sent)


def listed_users(page: httpx.Response) -> list[str]:
    return re.findall(r'<option value="([^"]+)"', page.text)


def test_the_consent_page_finds_users(sandbox):
    every = browse(sandbox)
    found = browse(sandbox, find="LEEDS night")
    missing = browse(sandbox, find="<nobody>")

    assert sorted(listed_users(every)) == sorted(sandbox.usernames())
    assert "40 users in the sandbox." in every.text
    assert '<option value="ada-night" selected>' in every.text
    assert listed_users(found) == ["ada-night"]
    assert "1 user found." in found.text
    # The search keeps the authorization request.
    assert all(f'name="{name}"' in found.text for name in query_of(authorization_url(sandbox)))
    assert listed_users(missing) == listed_users(every)
    assert "No user matches &quot;&lt;nobody&gt;&quot;. 40 users in the sandbox." in missing.text


def test_the_consent_page_lists_a_hundred_of_many_users():
    users = [{"permalink": f"user-{number:03}"} for number in range(120)] + [{"permalink": "zoe"}]
    with Sandbox(dataset={"users": users, "default_user": "zoe"}) as sandbox:
        page, found = browse(sandbox), browse(sandbox, find="user-119")

        assert listed_users(page) == [*(f"user-{number:03}" for number in range(99)), "zoe"]
        assert "100 of 121 users are listed. Search to find the others." in page.text
        assert listed_users(found) == ["user-119"]


@pytest.mark.parametrize(
    ("redirect_uri", "is_shown"),
    [
        ("myapp://callback", True),
        ("com.example.app:/signed-in?from=web", True),
        ("https://app.example/callback", True),
        ("http://app.example/callback", False),
        ("http://127.0.0.1:8765/callback", False),
        ("https://localhost/callback", False),
        ("https://[::1]:8443/callback", False),
    ],
)
def test_a_browser_sees_where_an_unreachable_redirect_would_go(redirect_uri, is_shown):
    with Sandbox(redirect_uri=redirect_uri) as sandbox:
        allowed = browse(sandbox, username="saltpan", decision="allow")
        refused = browse(sandbox, decision="refuse")
        invalid = browse(sandbox, response_type="token")
        code = sandbox._state.database.rows("SELECT code FROM codes")[0]["code"]

    answers = [
        (allowed, f"code={code}"),
        (refused, "error=access_denied"),
        (invalid, "error=unsupported_response_type"),
    ]
    for answer, part in answers:
        assert answer.headers["cache-control"] == "no-store"
        if is_shown:
            assert answer.status_code == 200
            shown = unescape(re.search(r"<textarea[^>]*>([^<]*)</textarea>", answer.text)[1])
            assert unescape(re.search(r'<a href="([^"]*)"', answer.text)[1]) == shown
        else:
            assert answer.status_code == 303
            shown = answer.headers["location"]
        assert shown.startswith(redirect_uri)
        assert part in shown
        assert "state=a+state+%26+more" in shown


def test_a_program_gets_the_redirect_to_a_scheme_of_its_own():
    with Sandbox(redirect_uri="myapp://callback") as sandbox:
        fields = query_of(authorization_url(sandbox)) | {"decision": "allow"}
        answer = httpx.post(f"{sandbox.auth_url}/authorize", data=fields, trust_env=False)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("myapp://callback?")
