"""The request log: recorded fields, redaction of secrets, filters and assertions."""

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, fields

import httpx
import pytest

from soundcloud import SoundCloudClient
from soundcloud.pkce import generate_code_challenge
from soundcloud.sandbox import Faults, RecordedRequest, RecordedRequests, Sandbox
from soundcloud.sandbox.handlers import load_handlers
from soundcloud.sandbox.http.redaction import Redactor
from soundcloud.sandbox.http.routing import OperationFinder
from soundcloud_api.operations import OPERATIONS


def recorded(line, status=200, **further):
    """Return a recorded request for a line such as `GET /tracks?q=x`."""
    method, _, url = line.partition(" ")
    values = {
        "method": method,
        "path": httpx.URL(url).path,
        "query": dict(httpx.URL(url).params),
        "headers": {},
        "body": None,
        "operation": None,
        "status": status,
        "user": None,
        "faults": (),
        "duration": 0.001,
        "origin": "api",
    }
    return RecordedRequest(**{**values, **further})


@pytest.fixture
def requests():
    return RecordedRequests(
        [
            recorded("GET /me", user="ada-night"),
            recorded("GET /tracks?q=techno&limit=5", operation="get_tracks"),
            recorded("GET /tracks/soundcloud:tracks:5", 404, operation="get_tracks_track_urn"),
            recorded("POST /likes/tracks/soundcloud:tracks:5", 503, faults=("latency", "unavailable_text")),
            recorded("POST /oauth/token", origin="sign-in"),
        ]
    )


def error_of(check, *arguments, **further):
    with pytest.raises(AssertionError) as caught:
        check(*arguments, **further)
    return str(caught.value)


def test_fields_of_a_recorded_request(sandbox, ada):
    ada.get("/tracks?q=a%20b&limit=2&limit=3", headers={"X-Own": "yes"})
    (request,) = sandbox.requests

    assert (request.method, request.path, request.query) == ("GET", "/tracks", {"q": "a b", "limit": "3"})
    assert request.operation == "get_tracks"
    assert (request.status, request.user, request.origin) == (200, "ada-night", "api")
    assert request.faults == ()
    assert 0 < request.duration < 60
    assert request.headers["x-own"] == "yes"
    assert request.headers["authorization"] == "OAuth ***"
    assert request.body is None
    assert str(request) == "GET /tracks?q=a+b&limit=3 -> 200"
    with pytest.raises(FrozenInstanceError):
        request.status = 500


def test_recorded_bodies(sandbox, ada, track):
    sandbox.clear_requests()
    ada.post("/playlists", json={"playlist": {"title": "Night", "tracks": [{"urn": track["urn"]}]}})
    ada.post(f"/tracks/{track['urn']}/comments", content=b"{ no json")
    ada.post("/playlists", content=bytes(70_000))
    ada.put("/playlists/1", data={"playlist[title]": "Form"})
    ada.post("/tracks", data={"track[title]": "x"}, files={"track[asset_data]": ("a.mp3", b"123", "audio/mpeg")})
    ada.post("/tracks", content=b"--x\r\nbroken", headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert [request.body for request in sandbox.requests] == [
        {"playlist": {"title": "Night", "tracks": [{"urn": track["urn"]}]}},
        "9 bytes of an unknown type",
        "70000 bytes of an unknown type",
        {"playlist[title]": "Form"},
        {"track[title]": "x", "track[asset_data]": {"filename": "a.mp3", "size": 3}},
        {},
    ]


def test_recorded_origins_and_users(sandbox, ada, app_client, auth, anonymous, track):
    sandbox.clear_requests()
    app_client.get("/tracks")
    auth.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": "used"})
    anonymous.get(ada.get(f"/tracks/{track['urn']}/preview").headers["location"])
    anonymous.get(f"{sandbox.api_url}/nowhere")
    ada.post("/sign-out")
    ada.get("/me")

    assert [(request.origin, request.user, request.operation, request.status) for request in sandbox.requests] == [
        ("api", None, "get_tracks", 200),
        ("sign-in", None, None, 401),
        ("api", "ada-night", "get_tracks_track_urn_preview", 302),
        ("sound", None, None, 200),
        ("api", None, None, 404),
        # The user is looked up before the sign-out.
        ("api", "ada-night", "post_sign_out", 200),
        ("api", None, "get_me", 401),
    ]


def test_operation_finder():
    finder = OperationFinder(load_handlers().routes())
    for info in OPERATIONS.values():
        path = "/".join("soundcloud:x:1" if part.startswith("{") else part for part in info.path.split("/"))
        assert finder.find(info.method, path) == info.id
        assert info.method != "GET" or finder.find("HEAD", path) == info.id

    assert finder.find("GET", "/me/connections") == "GET /me/connections"
    for method, path in [
        ("GET", "/"),
        ("GET", ""),
        ("GET", "*"),
        ("PATCH", "/me"),
        ("GET", "/tracks/"),
        ("GET", "/x/y"),
    ]:
        assert finder.find(method, path) is None


def test_request_is_logged_before_its_response_arrives(sandbox, ada):
    for number in range(150):
        ada.request("HEAD" if number % 3 == 0 else "GET", "/me/web" if number % 2 else "/me")
        assert len(sandbox.requests) == number + 1


def test_request_of_a_disconnected_client_is_logged(sandbox, ada):
    sandbox.set_faults(Faults(latency=0.2))
    with pytest.raises(httpx.ReadTimeout):
        ada.get("/me", timeout=0.05)
    deadline = time.monotonic() + 10
    while not sandbox.requests and time.monotonic() < deadline:
        time.sleep(0.01)

    assert [(request.path, request.status, request.faults) for request in sandbox.requests] == [
        ("/me", None, ("latency",))
    ]


def test_log_size_and_clearing():
    with Sandbox(request_log_size=3) as sandbox, httpx.Client(base_url=sandbox.api_url, trust_env=False) as client:
        for number in range(5):
            client.get(f"/{number}")

        assert [request.path for request in sandbox.requests] == ["/2", "/3", "/4"]
        sandbox.reset()
        assert sandbox.requests == []
        client.get("/x")
        sandbox.clear_requests()
        assert sandbox.requests == []


def test_requests_of_several_threads(sandbox, ada):
    def send(number):
        ada.get("/tracks", params={"limit": 1, "q": str(number)})
        return len(sandbox.requests)

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(send, range(80)))

    assert max(counts) == len(sandbox.requests) == 80
    assert {request.query["q"] for request in sandbox.requests} == {str(number) for number in range(80)}
    sandbox.requests.expect([f"GET /tracks?q={number}" for number in range(80)], any_order=True)


