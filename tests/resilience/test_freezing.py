"""Processes that are stopped and continued, as serverless platforms do between two events: their next calls work.

While a process is stopped, the server closes its idle connections, or sends bytes without a request.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient, Token, TokenStoreError
from soundcloud._protocol import token_lifecycle
from soundcloud.stores import FileTokenStore
from tests.helpers.load import FULL, report
from tests.helpers.servers import JSON, RESET, USER, SocketServer, http_response, read_head
from tests.helpers.waiting import TIMEOUT, wait_until

FREEZES = 25 if FULL else 1

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system does not stop processes")

UNREQUESTED = http_response(200, b'{"urn":"soundcloud:users:1","username":"unrequested"}', JSON)
ACTIONS = {
    "nothing": None,
    "close": b"",
    "408": http_response(408),
    "response": UNREQUESTED,
    "garbage": b"\0garbage",
    "reset": "reset",
}

START = """
import json, sys
from soundcloud import AsyncSoundCloudClient, SoundCloudClient, SoundCloudError
settings = {"access_token": "own", "base_url": sys.argv[1], "max_retries": 0, "dedupe": False}
def say(value):
    print(json.dumps(value), flush=True)
"""
PROGRAMS = {
    "sync": START
    + """
from concurrent.futures import ThreadPoolExecutor
with SoundCloudClient(**settings) as client, ThreadPoolExecutor(3) as threads:
    while True:
        say([user.username for user in threads.map(client.users.get_user, [1, 2, 3])])
        if not sys.stdin.readline():
            break
        client.likes.like_track(1)
""",
    # The event loop waits, so that it learns of all that happened as soon as the process goes on.
    "asyncio": START
    + """
import anyio
async def main():
    async with AsyncSoundCloudClient(**settings) as client:
        while True:
            names = []
            async def call(number):
                names.append((await client.users.get_user(number)).username)
            async with anyio.create_task_group() as group:
                for number in (1, 2, 3):
                    group.start_soon(call, number)
            say(names)
            if not await anyio.to_thread.run_sync(sys.stdin.readline):
                break
            await client.likes.like_track(1)
anyio.run(main, backend=BACKEND)
""",
    # The event loop stands still between two events.
    "lambda": START
    + """
import asyncio
client = AsyncSoundCloudClient(**settings)
loop = asyncio.new_event_loop()
async def handle(first):
    if not first:
        await client.likes.like_track(1)
    return [user.username for user in await asyncio.gather(*[client.users.get_user(number) for number in (1, 2, 3)])]
say(loop.run_until_complete(handle(True)))
while sys.stdin.readline():
    say(loop.run_until_complete(handle(False)))
loop.run_until_complete(client.aclose())
loop.close()
""",
    # Each event has an event loop of its own.
    "lambda, asyncio.run": START
    + """
import asyncio, warnings
warnings.simplefilter("ignore")  # each event loop leaves its connections
client = AsyncSoundCloudClient(**settings)
async def handle(first):
    if not first:
        await client.likes.like_track(1)
    return [user.username for user in await asyncio.gather(*[client.users.get_user(number) for number in (1, 2, 3)])]
say(asyncio.run(handle(True)))
while sys.stdin.readline():
    say(asyncio.run(handle(False)))
""",
}
PROGRAMS["trio"] = PROGRAMS["asyncio"].replace("BACKEND", "'trio'")
PROGRAMS["asyncio"] = PROGRAMS["asyncio"].replace("BACKEND", "'asyncio'")


class IdleServer(SocketServer):
    """Responds with a user, and can act on all connections that are open.

    Attributes:
        writes: How many POSTs were received.
    """

    def __init__(self) -> None:
        super().__init__(self.serve_idle)
        self.writes = 0
        self._idle: list[socket.socket] = []

    def serve_idle(self, connection: socket.socket) -> None:
        # Else unrequested bytes may be sent only after the next request (RFC 896, Nagle's algorithm).
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._idle.append(connection)
        while received := read_head(connection):
            self.writes += received.startswith(b"POST")
            connection.sendall(http_response(200, USER, JSON))

    def act(self, action: bytes | str | None) -> int:
        """Send bytes on all open connections and close them for writing, or reset them; return their number."""
        if action is None:
            return len(self._idle)
        idle, self._idle = self._idle, []
        for connection in idle:
            with suppress(OSError):  # the client has closed it
                if action == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    connection.shutdown(socket.SHUT_RD)  # ends the thread, which closes the connection
                    wait_until(lambda closing=connection: closing.fileno() < 0)
                else:
                    connection.sendall(action)
                    if action != UNREQUESTED:
                        connection.shutdown(socket.SHUT_WR)
        return len(idle)


class Program:
    """A process that writes a line of JSON, and goes on when it gets a line."""

    def __init__(self, code: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def read(self):
        line = self.process.stdout.readline()
        assert line, f"the process ended with {self.process.wait(TIMEOUT)}"
        return json.loads(line)

    def go_on(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    @contextmanager
    def frozen(self):
        """Stop the process during the block."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        if error[0] is not None:
            self.process.kill()
        self.process.stdout.close()
        assert self.process.wait(TIMEOUT) == 0 or error[0] is not None


