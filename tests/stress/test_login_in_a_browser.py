"""Signing in with a real browser: the consent page, the redirect and the final page."""

import os
import pty
import sys
import threading
import time

import pytest

from soundcloud import SignInError, SoundCloudClient
from soundcloud.sandbox import Sandbox
from soundcloud.stores import MemoryTokenStore
from tests.helpers.browser import needs_browser, open_browser, take_picture
from tests.helpers.servers import free_port
from tests.helpers.waiting import wait_until

pytestmark = [pytest.mark.slow, needs_browser]


@pytest.fixture
def sandbox():
    with Sandbox(redirect_uri=f"http://127.0.0.1:{free_port()}/callback") as sandbox:
        yield sandbox


@pytest.fixture
def page():
    with open_browser() as browser:
        yield browser.new_page(viewport={"width": 420, "height": 780})


class Login(threading.Thread):
    """A program that waits in `auth.login` while the user is in the browser."""

    def __init__(self, sandbox):
        super().__init__()
        self.store, self.url, self.url_shown, self.error = MemoryTokenStore(), "", threading.Event(), None
        self.client = SoundCloudClient(
            sandbox.client_id,
            sandbox.client_secret,
            sandbox.redirect_uri,
            base_url=sandbox.api_url,
            auth_url=sandbox.auth_url,
            token_store=self.store,
        )

    def show(self, text):
        self.url = next(word for word in text.split() if "/authorize?" in word)
        self.url_shown.set()

    def run(self):
        try:
            self.client.auth.login(open_browser=False, timeout=30, show=self.show)
        except SignInError as error:
            self.error = error


def test_the_user_allows_access(sandbox, page):
    login = Login(sandbox)
    login.start()
    login.url_shown.wait(10)
    page.goto(login.url)
    take_picture(page, "consent")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/callback?**")
    text = page.inner_text("body")
    take_picture(page, "signed-in")
    login.join()

    assert login.error is None
    assert "close this tab" in text
    assert login.client.me.get_me().username == "ada-night"
    login.client.close()


def test_the_user_refuses_access(sandbox, page):
    login = Login(sandbox)
    login.start()
    login.url_shown.wait(10)
    page.goto(login.url)
    page.get_by_role("button", name="Refuse").click()
    page.wait_for_url("**/callback?**")
    text = page.inner_text("body")
    take_picture(page, "refused")
    login.join()

    assert "the user denied access" in str(login.error)
    assert login.store.get() is None
    assert "not" in text
    login.client.close()


def test_the_login_command(sandbox, page, tmp_path):
    """`soundcloud login` in a terminal opens this browser."""
    browser, url_file = tmp_path / "browser", tmp_path / "url"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" > {url_file}\n')
    browser.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(os.path.abspath(folder) for folder in sys.path if folder),  # noqa: PTH100 - strings
        "HOME": str(tmp_path),
        "BROWSER": f"{browser} %s",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "SOUNDCLOUD_API_URL": sandbox.api_url,
        "SOUNDCLOUD_AUTH_URL": sandbox.auth_url,
        "SOUNDCLOUD_CLIENT_ID": sandbox.client_id,
        "SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret,
        "SOUNDCLOUD_REDIRECT_URI": sandbox.redirect_uri,
    }
    pid, handle = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "soundcloud.cli", "login"], environment)
    wait_until(lambda: url_file.exists() and url_file.read_text().endswith("\n"), 30)
    page.goto(url_file.read_text().strip())
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/callback?**")
    output = b""
    end = time.monotonic() + 30
    while b"signed in as" not in output and time.monotonic() < end:
        output += os.read(handle, 65_536)
    _, status = os.waitpid(pid, 0)
    os.close(handle)

    assert os.waitstatus_to_exitcode(status) == 0
    assert b"signed in as ada-night" in output
    assert "close this tab" in page.inner_text("body")