def test_requests_is_a_snapshot(sandbox, ada):
    before = sandbox.requests
    ada.get("/me")

    assert (len(before), len(sandbox.requests)) == (0, 1)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"method": "get"}, [0, 1, 2]),
        ({"path": "/tracks"}, [1]),
        ({"path": "/tracks*"}, [1, 2]),
        ({"path": "/tracks?q=techno"}, [1]),
        ({"path": "/tracks?q=lofi"}, []),
        ({"query": {"q": "tech*", "limit": 5}}, [1]),
        ({"query": {"cursor": "*"}}, []),
        ({"operation": "get_tracks_track_urn"}, [2]),
        ({"status": 503}, [3]),
        ({"user": "ada-night"}, [0]),
        ({"fault": "unavailable_text"}, [3]),
        ({"origin": "sign-in"}, [4]),
        ({"method": "POST", "origin": "api"}, [3]),
    ],
)
def test_matching(requests, filters, found):
    assert requests.matching(**filters) == [requests[index] for index in found]
    assert isinstance(requests.matching(**filters), RecordedRequests)


def test_brackets_are_literal():
    requests = RecordedRequests([recorded("GET /tracks?created_at[from]=2020-01-01")])

    requests.assert_requested("GET", "/tracks", query={"created_at[from]": "2020-*"})
    assert requests.matching(query={"created_at[from]": "[2]020-01-01"}) == []


def test_assert_requested(requests):
    requests.assert_requested("GET", "/me")
    requests.assert_requested("get", "/tracks*", times=2)
    requests.assert_requested("GET", "/tracks", query={"q": "techno"}, times=1)
    requests.assert_requested("DELETE", "*", times=0)
    with pytest.raises(AssertionError):
        requests.assert_requested("GET", "/me", times=2)
    with pytest.raises(AssertionError):
        requests.assert_requested("GET", "/me", times=0)


def test_error_shows_similar_requests(requests):
    assert error_of(requests.assert_requested, "GET", "/tracks", query={"q": "lofi"}) == (
        "expected at least once, received never:\n"
        "- GET /tracks?q=lofi\n"
        "+ GET /tracks?q=techno&limit=5 -> 200\n"
        "+ GET /tracks/soundcloud:tracks:5 -> 404\n"
        "+ GET /me -> 200\n"
        "  and 2 other requests"
    )
    assert error_of(requests.assert_requested, "DELETE", "/likes/tracks/soundcloud:tracks:5", times=1).splitlines()[
        :3
    ] == [
        "expected once, received never:",
        "- DELETE /likes/tracks/soundcloud:tracks:5",
        "+ POST /likes/tracks/soundcloud:tracks:5 -> 503 (latency, unavailable_text)",
    ]