@pytest.mark.parametrize("program", PROGRAMS)
def test_calls_after_a_freeze(program):
    with IdleServer() as server:
        with Program(PROGRAMS[program], server.url) as process:
            assert process.read() == ["ada"] * 3
            for _ in range(FREEZES):
                for action in ACTIONS.values():
                    with process.frozen():
                        assert server.act(action) >= (0 if program == "lambda, asyncio.run" else 1)
                    process.go_on()
                    assert process.read() == ["ada"] * 3
        assert server.wait_until_closed()
        assert server.writes == FREEZES * len(ACTIONS)
    report(f"freeze, {program}: {server.writes} freezes with {', '.join(ACTIONS)}; all calls after them worked")


REFRESHING = (
    START
    + """
from soundcloud.stores import FileTokenStore
settings |= {"auth_url": sys.argv[1], "client_id": "id", "client_secret": "secret", "access_token": None}
with SoundCloudClient(**settings, token_store=FileTokenStore(sys.argv[2])) as client:
    say(client.users.get_user(1).username)
"""
)


class TokenServer(SocketServer):
    """Holds the responses of the token endpoint until an event is set; responds with a user to every other request.

    Attributes:
        refreshes: The refresh tokens that were used.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refreshing, self.may_answer = threading.Event(), threading.Event()
        self.refreshes: list[bytes] = []

    def respond(self, connection, received):
        if received.startswith(b"POST /oauth/token"):
            self.refreshes.append(received)
            self.refreshing.set()
            assert self.may_answer.wait(TIMEOUT)
            token = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 3600}
            connection.sendall(http_response(200, json.dumps(token).encode(), JSON))
        else:
            connection.sendall(http_response(200, USER, JSON))
        return True


def call(kind, settings):
    """Get a user with a new client; return the name."""
    if kind == "sync":
        with SoundCloudClient(**settings) as client:
            return client.users.get_user(1).username

    async def main():
        async with AsyncSoundCloudClient(**settings) as client:
            return (await client.users.get_user(1)).username

    return anyio.run(main, backend=kind)


@pytest.mark.parametrize("kind", ["sync", "asyncio", "trio"])
def test_a_process_frozen_while_it_refreshes_a_token(kind, tmp_path, monkeypatch):
    """Other processes name it in an error, and do not hang; when it goes on, all use the token that it obtained."""
    monkeypatch.setattr(token_lifecycle, "LOCK_WAIT_SECONDS", 0.3)
    path = tmp_path / "tokens.json"
    FileTokenStore(path).set(Token("access-1", "refresh-1", datetime.now(UTC) - timedelta(minutes=1), grant="user"))
    with TokenServer() as server, Program(REFRESHING, server.url, str(path)) as process:
        assert server.refreshing.wait(TIMEOUT)
        settings = {"client_id": "id", "client_secret": "secret", "token_store": path}
        settings |= {"base_url": server.url, "auth_url": server.url}
        with process.frozen():
            server.may_answer.set()
            with pytest.raises(TokenStoreError, match=f"locked by process {process.process.pid} for") as caught:
                call(kind, settings)
        assert "look for a process that hangs" in str(caught.value)
        assert process.read() == "ada"
        assert call(kind, settings) == "ada"
        assert len(server.refreshes) == 1
    assert FileTokenStore(path).get().access_token == "access-2"
