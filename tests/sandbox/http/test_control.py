"""The sandbox's own addresses, below `/-/`: for those who steer it without Python."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from soundcloud.sandbox import Faults, RateLimit, Sandbox
from soundcloud.sandbox.http.control import _ACTIONS, Control

PAGE = Path(__file__).parents[3] / "docs" / "sandbox-faults.md"
STEERING = [
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


def test_faults_are_shown_put_and_ended(sandbox, control, ada):
    assert control.get("/-/faults").json() == Faults().to_json()
    settings = {
        "error_rate": {"timeout_text": 1},
        "rate_limit": {"requests": 100, "seconds": 10},
        "paths": ["/me"],
        "times": 1,
    }
    reply = control.put("/-/faults", json=settings)
    faults = Faults(error_rate={"timeout_text": 1}, rate_limit=RateLimit(100, 10), paths="/me", times=1)

    assert reply.status_code == 200
    assert reply.json() == control.get("/-/faults").json() == faults.to_json()
    assert sandbox.faults == faults
    assert [ada.get("/me").status_code for _ in range(2)] == [504, 200]
    # What is absent is not kept from before.
    control.put("/-/faults", json={"latency": [0, 0.001]})
    assert sandbox.faults == Faults(latency=(0, 0.001))
    assert control.delete("/-/faults").status_code == 204
    assert sandbox.faults == Faults()


def test_what_is_shown_can_be_put(sandbox, control):
    sandbox.set_faults(Faults(latency=(1, 2), drift={"null"}, error_rate=0.5, rate_limit=RateLimit(1, 2)))
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
def test_a_wrong_setting_is_refused_and_nothing_is_applied(sandbox, control, settings, setting):
    sandbox.set_faults(Faults(seed=3))
    reply = control.put("/-/faults", content=json.dumps(settings))

    assert (reply.status_code, reply.json()["code"], reply.json()["setting"]) == (422, 422, setting)
    assert reply.json()["message"].startswith(f"{setting}: ")
    assert sandbox.faults == Faults(seed=3)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 60_000])
def test_what_is_no_json_is_refused(sandbox, control, content):
    reply = control.put("/-/faults", content=content)

    assert (reply.status_code, reply.json()["message"]) == (
        400,
        "the body is not JSON: send the settings as a JSON object",
    )


def test_too_much_is_refused(control):
    assert control.put("/-/faults", content=b" " * 100_000).status_code == 413


def test_requests(sandbox, control, ada):
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


@pytest.mark.parametrize("query", ["colour=red", "status=many"])
def test_what_requests_cannot_be_picked_by(control, query):
    reply = control.get(f"/-/requests?{query}")

    assert (reply.status_code, reply.json()["setting"]) == (422, query.partition("=")[0])


def test_reset_and_expiry(sandbox, control, ada):
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


def test_other_methods_and_places(sandbox, control):
    assert {(method, path) for path, steps in _ACTIONS.items() for method in steps} == set(STEERING)
    refused = control.post("/-/faults")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, PUT, DELETE")
    assert control.get("/-/wat").status_code == 404
    # They are on the API's origin only, and are neither faulty nor written down.
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
@pytest.mark.parametrize(("method", "path"), STEERING)
def test_no_page_of_another_site_steers(sandbox, control, method, path, headers):
    sandbox.set_faults(Faults(seed=4))
    content = b"{}" if method == "PUT" else None

    assert control.request(method, path, headers=headers, content=content).status_code == 403
    assert sandbox.faults == Faults(seed=4)


def test_a_page_of_its_own_may(sandbox, control):
    assert control.get("/-/requests", headers={"Origin": sandbox.api_url}).status_code == 200
    assert control.get("/-/requests", headers={"Host": "localhost:1"}).status_code == 200


async def ask_from(sandbox, address, path, **settings):
    """What another machine sees, without one."""
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
async def test_other_machines_are_refused_unless_the_sandbox_is_open(sandbox, anyio_backend):
    for address in ("192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "somewhere", None):
        assert await ask_from(sandbox, address, "/-/faults") == 403
        assert await ask_from(sandbox, address, "/-/faults", open_to_all=True) == 200


def test_an_open_sandbox():
    with Sandbox(open_control=True) as sandbox:
        url = f"{sandbox.api_url}/-/faults"
        assert httpx.get(url, headers={"Host": "sandbox:8700"}, trust_env=False, verify=False).status_code == 200


def test_from_the_command_line():
    """The sandbox as a process of its own, with faults from its start."""
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
def test_the_commands_of_the_page_work(sandbox):
    """Those of docs/sandbox-faults.md, as they stand there but for the port."""
    (commands,) = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert commands.count("http://127.0.0.1:8700/") == len(STEERING) + 1
    script = commands.replace("http://127.0.0.1:8700", sandbox.api_url)
    environment = {"PATH": os.environ["PATH"], "no_proxy": "*"}
    result = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=False, env=environment)

    assert (result.returncode, result.stderr) == (0, "")
    assert '"paths":["/tracks/*"]' in result.stdout


def test_the_page_lists_every_address():
    section = PAGE.read_text(encoding="utf-8").partition("## From any language")[2]

    assert set(re.findall(r"^\| `(\w+) (\S+)` \|", section, re.MULTILINE)) == {("GET", "/-/health"), *STEERING}


def test_the_page_shows_a_refusal(sandbox):
    (shown,) = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    reply = httpx.put(f"{sandbox.api_url}/-/faults", json={"latency": -1}, trust_env=False, verify=False)

    assert reply.json() == json.loads(shown)
