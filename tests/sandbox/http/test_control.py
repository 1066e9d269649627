"""The control API below `/-/`."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from soundcloud.sandbox import Faults, RateLimitFault, Sandbox
from soundcloud.sandbox.http.control import _ACTIONS, Control

PAGE = Path(__file__).parents[3] / "docs" / "sandbox-faults.md"
CONTROL_API = [
    ("GET", "/-/faults"),
    ("PUT", "/-/faults"),
    ("DELETE", "/-/faults"),
    ("GET", "/-/requests"),
    ("DELETE", "/-/requests"),
    ("POST", "/-/reset"),
    ("POST", "/-/expire-tokens"),
]


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
        "the body is not JSON: send the settings as a JSON object",
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
    assert control.post("/-/expire-tokens").status_code == 204
    assert ada.get("/me").status_code == 401
    assert sandbox.faults == Faults(seed=8)
    assert control.post("/-/reset").status_code == 204

    assert sandbox.requests == []
    assert sandbox.faults == Faults()
    headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
    assert track not in [item["urn"] for item in control.get("/me/reposts/tracks", headers=headers).json()]


def test_other_methods_origins_and_faults(sandbox, control):
    assert {(method, path) for path, actions in _ACTIONS.items() for method in actions} == set(CONTROL_API)
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
    ],
)
@pytest.mark.parametrize(("method", "path"), CONTROL_API)
def test_pages_of_other_sites_are_rejected(sandbox, control, method, path, headers):
    sandbox.set_faults(Faults(seed=4))
    content = b"{}" if method == "PUT" else None

    assert control.request(method, path, headers=headers, content=content).status_code == 403
    assert sandbox.faults == Faults(seed=4)


def test_pages_of_the_sandbox_are_accepted(sandbox, control):
    assert control.get("/-/requests", headers={"Origin": sandbox.api_url}).status_code == 200
    assert control.get("/-/requests", headers={"Host": "localhost:1"}).status_code == 200


async def request_from(sandbox, address, path, **settings):
    """Return the status of a request from another IP address."""
    sent = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"sandbox:8700")],
        "client": (address, 5) if address else None,
        "server": ("sandbox", 8700),
        "scheme": "http",
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await Control(sandbox, **settings)(scope, receive, send)
    return sent[0]["status"]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_other_machines_are_rejected_unless_open_to_all(sandbox, anyio_backend):
    for address in ("192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "somewhere", None):
        assert await request_from(sandbox, address, "/-/faults") == 403
        assert await request_from(sandbox, address, "/-/faults", open_to_all=True) == 200


def test_open_control():
    with Sandbox(open_control=True) as sandbox:
        url = f"{sandbox.api_url}/-/faults"
        assert httpx.get(url, headers={"Host": "sandbox:8700"}, trust_env=False, verify=False).status_code == 200


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
def test_commands_of_the_documentation(sandbox):
    (commands,) = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert commands.count("http://127.0.0.1:8700/") == len(CONTROL_API) + 1
    script = commands.replace("http://127.0.0.1:8700", sandbox.api_url)
    environment = {"PATH": os.environ["PATH"], "no_proxy": "*"}
    result = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=False, env=environment)

    assert (result.returncode, result.stderr) == (0, "")
    assert '"paths":["/tracks/*"]' in result.stdout


def test_documentation_lists_all_requests():
    section = PAGE.read_text(encoding="utf-8").partition("## From any language")[2]

    assert set(re.findall(r"^\| `(\w+) (\S+)` \|", section, re.MULTILINE)) == {("GET", "/-/health"), *CONTROL_API}


def test_documentation_shows_an_error(sandbox):
    (shown,) = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    response = httpx.put(f"{sandbox.api_url}/-/faults", json={"latency": -1}, trust_env=False, verify=False)

    assert response.json() == json.loads(shown)
