"""A server that acts on idle connections at random moments, for example when the client is about to send a request.

The server closes the connection, resets it, closes its side only, or sends a response without a request. No client can notice
bytes that arrive after it has begun to send. So a call may be affected only if it began before they were sent.
"""

import random
import select
import socket
import threading
import time
from collections import Counter
from itertools import count

import anyio
import pytest

from soundcloud import AsyncSoundCloudClient, ConnectionFailedError, Retry, SoundCloudClient, StatusError
from tests.helpers.load import FULL, report
from tests.helpers.servers import JSON, RESET, SocketServer, http_response, read_head

CALLS = 10_000 if FULL else 240
PAUSE = 0.004  # the longest time until the server acts, and between two calls, in seconds
ACTIONS = ("close", "reset", "half-close", "408", "second response", "no response")
UNREQUESTED = "unrequested"

pytestmark = pytest.mark.usefixtures("retrying")


def user_response(name: str) -> bytes:
    return http_response(200, b'{"urn":"soundcloud:users:1","username":"%s"}' % name.encode(), JSON)


UNASKED = {"408": http_response(408), "second response": user_response(UNREQUESTED), "half-close": b""}


class RacingServer(SocketServer):
    """Responds with the path as the name of the user, and acts on a connection after a third of all responses.

    Attributes:
        writes: How often each path of a POST was received.
        late: The paths that were received after an action on their connection, and when that action had ended.
        actions: How often the server acted.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(self.serve_racing)
        self.writes: Counter[str] = Counter()
        self.late: dict[str, float] = {}
        self.actions: Counter[str] = Counter()
        self._random, self._lock = random.Random(seed), threading.Lock()

    def serve_racing(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        acted_at: float | None = None
        while received := read_head(connection):
            method, path, _ = received.decode().split(" ", 2)
            with self._lock:
                action = self._random.choice(ACTIONS) if self._random.random() < 1 / 3 else ""
                delay = self._random.uniform(0, PAUSE)
                if method == "POST":
                    self.writes[path] += 1
                if acted_at is not None:
                    self.late[path] = acted_at
                    return  # the response would be read as that of the next request
            if action == "no response":
                self.actions[action] += 1
                return
            connection.sendall(user_response(path))
            if action and not select.select([connection], [], [], delay)[0]:
                self.actions[action] += 1
                if action == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                if action in {"close", "reset"}:
                    return
                connection.sendall(UNASKED[action])
                if action != "second response":
                    connection.shutdown(socket.SHUT_WR)
                acted_at = time.monotonic()


class CallRecord:
    """The calls of a test: when each began, and what became of it."""

    def __init__(self, server: RacingServer) -> None:
        self.server = server
        self.numbers = count(1)
        self.started_at: dict[str, float] = {}
        self.names: dict[str, str] = {}
        self.written: list[str] = []
        self.failed: dict[str, str] = {}

    def start(self) -> int:
        """Return the number of the next call, or 0 at the end. Every third call is a write."""
        number = next(self.numbers)
        if number > CALLS:
            return 0
        self.started_at[self.path(number)] = time.monotonic()
        return number

    @staticmethod
    def path(number: int) -> str:
        return f"/likes/tracks/soundcloud:tracks:{number}" if number % 3 == 0 else f"/users/soundcloud:users:{number}"

    def fail(self, number: int, error: Exception) -> None:
        """Record a write that failed. A read that fails fails the test."""
        if number % 3:
            raise error
        status = error.status if isinstance(error, StatusError) else None
        assert status == 408 or type(error) is ConnectionFailedError, repr(error)
        self.failed[self.path(number)] = "408" if status else "no response"

    def check(self, name: str) -> None:
        """Check the calls against what the server has received."""
        server = self.server
        affected = {path for path, name in self.names.items() if name == UNREQUESTED}
        affected |= {path for path, outcome in self.failed.items() if outcome == "408"}
        for path in affected:
            assert path in server.late, f"{path} got a response that was there before"
        for path, acted_at in server.late.items():
            assert self.started_at[path] <= acted_at, f"{path} was sent on a connection with unread bytes"
        assert {path: name for path, name in self.names.items() if path not in affected and name != path} == {}
        assert set(server.writes.values()) == {1}, "a write was sent twice"
        assert [path for path in self.written if not server.writes[path]] == []
        assert len(self.names) + len(self.written) + len(self.failed) == CALLS
        report(
            f"keep-alive race, {name}: {CALLS} calls, {sum(server.actions.values())} actions of the server, "
            f"{len(self.failed)} writes failed, none was repeated; {len(server.late)} requests crossed an action"
        )


def settings_of(server: RacingServer) -> dict[str, object]:
    retry = Retry(max_retries=8, base_delay=0.0005, max_delay=0.001)
    return {"access_token": "own", "base_url": server.url, "retry": retry, "dedupe": False}


def call_one_by_one(server: RacingServer, record: CallRecord) -> None:
    pauses = random.Random(2)
    with SoundCloudClient(**settings_of(server)) as client:
        while number := record.start():
            try:
                if number % 3:
                    record.names[record.path(number)] = client.users.get_user(number).username
                else:
                    client.likes.like_track(number)
                    record.written.append(record.path(number))
            except (ConnectionFailedError, StatusError) as error:
                record.fail(number, error)
            time.sleep(pauses.uniform(0, PAUSE))


async def call_in_tasks(server: RacingServer, record: CallRecord, tasks: int) -> None:
    """Call from tasks; each blocks the event loop between its calls, if it is the only one."""
    pauses = random.Random(2)
    async with AsyncSoundCloudClient(**settings_of(server)) as client:

        async def work() -> None:
            while number := record.start():
                try:
                    if number % 3:
                        record.names[record.path(number)] = (await client.users.get_user(number)).username
                    else:
                        await client.likes.like_track(number)
                        record.written.append(record.path(number))
                except (ConnectionFailedError, StatusError) as error:
                    record.fail(number, error)
                pause = pauses.uniform(0, PAUSE)
                if tasks == 1 or number % 20 == 0:
                    time.sleep(pause)  # a busy event loop reads nothing
                else:
                    await anyio.sleep(pause)

        async with anyio.create_task_group() as group:
            for _ in range(tasks):
                group.start_soon(work)


@pytest.mark.parametrize(
    ("kind", "tasks"), [("sync", 1), *((kind, tasks) for kind in ("asyncio", "uvloop", "trio") for tasks in (1, 10))]
)
def test_idle_connections_that_the_server_acts_on(kind, tasks):
    with RacingServer(seed=tasks) as server:
        record = CallRecord(server)
        if kind == "sync":
            call_one_by_one(server, record)
        else:
            options = {"use_uvloop": True} if kind == "uvloop" else {}
            backend = "trio" if kind == "trio" else "asyncio"
            anyio.run(call_in_tasks, server, record, tasks, backend=backend, backend_options=options)
        assert server.wait_until_closed()
    record.check(f"{kind}, {tasks} at a time")
    assert set(server.actions) == set(ACTIONS)
