"""The example as a program: start, errors and refused requests."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from examples.web.__main__ import sandbox_app, soundcloud_app
from examples.web.app import _explain
from soundcloud import ConnectionFailedError, NotFoundError, QuotaExceededError, RateLimitError
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud.stores import MemoryTokenStore
from soundcloud.web import Sessions
from tests.helpers.platforms import posix_only
from tests.helpers.servers import free_port
from tests.web.conftest import ORIGIN, SECRET_KEY, Browser

pytestmark = pytest.mark.anyio

LIKES = "/soundcloud/api/me/likes/tracks?limit=12"
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def browser(sandbox, site):
    app = sandbox_app(sandbox, Sessions(SECRET_KEY), MemoryTokenStore())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app.asgi()), base_url=ORIGIN) as http:
        yield Browser(site, http)


def start(*arguments, **environment):
    command = [sys.executable, "-m", "examples.web", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}, **pipes
    )


@contextmanager
def started(*arguments, **environment):
    """Run the program until the end of the block and yield its URL."""
    with start(*arguments, **environment) as program:
        try:
            yield program, re.search(r"http://[\d.:]+", program.stdout.readline())[0]
        finally:
            program.send_signal(signal.SIGINT)
            _, program.said = program.communicate(timeout=60)


@posix_only
def test_start_and_stop():
    with started("--port", "0") as (program, address), httpx.Client(base_url=address) as http:
        page, script = http.get("/"), http.get("/static/app.js")
        leave = http.get("/soundcloud/login")
        consent = http.get(leave.headers["location"])

    assert (program.returncode, program.said) == (0, "")
    assert (page.status_code, script.status_code, consent.status_code) == (200, 200, 200)
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert "Sign in as ada-night" in page.text
    assert "{" not in page.text
    assert "Let Sandbox app use your account?" in consent.text


@posix_only
def test_sessions_survive_a_killed_worker(redis_server):
    port = free_port()
    with Sandbox(redirect_uri=f"http://127.0.0.1:{port}/soundcloud/callback") as sandbox, httpx.Client() as http:
        environment = {
            "SOUNDCLOUD_API_URL": sandbox.api_url,
            "SOUNDCLOUD_AUTH_URL": sandbox.auth_url,
            "SOUNDCLOUD_CLIENT_ID": sandbox.client_id,
            "SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret,
            "SOUNDCLOUD_REDIRECT_URI": sandbox.redirect_uri,
            "SECRET_KEY": SECRET_KEY,
            "REDIS_URL": redis_server.url,
        }
        with started("--soundcloud", "--port", str(port), **environment) as (program, address):
            leave = http.get(f"{address}/soundcloud/login")
            http.get(sandbox.approve(leave.headers["location"]))
            assert http.get(f"{address}{LIKES}").status_code == 200
            program.kill()

        sandbox.expire_tokens()
        with (
            started("--soundcloud", "--port", str(port), **environment) as (_, again),
            started("--soundcloud", "--port", "0", **environment) as (_, beside),  # cookies know no ports
        ):
            assert [http.get(f"{address}{LIKES}").status_code for address in (again, beside)] == [200, 200]
    assert sandbox.token_requests()["refresh_token"] == 1


def test_a_taken_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with start("--port", str(taken.getsockname()[1])) as program:
            _, problem = program.communicate(timeout=60)

    assert program.returncode == 1
    assert "use another --port" in problem


def test_the_app_for_soundcloud(monkeypatch):
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", "id")
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_SECRET", "secret")
    monkeypatch.setenv("SOUNDCLOUD_REDIRECT_URI", "http://127.0.0.1:8000/soundcloud/callback")
    app = soundcloud_app(Sessions(SECRET_KEY), MemoryTokenStore())

    assert app.routes.site.prefix == "/soundcloud"
    assert "frame-src https://w.soundcloud.com;" in app.policy


def test_the_app_can_use_a_sandbox_of_the_environment(sandbox, monkeypatch):
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    app = soundcloud_app(Sessions(SECRET_KEY), MemoryTokenStore())

    assert app.player == f"{sandbox.media_url}/player/"
    assert f"frame-src {sandbox.media_url};" in app.policy
    assert "soundcloud.com" not in app.policy


async def test_the_routes_need_a_session(browser):
    likes, upload = await browser.get(LIKES), await browser.post("/upload", files={"file": b"x"})

    assert (likes.status_code, upload.status_code) == (401, 401)


async def test_visitors_search_and_users_like(browser):
    search = "/soundcloud/api/tracks?q=lofi&limit=6"
    assert len((await browser.get(search)).json()) == 6
    await browser.sign_in("ada-night")
    headers = {"X-CSRF-Token": await browser.csrf_token()}
    found = next(track for track in (await browser.get(search)).json() if not track["user_favorite"])
    liked = await browser.post(f"/soundcloud/likes/tracks/{found['urn']}", headers=headers)

    assert liked.status_code == 204
    assert found["urn"] in [track["urn"] for track in (await browser.get(LIKES)).json()]


def test_every_problem_of_an_upload_is_explained():
    quota = QuotaExceededError("HTTP 422: quota", status=422)
    problems = [quota, RateLimitError("HTTP 429", status=429), NotFoundError("HTTP 404: gone", status=404)]
    texts = [_explain(problem) for problem in [*problems, ConnectionFailedError("broken")]]

    assert [text.split(".")[0] for text in texts] == [
        "Your upload quota at SoundCloud is used up",
        "SoundCloud accepts no more uploads for now",
        "SoundCloud refused this file: HTTP 404: gone",
        "SoundCloud has a problem",
    ]


async def test_upload_validation(browser, sandbox):
    await browser.sign_in("ada-night")
    headers = {"X-CSRF-Token": await browser.csrf_token()}
    sound = {"file": ("a.wav", tone())}
    answers = [
        await browser.post("/upload", files=sound, data={"title": "A"}),
        await browser.post("/upload", files=sound, data={"title": " "}, headers=headers),
        await browser.post("/upload", data={"title": "A"}, headers=headers),
        await browser.post(
            "/upload", files=sound, data={"title": "A"}, headers={**headers, "Content-Length": "9" * 12}
        ),
        await browser.post("/upload", files=sound, data={"title": "A"}, headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [403, 422, 422, 413, 200]
    assert answers[2].json()["error"]["message"] == "A file and a title are required."
    assert '"title": "A"' in answers[4].text.splitlines()[-1]


async def test_a_failed_upload_reports_it_in_the_last_line(browser):
    await browser.sign_in("ada-night")
    headers = {"X-CSRF-Token": await browser.csrf_token()}
    answer = await browser.post("/upload", files={"file": ("a.wav", b"no sound")}, data={"title": "A"}, headers=headers)

    assert answer.status_code == 200
    assert '{"error": ' in answer.text.splitlines()[-1]