def test_error_shows_matching_requests_for_a_wrong_count(requests):
    assert error_of(requests.assert_requested, "GET", "/tracks*", times=1) == (
        "expected once, received twice:\n"
        "- GET /tracks*\n"
        "+ GET /tracks?q=techno&limit=5 -> 200\n"
        "+ GET /tracks/soundcloud:tracks:5 -> 404\n"
        "  and 3 other requests"
    )
    assert error_of(RecordedRequests().assert_requested, "GET", "/me") == (
        "expected at least once, received never:\n- GET /me\n  no requests were received"
    )


def test_expect(requests):
    lines = [
        "GET /me",
        "GET /tracks?q=techno",
        "GET /tracks/*",
        "POST /likes/tracks/soundcloud:tracks:5",
        "post /oauth/token",
    ]
    requests.expect(lines)
    requests.expect(lines[::-1], any_order=True)
    requests.matching(origin="sign-in").expect(["POST *"])
    RecordedRequests().expect([])


def test_error_of_expect(requests):
    assert error_of(
        requests.expect, ["GET /me", "GET /tracks?q=lofi", "GET /tracks/*", "DELETE /me", "POST /oauth/token"]
    ) == (
        "the requests differ from the expected ones\n"
        "the closest mismatch:\n"
        "- GET /tracks?q=lofi\n"
        "+ GET /tracks?q=techno&limit=5 -> 200\n"
        "all requests:\n"
        "  GET /me -> 200\n"
        "- GET /tracks?q=lofi\n"
        "+ GET /tracks?q=techno&limit=5 -> 200\n"
        "  GET /tracks/soundcloud:tracks:5 -> 404\n"
        "- DELETE /me\n"
        "+ POST /likes/tracks/soundcloud:tracks:5 -> 503 (latency, unavailable_text)\n"
        "  POST /oauth/token -> 200"
    )


def test_error_of_expect_with_missing_or_surplus_requests(requests):
    assert error_of(RecordedRequests().expect, ["GET /me"]) == (
        "the requests differ from the expected ones\nall requests:\n- GET /me"
    )
    assert error_of(requests.expect, [f"{request.method} {request.path}" for request in requests[1:]]).splitlines()[
        1:3
    ] == [
        "all requests:",
        "+ GET /me -> 200",
    ]


def test_long_diff_is_truncated():
    requests = RecordedRequests(recorded(f"GET /{number}") for number in range(150))

    lines = error_of(requests.expect, ["GET /0"]).splitlines()
    assert lines[:4] == [
        "the requests differ from the expected ones",
        "all requests:",
        "  GET /0 -> 200",
        "+ GET /1 -> 200",
    ]
    assert lines[-1] == "  and 50 other requests"


def test_order_of_expect():
    requests = RecordedRequests([recorded("GET /a"), recorded("GET /b")])

    assert error_of(requests.expect, ["GET /b", "GET /a"]).splitlines()[-3:] == [
        "- GET /b",
        "  GET /a -> 200",
        "+ GET /b -> 200",
    ]
    requests.expect(["GET /b", "GET /a"], any_order=True)
    # The pattern that matches both leaves a request to the one that matches nothing else.
    requests.expect(["GET /*", "GET /a"], any_order=True)
    requests.expect(["GET /*", "GET /b"], any_order=True)
    assert error_of(requests.expect, ["GET /a", "GET /a"], any_order=True).splitlines()[-3:] == [
        "  GET /a -> 200",
        "- GET /a",
        "+ GET /b -> 200",
    ]


@pytest.mark.parametrize("line", ["", "GET", "/me", "GET me", "G3T /me"])
def test_invalid_line(requests, line):
    with pytest.raises(ValueError, match="is not a request such as"):
        requests.expect([line])


