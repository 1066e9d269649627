"""A server that counts requests, and calls that are made with both variants of the client.

These tests run in environments of their own, see `run.py`.
"""

import asyncio
import gzip
import inspect
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import attrs
import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient

USER = {"urn": "soundcloud:users:1", "username": "ada"}
TRACK = {"urn": "soundcloud:tracks:1", "title": "Night"}
TOKEN = {"access_token": "new", "token_type": "Bearer", "expires_in": 3600, "scope": ""}
RESPONSES = {
    ("GET", "/users/soundcloud:users:1"): (200, USER),
    ("POST", "/likes/tracks/soundcloud:tracks:1"): (200, {}),
    ("POST", "/tracks"): (201, TRACK),
    ("PUT", "/tracks/soundcloud:tracks:1"): (200, TRACK),
    ("POST", "/oauth/token"): (200, TOKEN),
}
"""The status and the JSON of each response."""


@attrs.frozen
class Received:
    """A request that the server has received; the names of the headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    content: bytes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _respond(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        content = self.rfile.read(int(headers.get("content-length", "0")))
        self.server.received.append(Received(self.command, self.path, headers, content))
        self.server.released.wait(20)
        status, value = RESPONSES.get((self.command, self.path.partition("?")[0]), (404, {}))
        body = json.dumps(value).encode()
        self.send_response(status)
        if self.server.compressed:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "seen=yes")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _respond  # noqa: N815 - the names of http.server

    def log_message(self, *arguments):
        pass


class Calls:
    """Makes the same calls with either variant of the client."""

    def __init__(self, variant, url, **settings):
        self.is_async = variant == "async"
        self._cls = AsyncSoundCloudClient if self.is_async else SoundCloudClient
        self._runner = asyncio.Runner()
        self._runner.get_loop()  # while sockets can still be opened
        self._settings = {"base_url": url, "auth_url": url, "max_retries": 0, **settings}
        self._client = None

    @property
    def client(self):
        if self._client is None:
            tokens = {} if "client_id" in self._settings else {"access_token": "own"}
            self._client = self._cls(**tokens, **self._settings)
        return self._client

    def run(self, value):
        """Return a value, or wait for it in the event loop."""

        async def wait():
            return await value

        return self._runner.run(wait()) if inspect.isawaitable(value) else value

    def read(self):
        return self.run(self.client.users.get_user(1)).username

    def like(self):
        self.run(self.client.likes.like_track(1))

    def upload(self):
        return self.run(self.client.tracks.upload(b"sound" * 10_000, title="Night", filename="a.mp3")).title

    def update(self):
        return self.run(self.client.tracks.update(1, title="Night")).title

    def all(self):
        """Make a reading call, one without a body, one with JSON and one with a form."""
        self.like()
        return self.read(), self.update(), self.upload()

    def close(self):
        if self._client is not None:
            self.run(self._client.aclose() if self.is_async else self._client.close())
        self._runner.close()


ALL = ("ada", "Night", "Night")
"""What `Calls.all` returns."""


@pytest.fixture
def server():
    """A server on the loopback interface, with the requests that it received."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.url = f"http://127.0.0.1:{server.server_port}"
        server.received, server.released, server.compressed = [], threading.Event(), False
        server.released.set()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.fixture(params=["sync", "async"])
def variant(request):
    return request.param


@pytest.fixture
def open_calls(variant, server):
    """A function that returns `Calls` to the server, with settings of the client."""
    opened = []

    def open_calls(**settings):
        opened.append(Calls(variant, server.url, **settings))
        return opened[-1]

    yield open_calls
    for calls in opened:
        calls.close()


@pytest.fixture(params=["created after", "created before", "used before"])
def calls(request, open_calls, server):
    """Calls of a client that is created after the tool patched httpx, before it, or has an open connection."""
    calls = open_calls()
    if request.param != "created after":
        assert calls.client
    if request.param == "used before":
        assert calls.read() == "ada"
        server.received.clear()
    return calls
