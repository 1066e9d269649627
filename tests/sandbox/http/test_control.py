"""The control API below `/-/`."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from soundcloud.sandbox import Faults, RateLimitFault, Sandbox, SandboxError
from soundcloud.sandbox.http.control import Control
from soundcloud.sandbox.http.control_operations import OPERATIONS
from soundcloud.sandbox.http.request_log import SUMMARY_FIELDS
from soundcloud.sandbox.media.sound import tone
from tests.helpers.waiting import wait_until

PAGE = Path(__file__).parents[3] / "docs" / "sandbox-faults.md"
DEFAULTS = {
    "media_lifetime": 300,
    "processing_seconds": 0.5,
    "quotas": True,
    "local_links": False,
    "token_cors": False,
    "public_client": False,
}
CONTROL_API = [(operation.method, operation.path) for operation in OPERATIONS]
CLOSED = [(operation.method, operation.path) for operation in OPERATIONS if not operation.is_open]


@pytest.fixture
def control(sandbox):
    with httpx.Client(base_url=sandbox.api_url, trust_env=False, verify=False) as client:
        yield client


def test_get_put_and_delete_faults(sandbox, control, ada):
    assert control.get("/-/faults").json() == Faults().to_json()
    settings = {
        "error_rate": {"timeout_text": 1},
        "rate_limit": {"requests": 100, "seconds": 10},
        "paths": ["/me"],
        "times": 1,
    }
    response = control.put("/-/faults", json=settings)
    faults = Faults(error_rate={"timeout_text": 1}, rate_limit=RateLimitFault(100, 10), paths="/me", times=1)

    assert response.status_code == 200
    assert response.json() == control.get("/-/faults").json() == faults.to_json()
    assert sandbox.faults == faults
    assert [ada.get("/me").status_code for _ in range(2)] == [504, 200]
    # A missing setting gets its default.
    control.put("/-/faults", json={"latency": [0, 0.001]})
    assert sandbox.faults == Faults(latency=(0, 0.001))
    assert control.delete("/-/faults").status_code == 204
    assert sandbox.faults == Faults()


def test_get_returns_settings_that_put_accepts(sandbox, control):
    sandbox.set_faults(Faults(latency=(1, 2), drift={"null"}, error_rate=0.5, rate_limit=RateLimitFault(1, 2)))
    before = sandbox.faults
    control.put("/-/faults", json=control.get("/-/faults").json())

    assert sandbox.faults == before


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"latency": 0.01, "error_rate": {"nothing": 1}}, "error_rate"),
        ({"latency": 0.01, "error_rate": {"empty_500": 3}}, "error_rate.empty_500"),
        ({"latency": 0.01, "speed": 1}, "speed"),
        ({"latency": 0.01, "rate_limit": {"requests": 1, "seconds": 1, "kind": "none"}}, "rate_limit.kind"),
        ([], "faults"),
        (None, "faults"),
    ],
)
def test_invalid_setting_is_rejected_and_nothing_changes(sandbox, control, settings, setting):
    sandbox.set_faults(Faults(seed=3))
    response = control.put("/-/faults", content=json.dumps(settings))

    assert (response.status_code, response.json()["code"], response.json()["setting"]) == (422, 422, setting)
    assert response.json()["message"].startswith(f"{setting}: ")
    assert sandbox.faults == Faults(seed=3)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 60_000])
def test_invalid_json_is_rejected(sandbox, control, content):
    response = control.put("/-/faults", content=content)

    assert (response.status_code, response.json()["message"]) == (
        400,
        "the body is not JSON: send the faults as JSON",
    )


def test_long_body_is_rejected(control):
    assert control.put("/-/faults", content=b" " * 100_000).status_code == 413


def test_list_and_delete_requests(sandbox, control, ada):
    ada.get("/me?x=1")
    ada.get("/tracks/1")
    ada.post("/likes/tracks/1", content=b'{"a": NaN, "b": "\\ud800"}')
    shown = control.get("/-/requests").json()

    assert [request["path"] for request in shown] == ["/me", "/tracks/1", "/likes/tracks/1"]
    assert shown[0]["query"] == {"x": "1"}
    assert shown[0]["headers"]["authorization"] == "OAuth ***"
    assert shown[2]["body"] == {"a": "nan", "b": "\ud800"}
    assert shown == [json.loads(json.dumps(request.to_json())) for request in sandbox.requests]
    assert [request["path"] for request in control.get("/-/requests?status=404&method=get").json()] == ["/tracks/1"]
    assert [request["path"] for request in control.get("/-/requests?path=/likes/*").json()] == ["/likes/tracks/1"]
    assert control.get("/-/requests?user=nobody").json() == []
    assert control.delete("/-/requests").status_code == 204
    assert control.get("/-/requests").json() == []


@pytest.mark.parametrize("query", ["color=red", "status=many"])
def test_invalid_filter_is_rejected(control, query):
    response = control.get(f"/-/requests?{query}")

    assert (response.status_code, response.json()["setting"]) == (422, query.partition("=")[0])


def test_reset_and_expire_tokens(sandbox, control, ada):
    track = ada.get("/tracks").json()[0]["urn"]
    ada.post(f"/reposts/tracks/{track}")
    sandbox.set_faults(Faults(seed=8))
    assert control.post("/-/tokens/expire").status_code == 204
    assert ada.get("/me").status_code == 401
    assert sandbox.faults == Faults(seed=8)
    assert control.post("/-/reset").status_code == 204

    assert sandbox.requests == []
    assert sandbox.faults == Faults()
    headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
    assert track not in [item["urn"] for item in control.get("/me/reposts/tracks", headers=headers).json()]


def test_other_methods_origins_and_faults(sandbox, control):
    rejected = control.post("/-/faults")
    assert (rejected.status_code, rejected.headers["allow"]) == (405, "GET, PUT, DELETE")
    assert control.get("/-/wat").status_code == 404
    # Only on the API's origin; without faults, and not recorded.
    for url in (sandbox.auth_url, sandbox.media_url):
        assert httpx.get(f"{url}/-/faults", trust_env=False, verify=False).status_code == 404
    sandbox.clear_requests()
    sandbox.set_faults(Faults(error_rate={"empty_500": 1}, paths="*"))
    for path in ("/-/faults", "/-/health", "/"):
        assert control.get(path).status_code == 200
    assert sandbox.requests == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Host": "rebound.example.com"},
        {"Host": ""},
        {"Host": "[x"},
        {"Sec-Fetch-Site": "cross-site"},
        # Another port of this machine, without `Origin`: a simple GET request or a form.
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:1", "Content-Type": "text/plain"},
    ],
)
@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_pages_of_other_sites_are_rejected(sandbox, control, method, path, headers):
    sandbox.set_faults(Faults(seed=4))
    content = b"{}" if method in {"PATCH", "POST", "PUT"} else None
    response = control.request(method, path, headers=headers, content=content)

    assert (response.status_code, response.json()["code"]) == (403, 403)
    assert not [name for name in response.headers if name.startswith("access-control")]
    assert sandbox.faults == Faults(seed=4)


def test_pages_of_the_sandbox_are_accepted(sandbox, control):
    assert control.get("/-/requests", headers={"Origin": sandbox.api_url}).status_code == 200
    assert control.get("/-/requests", headers={"Host": "localhost:1"}).status_code == 200


async def request_from(sandbox, address, path, origin=None, **settings):
    """Return the status of a request from another IP address."""
    sent = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"sandbox:8700"), *([(b"origin", origin)] if origin else [])],
        "client": (address, 5) if address else None,
        "server": ("sandbox", 8700),
        "scheme": "http",
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await Control(sandbox, sandbox._request_log, sandbox.api_url, **settings)(scope, receive, send)
    return sent[0]["status"]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_other_machines_are_rejected_unless_open_to_all(sandbox, anyio_backend):
    for address in ("192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "somewhere", None):
        assert await request_from(sandbox, address, "/-/faults") == 403
        assert await request_from(sandbox, address, "/-/faults", open_to_all=True) == 200
    # Pages of other origins stay refused.
    for origin, status in ((b"http://evil.example", 403), (b"http://sandbox:8700", 200)):
        assert await request_from(sandbox, "192.0.2.7", "/-/faults", origin, open_to_all=True) == status


def test_open_control():
    with Sandbox(open_control=True) as sandbox:
        url = f"{sandbox.api_url}/-/faults"

        def status(host):
            return httpx.get(url, headers={"Host": host}, trust_env=False, verify=False).status_code

        for host in ("sandbox:8700", "host.docker.internal:1", "192.0.2.7:8700", "[2001:db8::1]:8700", "ci.local"):
            assert status(host) == 200, host
        # The name of a website whose address an attacker changed to that of this machine.
        for host in ("evil.example:8700", "local.evil.example", "", "[x"):
            assert status(host) == 403, host
    with Sandbox(open_control=True, public_host="sandbox.example.com", host="127.0.0.1") as sandbox:
        url = f"http://127.0.0.1:{urlsplit(sandbox.api_url).port}/-/faults"
        assert status("sandbox.example.com:8700") == 200


def test_faults_from_the_command_line():
    command = [sys.executable, "-m", "soundcloud.sandbox", "--port=0", "--auth-port=0", "--print-env"]
    command += ["--error-rate=timeout_text=1", "--fault-seed=3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        lines = [program.stdout.readline() for _ in range(5)]
        values = dict(line.removeprefix("export ").rstrip().split("=", 1) for line in lines)
        url = values["SOUNDCLOUD_API_URL"]
        with httpx.Client(base_url=url, trust_env=False, verify=False) as client:
            failed = client.get("/me").text
            settings = client.get("/-/faults").json()
            client.delete("/-/faults")
            passed = client.get("/me").status_code
        program.terminate()
        output, errors = program.communicate(timeout=10)

    assert failed == "upstream request timeout"
    assert (settings["error_rate"], settings["seed"]) == ({"timeout_text": 1.0}, 3)
    assert passed == 401
    assert (output, errors) == ("", "")


@pytest.mark.skipif(shutil.which("curl") is None or sys.platform == "win32", reason="no curl")
def test_commands_of_the_documentation(sandbox, tmp_path):
    (commands,) = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    script = commands.replace("http://127.0.0.1:8700", sandbox.api_url)
    environment = {"PATH": os.environ["PATH"], "no_proxy": "*"}
    result = subprocess.run(
        ["sh", "-ec", script], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
    )

    assert result.returncode == 0, result.stderr
    assert "timed out" in result.stderr
    for part in (
        '"paths":["/tracks/*"]',
        '"user":"marlow-finch"',
        '"name":"before"',
        '"permalink":"night-bus"',
        ": open",
    ):
        assert part in result.stdout
    sandbox.delete_snapshot("before")
    sandbox.reset(seed=7)


def test_documentation_shows_an_error(sandbox):
    (shown,) = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    response = httpx.put(f"{sandbox.api_url}/-/faults", json={"latency": -1}, trust_env=False, verify=False)

    assert response.json() == json.loads(shown)


def test_tokens(sandbox, control):
    def me(tokens):
        return httpx.get(
            f"{sandbox.api_url}/me",
            headers={"Authorization": f"OAuth {tokens['access_token']}"},
            trust_env=False,
            verify=False,
        )

    first = control.post("/-/tokens")
    assert (first.status_code, first.json()["user"]) == (201, "ada-night")
    assert me(first.json()).json()["permalink"] == "ada-night"
    bo = control.post("/-/tokens", json={"user": "marlow-finch", "expires_in": 60}).json()
    assert (me(bo).json()["permalink"], bo["expires_in"], bo["token_type"]) == ("marlow-finch", 60, "Bearer")
    sandbox.advance_clock(61)
    assert me(bo).status_code == 401
    app = control.post("/-/tokens", json={"app": True}).json()
    assert app["user"] is None
    assert me(app).status_code == 401
    assert control.get("/-/users").json() == sandbox.usernames()
    control.post("/-/tokens/expire")
    assert me(first.json()).status_code == 401
    assert control.get("/-/tokens/requests").json() == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"user": "nobody"}, "there is no user 'nobody' in the sandbox: use "),
        ({"user": 5}, "user: 5 is not valid: give a username or permalink"),
        ({"usr": "x"}, "usr: unknown field: use user, app, expires_in"),
        ({"app": True, "user": "x"}, "app: true is not valid: "),
        ({"expires_in": -1}, "expires_in: -1 is out of range: "),
        ({"expires_in": 1.5}, "expires_in: 1.5 is not valid: give a whole number"),
        ([], "body: [] is not valid: give a JSON object"),
    ],
)
def test_invalid_tokens_are_rejected(control, body, message):
    response = control.post("/-/tokens", json=body)

    assert response.status_code == 422
    assert response.json()["message"].startswith(message)


def test_reset_with_a_seed_a_dataset_and_settings(sandbox, control):
    control.patch("/-/settings", json={"quotas": False})
    assert control.post("/-/reset", json={"seed": 3, "media_lifetime": 5}).status_code == 204
    assert sandbox.settings == {**DEFAULTS, "media_lifetime": 5, "processing_seconds": 0}
    with Sandbox(seed=3) as same:
        assert same.usernames() == sandbox.usernames()
    assert control.post("/-/reset", json={"dataset": {"users": [{"permalink": "solo"}]}}).status_code == 204
    assert sandbox.usernames() == ["solo"]
    assert sandbox.settings["media_lifetime"] == 300
    failed = control.post("/-/reset", json={"seed": 7, "media_lifetime": "long"})
    assert (failed.status_code, failed.json()["setting"]) == (422, "media_lifetime")
    failed = control.post("/-/reset", json={"dataset": {"users": []}})
    assert failed.json()["message"] == "users: a dataset needs at least one user"
    assert sandbox.usernames() == ["solo"]
    control.post("/-/reset", json={"seed": 7})
    assert len(sandbox.usernames()) == 40


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"quotas": "off"}, "quotas"),
        ({"media_lifetime": True}, "media_lifetime"),
        ({"processing_seconds": 1e300}, "processing_seconds"),
        ({"quotas": False, "speed": 1}, "speed"),
    ],
)
def test_invalid_settings_change_nothing(sandbox, control, changes, setting):
    before = sandbox.settings
    response = control.patch("/-/settings", json=changes)

    assert (response.status_code, response.json()["setting"]) == (422, setting)
    assert sandbox.settings == before == control.get("/-/settings").json()


def test_snapshots(sandbox, control, ada):
    first = control.post("/-/snapshots")
    assert (first.status_code, first.json()["name"]) == (201, "snapshot-1")
    ada.post("/playlists", json={"playlist": {"title": "Later"}})
    control.post("/-/snapshots", json={"name": "later"})
    assert [item["name"] for item in control.get("/-/snapshots").json()["items"]] == ["snapshot-1", "later"]
    titles = lambda: [item["title"] for item in ada.get("/me/playlists").json()]  # noqa: E731 - used here only
    assert control.post("/-/snapshots/snapshot-1/restore").status_code == 204
    assert "Later" not in titles()
    sandbox.restore("later")
    assert "Later" in titles()
    assert control.delete("/-/snapshots/snapshot-1").status_code == 204
    assert list(sandbox.snapshots) == ["later"]
    for response in (control.delete("/-/snapshots/none"), control.post("/-/snapshots/none/restore")):
        assert response.status_code == 404
        assert response.json()["message"] == "there is no snapshot 'none': use one of these: later"
    assert control.post("/-/snapshots", json={"name": "a/b"}).json()["setting"] == "name"
    control.delete("/-/snapshots/later")
    assert sandbox.snapshots == {}


def test_the_number_of_snapshots_is_limited():
    with Sandbox(dataset={"users": [{"permalink": "solo"}]}) as sandbox:
        for number in range(100):
            sandbox.snapshot(f"s{number}")
        with pytest.raises(SandboxError, match="there are 100 snapshots already: delete one first"):
            sandbox.snapshot("one-more")
        sandbox.snapshot("s5")

        assert len(sandbox.snapshots) == 100


def test_export_and_import(sandbox, control, ada):
    ada.post("/playlists", json={"playlist": {"title": "Mine", "tracks": []}})
    exported = control.get("/-/data").json()
    assert exported == sandbox.export_data()
    assert "Mine" in [playlist["title"] for playlist in exported["playlists"]]
    sandbox.reset()
    token = sandbox.user_token()
    assert control.put("/-/data", json=exported).status_code == 204
    assert control.get("/-/data").json() == exported
    me = control.get("/me", headers={"Authorization": f"OAuth {token}"})
    assert me.status_code == 401
    sandbox.reset()
    assert sandbox.export_data() == exported
    failed = control.put("/-/data", json={"users": [{"permalink": "a b"}]})
    assert (failed.status_code, failed.json()["setting"]) == (422, "users[0].permalink")
    assert sandbox.export_data() == exported
    sandbox.reset(seed=7)


def test_entries(sandbox, control):
    page = control.get("/-/data/tracks?q=lofi&limit=2").json()
    assert (len(page["items"]), page["total"] > 2) == (2, True)
    following = control.get("/-/data/tracks?q=lofi&limit=2&offset=2").json()
    assert {item["id"] for item in page["items"]}.isdisjoint(item["id"] for item in following["items"])
    added = control.post("/-/data/tracks", json={"user": "ada-night", "title": "Added"})
    assert (added.status_code, added.json()["permalink"]) == (201, "added")
    path = f"/-/data/tracks/{added.json()['id']}"
    changed = control.patch(path, json={"title": "Changed", "genre": "Ambient", "description": None}).json()
    assert (changed["title"], changed["genre"], changed["permalink"]) == ("Changed", "Ambient", "added")
    assert control.get("/-/data/tracks?q=changed ada").json()["items"] == [changed]
    like = control.post("/-/data/likes", json={"user": "marlow-finch", "track": "ada-night/added"}).json()
    repost = control.post("/-/data/reposts", json={"user": "marlow-finch", "track": "ada-night/added"}).json()
    assert control.get("/-/data/likes?q=ada-night/added").json()["total"] == 1
    activities = "SELECT COUNT(*) FROM activities WHERE type = 'track:repost' AND track_id = ?"
    assert sandbox._state.database.number(activities, changed["id"]) == 1
    assert control.delete(f"/-/data/reposts/{repost['id']}").status_code == 204
    assert sandbox._state.database.number(activities, changed["id"]) == 0
    assert control.delete(f"/-/data/likes/{like['id']}").status_code == 204
    assert control.delete(path).status_code == 204
    missing = control.delete(path)
    assert (missing.status_code, missing.json()["message"]) == (
        404,
        f"tracks has no entry with the id {changed['id']}: list the entries to see their ids",
    )


def test_playlists_comments_and_follows_are_changed(sandbox, control):
    names = [f"{track['user']}/{track['permalink']}" for track in control.get("/-/data/tracks?limit=3").json()["items"]]
    playlist = control.post("/-/data/playlists", json={"user": "ada-night", "title": "P", "tracks": names[:2]}).json()
    changed = control.patch(f"/-/data/playlists/{playlist['id']}", json={"tracks": names[::-1]}).json()
    assert (playlist["tracks"], changed["tracks"]) == (names[:2], names[::-1])
    refused = control.patch(f"/-/data/playlists/{playlist['id']}", json={"tracks": ["a/b"]}).json()
    assert refused["message"] == 'tracks[0]: "a/b" is not in tracks: use user/permalink'
    comment = control.post("/-/data/comments", json={"user": "ada-night", "track": names[0], "body": "Très bon"}).json()
    assert control.get("/-/data/comments?q=tres").json()["items"] == [comment]
    assert control.patch(f"/-/data/comments/{comment['id']}", json={"body": "ok"}).json()["body"] == "ok"
    follow = control.get("/-/data/follows?limit=1").json()["items"][0]
    assert control.patch(f"/-/data/follows/{follow['id']}", json={}).json()["message"] == (
        "follows: these entries cannot be changed: delete the entry and add another one"
    )
    assert control.delete(f"/-/data/follows/{follow['id']}").status_code == 204


def test_users_are_changed_and_deleted(sandbox, control):
    (ada,) = control.get("/-/data/users?q=ada-night").json()["items"]
    path = f"/-/data/users/{ada['id']}"
    control.patch(path, json={"permalink": "ada", "username": "Zaphod"})
    assert control.get("/-/data/tracks?q=zaphod").json()["total"] == 31
    assert control.post("/-/tokens").json()["user"] == "ada"
    taken = control.patch(path, json={"permalink": "marlow-finch"}).json()
    assert (taken["setting"], taken["message"]) == (
        "permalink",
        'permalink: another entry has the permalink "marlow-finch"',
    )
    assert control.patch(path, json={"username": None}).json()["setting"] == "username"
    assert control.delete(path).status_code == 204
    assert sandbox._state.database.rows("PRAGMA foreign_key_check") == []
    assert control.post("/-/tokens").json()["user"] != "ada"
    sandbox.import_data({"users": [{"permalink": "solo", "id": 1}]})
    assert control.delete("/-/data/users/1").json()["message"].startswith("users: the last user cannot be deleted")
    sandbox.reset(seed=7)


@pytest.mark.parametrize(
    ("method", "path", "setting"),
    [
        ("GET", "/-/data/songs", "kind"),
        ("GET", "/-/data/tracks?limit=0", "limit"),
        ("GET", "/-/data/tracks?limit=many", "limit"),
        ("GET", "/-/data/tracks?offset=-1", "offset"),
        ("GET", "/-/data/tracks?page=2", "page"),
        ("DELETE", "/-/data/songs/1", "kind"),
    ],
)
def test_invalid_parameters_of_entries(control, method, path, setting):
    response = control.request(method, path)

    assert (response.status_code, response.json()["setting"]) == (422, setting)


def test_the_clock_moves_tokens_uploads_quotas_and_rate_limits(sandbox, control, ada, auth):
    sandbox.change_settings(processing_seconds=600)
    form = {"track[title]": "New"}
    uploaded = ada.post("/tracks", data=form, files={"track[asset_data]": ("a.wav", tone(1))}).json()
    assert uploaded["duration"] == 0
    app = (sandbox.client_id, sandbox.client_secret)
    for _ in range(30):
        auth.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=app)
    assert control.get("/-/quotas").json()["addresses"]["127.0.0.1"] == {"used": 30, "limit": 30, "seconds": 3600}
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(1, 600), paths="/users/*"))
    assert [ada.get("/users/1").status_code for _ in range(2)] == [404, 429]
    before = sandbox.clock
    moved = control.patch("/-/clock", json={"advance": 700}).json()
    assert moved["offset"] == 700
    assert 699 <= (datetime.fromisoformat(moved["time"]) - before).total_seconds() < 760
    assert ada.get("/users/1").status_code == 404
    assert ada.get(f"/tracks/{uploaded['urn']}").json()["duration"] > 0
    control.patch("/-/clock", json={"advance": 3600})
    assert ada.get("/me").status_code == 401
    assert auth.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=app).status_code == 200
    assert control.patch("/-/clock", json={"time": "2031-05-06T00:00:00Z"}).json()["time"][:10] == "2031-05-06"
    assert sandbox.clock.year == 2031
    assert control.patch("/-/clock", json={"time": None}).json()["offset"] == 0
    sandbox.set_clock(datetime(2030, 1, 1))
    sandbox.reset()
    assert sandbox.clock_offset == 0


def test_quotas_are_refilled(sandbox, control, auth):
    app = (sandbox.client_id, sandbox.client_secret)
    tokens = [
        auth.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=app).status_code for _ in range(31)
    ]
    assert tokens[-2:] == [200, 429]
    assert control.delete("/-/quotas").status_code == 204
    assert control.get("/-/quotas").json() == {"app": {"used": 0, "limit": 50, "seconds": 43200}, "addresses": {}}
    assert auth.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=app).status_code == 200
    control.patch("/-/settings", json={"quotas": False})
    assert all(
        auth.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=app).status_code == 200
        for _ in range(60)
    )


@pytest.mark.parametrize(
    "body", [{}, {"time": "soon"}, {"time": 5}, {"advance": "1"}, {"advance": 1e300}, {"advance": 1, "time": None}]
)
def test_invalid_clocks_are_rejected(sandbox, control, body):
    assert control.patch("/-/clock", json=body).status_code == 422
    assert sandbox.clock_offset == 0


def test_recorded_responses(sandbox, control, ada, auth):
    ada.get("/me")
    ada.get("/tracks/1")
    tokens = control.post("/-/tokens").json()
    fields = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    auth.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **fields})
    sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}))
    ada.get("/me")
    me, missing, token, failed = control.get("/-/requests").json()

    assert me["response_body"]["permalink"] == "ada-night"
    assert me["response_headers"]["content-type"] == "application/json; charset=utf-8"
    assert missing["response_body"]["code"] == 404
    assert token["response_body"] == {
        **dict.fromkeys(("access_token", "refresh_token"), "***"),
        "expires_in": 3599,
        "scope": "",
        "token_type": "***",
    }
    assert failed["response_body"].startswith("upstream connect error")
    assert [request["id"] for request in (me, missing, token, failed)] == [*range(me["id"], me["id"] + 4)]
    assert control.get(f"/-/requests/{me['id']}").json() == me
    assert control.get("/-/requests/999999").status_code == 404
    assert [item["id"] for item in control.get("/-/requests?limit=1").json()] == [failed["id"]]


def test_recorded_responses_are_bounded(monkeypatch):
    monkeypatch.setattr("soundcloud.sandbox.http.request_log._MAXIMUM_BYTES", 20_000)
    with Sandbox() as sandbox:
        headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
        with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False) as client:
            for _ in range(30):
                client.get("/me")
        bodies = [request.response_body for request in sandbox.requests]

        assert re.fullmatch(r"\d+ bytes of application/json, no longer kept", bodies[0])
        assert bodies[-1]["permalink"] == "ada-night"


def test_events(sandbox, control, ada):
    with control.stream("GET", "/-/requests/events") as response:
        lines = response.iter_lines()
        assert response.headers["content-type"].startswith("text/event-stream")
        assert next(lines) == ": open"
        ada.get("/me?x=1")
        event = dict(line.split(": ", 1) for line in [next(line for line in lines if line), next(lines), next(lines)])
        assert event["event"] == "request"
        shown = json.loads(event["data"])
        assert (shown["path"], shown["status"], shown["user"]) == ("/me", 200, "ada-night")
        assert shown.keys() == {*SUMMARY_FIELDS}
        sandbox.clear_requests()
        assert next(line for line in lines if line) == "event: clear"
    last = int(event["id"])
    ada.get("/tracks/1")
    with control.stream("GET", f"/-/requests/events?after={last}") as response:
        lines = (line for line in response.iter_lines() if line.startswith("data: "))
        assert json.loads(next(lines)[6:])["path"] == "/tracks/1"


def test_a_stream_ends_quietly_after_its_client_has_left(sandbox, control, caplog):
    for _ in range(200):
        control.get("/tracks/1")
    with control.stream("GET", "/-/requests/events?after=0") as response:
        next(response.iter_lines())
    wait_until(lambda: not sandbox._request_log._listeners)

    assert "socket.send() raised" not in caplog.text


def test_a_sandbox_closes_with_an_open_stream():
    with Sandbox() as sandbox, httpx.Client(base_url=sandbox.api_url, trust_env=False, verify=False) as client:
        with client.stream("GET", "/-/requests/events") as response:
            lines = response.iter_lines()
            next(lines)
            sandbox.close()
            assert list(lines)[1:] == []


def test_a_bug_in_an_operation_is_an_error_object(sandbox, control, monkeypatch, caplog):
    monkeypatch.setattr(type(sandbox), "usernames", lambda self: 1 / 0)
    response = control.get("/-/users")

    assert (response.status_code, response.json()["code"]) == (500, 500)
    assert "ZeroDivisionError" in caplog.text