def strings_in(value):
    """Yield all strings in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from strings_in(name)
            yield from strings_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings_in(item)


def test_secrets_are_redacted(sandbox, auth, anonymous, caplog):
    caplog.set_level(logging.DEBUG)
    secrets = {sandbox.client_secret}
    with SoundCloudClient(
        sandbox.client_id,
        sandbox.client_secret,
        sandbox.redirect_uri,
        base_url=sandbox.api_url,
        auth_url=sandbox.auth_url,
    ) as client:
        url = client.auth.get_authorization_url(state="a-state", code_challenge=generate_code_challenge("a" * 43))
        anonymous.get(url)
        code = httpx.URL(sandbox.approve(url)).params["code"]
        token = client.auth.get_user_token(code, "a" * 43)
        fresh = client.auth.refresh_user_token(token.refresh_token)
        client.set_token(fresh.access_token)
        client.me.get_me()
        secrets |= {code, "a" * 43, token.access_token, token.refresh_token, fresh.access_token, fresh.refresh_token}
        client.auth.sign_out()
    token = sandbox.user_token()
    secrets.add(token)
    headers = {
        "Authorization": f"Bearer {token}",
        "Cookie": "session=cookie-secret",
        "X-Api-Key": "header-secret",
        "X-Trace": f"the token {token}",
        "Referer": "http://127.0.0.1:8765/callback?code=referer-secret&state=s",
    }
    secrets |= {"cookie-secret", "header-secret", "referer-secret"}
    with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False) as client:
        client.get("/tracks/1?secret_token=s-share&oauth_token=query-secret&q=x")
        client.get("/tracks", params={"q": f"find {token}"})
        client.get("/resolve", params={"url": "https://soundcloud.com/a/b/s-linked?secret_token=s-inner"})
        client.get(f"/tracks/{token}")
        client.post(
            "/playlists", json={"playlist": {"title": token, "tokens": ["list-secret", 5, {"x": "deep-secret"}]}}
        )
        client.post("/tracks", data={"track[secret_token]": "form-secret"}, files={"track[asset_data]": (token, b"1")})
        client.post("/sign-out", json={"access_token": "json-secret"})
    secrets |= {
        "s-share",
        "query-secret",
        "s-linked",
        "s-inner",
        "list-secret",
        "deep-secret",
        "form-secret",
        "json-secret",
    }
    for grant in ("authorization_code", "refresh_token", "client_credentials"):
        fields = {
            "client_secret": sandbox.client_secret,
            "code": "code-secret",
            "code_verifier": "verifier-secret",
            "refresh_token": "refresh-secret",
        }
        auth.post("/oauth/token", data={"grant_type": grant, **fields})
        auth.post("/oauth/token", data={"grant_type": grant}, auth=("an-app", "basic-secret"))
    secrets |= {"code-secret", "verifier-secret", "refresh-secret", "basic-secret", "YW4tYXBwOmJhc2ljLXNlY3JldA=="}

    requests = sandbox.requests
    kept = [*strings_in([request.to_json() for request in requests])]
    kept += [repr(request) for request in requests] + [str(request) for request in requests]
    # httpx itself logs URLs of requests.
    kept += [record.getMessage() for record in caplog.records if record.name.startswith(("soundcloud", "uvicorn"))]
    assert len(requests) > 12
    for secret in secrets:
        assert [string for string in kept if secret in string] == []
    # Other values are kept.
    grants = [request.body["grant_type"] for request in requests if request.path == "/oauth/token"]
    assert "authorization_code" in grants
    assert requests.matching(path="/tracks/1", query={"q": "x", "secret_token": "***"})


def test_redactor():
    redactor = Redactor("OAuth a-token-of-some-length")

    assert redactor.string("see a-token-of-some-length here") == "see *** here"
    assert redactor.header("authorization", "Basic abc") == "Basic ***"
    assert redactor.header("authorization", "abc") == "***"
    assert redactor.header("user-agent", "x/1") == "x/1"
    assert redactor.json({"token": None, "secret": "", "codes": ["x"], "code": 5, "title": "code=1&x=2"}) == {
        "token": None,
        "secret": "",
        "codes": ["x"],
        "code": "***",
        "title": "code=***&x=2",
    }
    assert redactor.pairs([("a", "1"), ("a", "2"), ("code", ""), ("code_verifier", "x")]) == {
        "a": "2",
        "code": "",
        "code_verifier": "***",
    }
    # NaN, infinity and lone surrogates.
    body = redactor.body(b'{"a": NaN, "b": 1e999, "c": "\\ud800"}', "application/json", 37)
    assert body == {"a": "nan", "b": "inf", "c": "\ud800"}
    json.dumps(body, allow_nan=False)
    deep = b"[" * 5000 + b"]" * 5000
    assert redactor.body(deep, "application/json", len(deep)) == "10000 bytes of application/json"
    # A short credential occurs in ordinary words.
    assert Redactor("OAuth x").string("next") == "next"
    assert Redactor(None).string("next") == "next"


def test_long_string_is_redacted_quickly():
    """Quadratic backtracking would take minutes."""
    string = "a" * 60_000 + "token" * 1000 + "=" + "s-" * 1000

    assert Redactor(None).string(string).endswith("token=***")


def test_to_json_has_all_fields():
    request = recorded("GET /me")

    assert request.to_json().keys() == {field.name for field in fields(RecordedRequest)} - {"recorded_response"} | {
        "response_body"
    }
    assert str(recorded("GET /me", None)) == "GET /me -> no response"
