"""`auth.login`: the redirect is received on a loopback port or pasted by the user."""

import socket
import threading

import httpx
import pytest

from soundcloud import SoundCloudClient, InvalidInputError, SignInError
from soundcloud.sandbox import Sandbox
from soundcloud.stores import MemoryTokenStore
from tests.helpers.servers import free_port

pytestmark = pytest.mark.anyio


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def sandbox(port):
    with Sandbox(redirect_uri=f"http://127.0.0.1:{port}/callback") as sandbox:
        yield sandbox


def client_of(sandbox, **settings):
    return SoundCloudClient(
        sandbox.client_id,
        sandbox.client_secret,
        sandbox.redirect_uri,
        base_url=sandbox.api_url,
        auth_url=sandbox.auth_url,
        **settings,
    )


class Browser:
    """Opens the shown URL in a thread, decides, and follows the redirect."""

    def __init__(self, decide):
        self.decide, self.shown, self.page = decide, "", ""
        self.thread = None

    def show(self, text):
        self.shown = text
        self.thread = threading.Thread(target=self.open)
        self.thread.start()

    @property
    def url(self):
        return next(word for word in self.shown.split() if "/authorize?" in word)

    def open(self):
        self.page = httpx.get(self.decide(self.url)).text


def test_the_redirect_is_received(sandbox):
    browser, store = Browser(sandbox.approve), MemoryTokenStore()
    with client_of(sandbox, token_store=store) as client:
        token = client.auth.login(open_browser=False, timeout=20, show=browser.show)
        me = client.me.get_me()
    browser.thread.join()

    assert me.username == "ada-night"
    assert store.get() == token
    assert token.grant == "user"
    assert "close this tab" in browser.page
    assert sandbox.redirect_uri in browser.shown
    assert "differs from the registered one" in browser.shown


def test_a_forwarded_port(sandbox, port):
    def forwarded(url):
        return sandbox.approve(url).replace(f":{port}/", f":{other}/")

    other = free_port()
    browser = Browser(forwarded)
    with client_of(sandbox) as client:
        client.auth.login(open_browser=False, port=other, timeout=20, show=browser.show)
    browser.thread.join()

    assert "close this tab" in browser.page


def test_the_user_refuses(sandbox):
    browser, store = Browser(sandbox.refuse), MemoryTokenStore()
    with client_of(sandbox, token_store=store) as client:
        with pytest.raises(SignInError, match="the user denied access") as caught:
            client.auth.login(open_browser=False, timeout=20, show=browser.show)
    browser.thread.join()

    assert caught.value.code == "access_denied"
    assert store.get() is None


def test_login_times_out(sandbox):
    with client_of(sandbox) as client:
        with pytest.raises(SignInError, match="letter by letter") as caught:
            client.auth.login(open_browser=False, timeout=0.1, show=lambda text: None)

    assert sandbox.redirect_uri in str(caught.value)


def test_the_port_is_in_use(sandbox, port):
    with socket.create_server(("127.0.0.1", port)):
        with client_of(sandbox) as client:
            with pytest.raises(SignInError, match=str(port)):
                client.auth.login(open_browser=False, show=lambda text: None)


def test_the_redirect_url_is_pasted(sandbox):
    shown = []
    with client_of(sandbox) as client:
        token = client.auth.login(
            paste=True,
            show=shown.append,
            ask=lambda question: f' "{sandbox.approve(shown[0].split()[7])}"\n',
        )
        me = client.me.get_me()

    assert me.username == "ada-night"
    assert token.refresh_token


def test_a_redirect_url_with_another_state_is_pasted(sandbox):
    with client_of(sandbox) as client:
        with pytest.raises(SignInError, match="start"):
            client.auth.login(
                paste=True, show=lambda text: None, ask=lambda question: f"{sandbox.redirect_uri}?code=c&state=another"
            )


def test_login_needs_a_loopback_redirect_uri_and_a_secret(sandbox):
    with SoundCloudClient("id", "secret", "https://example.com/callback") as client:
        with pytest.raises(InvalidInputError, match=r"example\.com"):
            client.auth.login(open_browser=False)
    with SoundCloudClient("id", None, "http://127.0.0.1:8765/callback") as client:
        with pytest.raises(InvalidInputError, match="client_secret"):
            client.auth.login(open_browser=False)
