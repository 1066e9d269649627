"""The example as a program: how it starts, what it says when it cannot, what its routes refuse."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from examples.web.__main__ import sandbox_app, soundcloud_app
from soundcloud.sandbox.sound import tone
from soundcloud.stores import MemoryTokenStore
from soundcloud.web import Sessions
from tests.web.conftest import ORIGIN, SECRET_KEY, Browser

pytestmark = pytest.mark.anyio

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
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": ":".join(sys.path), **environment}, **pipes
    )


def test_it_starts_and_stops():
    with start("--port", "0") as program:
        try:
            address = re.search(r"http://\S+", program.stdout.readline())[0]
            with httpx.Client(base_url=address) as http:
                page, script = http.get("/"), http.get("/static/app.js")
                leave = http.get("/soundcloud/login")
                consent = http.get(leave.headers["location"])
        finally:
            program.send_signal(signal.SIGINT)
            program.communicate(timeout=60)

    assert (page.status_code, script.status_code, consent.status_code) == (200, 200, 200)
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert "Let Sandbox app in?" in consent.text


def test_a_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with start("--port", str(taken.getsockname()[1])) as program:
            _, problem = program.communicate(timeout=60)

    assert program.returncode == 1
    assert "choose another one with --port" in problem


def test_for_soundcloud_itself(monkeypatch):
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", "id")
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_SECRET", "secret")
    monkeypatch.setenv("SOUNDCLOUD_REDIRECT_URI", "http://127.0.0.1:8000/soundcloud/callback")
    app = soundcloud_app(Sessions(SECRET_KEY), MemoryTokenStore())

    assert app.routes.site.prefix == "/soundcloud"
    assert "frame-src https://w.soundcloud.com;" in app.policy


async def test_who_is_not_signed_in_sees_nothing(browser):
    likes, upload = await browser.get("/likes"), await browser.post("/upload", files={"file": b"x"})

    assert (likes.status_code, upload.status_code) == (401, 401)


async def test_what_an_upload_needs(browser, sandbox):
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
    assert answers[2].json()["error"]["message"] == "This did not work. a file and a title are needed"
    assert '"title": "A"' in answers[4].text.splitlines()[-1]


async def test_an_upload_that_fails_says_so_in_its_last_line(browser):
    await browser.sign_in("ada-night")
    headers = {"X-CSRF-Token": await browser.csrf_token()}
    answer = await browser.post("/upload", files={"file": ("a.wav", b"no sound")}, data={"title": "A"}, headers=headers)

    assert answer.status_code == 200
    assert '{"error": ' in answer.text.splitlines()[-1]
