"""Clients and transports of the caller's: httpx2, the settings of a client, httpx-aiohttp and pyreqwest."""

import httpx
import httpx2
import pytest
from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient
from pyreqwest.compatibility.httpx import HttpxTransport, SyncHttpxTransport

from soundcloud import ConnectionFailedError, InvalidInputError, RequestTimeoutError
from tests.compat.conftest import ALL

METHODS = ["POST", "GET", "PUT", "POST"]


@pytest.fixture
def create(variant):
    """A function that returns a client of a library, which is closed after the test."""
    return lambda library, **settings: getattr(library, "AsyncClient" if variant == "async" else "Client")(**settings)


def close(calls, client):
    calls.run(client.aclose() if calls.is_async else client.close())


def hook(calls, seen):
    """Return an event hook that keeps what it sees of a request."""

    def keep(request):
        seen.append((request.method, request.content))

    async def async_keep(request):
        keep(request)

    return async_keep if calls.is_async else keep


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
class TestClientOfTheCaller:
    def test_its_headers_cookies_and_params_are_sent(self, open_calls, server, library, create):
        client = create(
            library,
            headers={"X-Own": "yes", "User-Agent": "mine/1", "Authorization": "Basic other"},
            cookies={"own": "cookie"},
            params={"extra": "1"},
        )
        calls = open_calls(http_client=client)
        assert calls.all() == ALL
        close(calls, client)

        assert [request.method for request in server.received] == METHODS
        for request in server.received:
            assert request.headers["x-own"] == "yes"
            assert request.headers["user-agent"] == "mine/1"
            assert request.headers["authorization"] == "OAuth own"
            assert "own=cookie" in request.headers["cookie"]
            assert request.target.endswith("?extra=1")
        assert "seen=yes" in server.received[-1].headers["cookie"]  # the server set it, and the client keeps it

    def test_params_do_not_replace_those_of_a_call(self, open_calls, server, library, create):
        client = create(library, params={"extra": "1"})
        calls = open_calls(http_client=client)
        with pytest.raises(Exception, match="404"):
            calls.run(calls.client.resolve.resolve("https://soundcloud.com/ada/night"))
        close(calls, client)

        assert server.received[0].target == "/resolve?url=https:%2F%2Fsoundcloud.com%2Fada%2Fnight&extra=1"

    def test_its_hooks_read_the_content(self, open_calls, server, library, create):
        calls, seen = open_calls(), []
        client = create(library, event_hooks={"request": [hook(calls, seen)]})
        calls = open_calls(http_client=client)
        calls.like()
        assert (calls.read(), calls.update()) == ALL[:2]
        close(calls, client)

        assert [method for method, _ in seen] == METHODS[:3]
        assert b"Night" in seen[2][1]

    def test_its_timeouts_apply_unless_timeout_is_set(self, open_calls, server, library, create):
        server.released.clear()
        client = create(library, timeout=0.2)
        calls = open_calls(http_client=client)
        with pytest.raises(RequestTimeoutError):
            calls.read()
        close(calls, client)

        client = create(library, timeout=60)
        calls = open_calls(http_client=client, timeout=0.2)
        with pytest.raises(RequestTimeoutError):
            calls.read()
        close(calls, client)

    def test_auth_is_refused(self, open_calls, server, library, create):
        client = create(library, auth=("user", "password"))
        calls = open_calls(http_client=client)
        with pytest.raises(InvalidInputError, match="has auth=, which would replace the access token") as caught:
            calls.read()
        close(calls, client)

        assert "password" not in str(caught.value)
        assert server.received == []

    def test_the_other_kind_is_refused(self, open_calls, library, create):
        calls = open_calls()
        other = library.Client() if calls.is_async else library.AsyncClient()
        calls = open_calls(http_client=other)
        expected = "AsyncClient" if calls.is_async else "Client"
        with pytest.raises(InvalidInputError, match=rf"for example httpx\.{expected}\(\)"):
            calls.read()


def test_only_httpx2_patched(calls, server, monkeypatch):
    cls = httpx2.AsyncHTTPTransport if calls.is_async else httpx2.HTTPTransport
    name = "handle_async_request" if calls.is_async else "handle_request"
    original, seen = getattr(cls, name), []

    def patched(self, request):
        seen.append(request.method)
        return original(self, request)

    monkeypatch.setattr(cls, name, patched)
    assert calls.all() == ALL

    assert seen == [request.method for request in server.received] == METHODS


@pytest.mark.parametrize(
    ("variant", "argument", "create"),
    [
        ("async", "transport", AiohttpTransport),
        ("async", "http_client", HttpxAiohttpClient),
        ("async", "transport", HttpxTransport),
        ("sync", "transport", SyncHttpxTransport),
    ],
    indirect=["variant"],
    ids=["httpx-aiohttp transport", "httpx-aiohttp client", "pyreqwest async", "pyreqwest sync"],
)
class TestAdapters:
    def test_every_kind_of_request(self, open_calls, server, argument, create):
        passed = create()
        calls = open_calls(**{argument: passed})
        assert calls.all() == ALL
        close(calls, passed)

        assert [request.method for request in server.received] == METHODS
        assert b'"title":"Night"' in server.received[2].content
        assert len(server.received[3].content) > 50_000
        assert {request.headers["authorization"] for request in server.received} == {"OAuth own"}
        assert {request.headers.get("transfer-encoding") for request in server.received} == {None}

    def test_a_compressed_response(self, open_calls, server, argument, create):
        server.compressed = True
        passed = create()
        calls = open_calls(**{argument: passed})
        assert calls.read() == "ada"
        close(calls, passed)

    def test_a_timeout(self, open_calls, server, argument, create):
        server.released.clear()
        passed = create()
        calls = open_calls(**{argument: passed}, timeout=0.3)
        with pytest.raises(RequestTimeoutError):
            calls.read()
        close(calls, passed)

    def test_a_refused_connection(self, open_calls, server, argument, create):
        passed = create()
        calls = open_calls(**{argument: passed}, base_url="http://127.0.0.1:9")
        with pytest.raises(ConnectionFailedError):
            calls.read()
        close(calls, passed)
