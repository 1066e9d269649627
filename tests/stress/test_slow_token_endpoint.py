"""A token endpoint that sends its response byte by byte, while a second process waits for the lock of the shared store.

The token request has one deadline for the whole exchange. It is shorter than the lifetime of the lock, so two processes never use
a refresh token at the same time. By default all times are a tenth of the real ones.
"""

import json
import select
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from soundcloud import Token
from soundcloud._async.steps import send
from soundcloud.stores import FileTokenStore, RedisTokenStore
from soundcloud.stores.redis_keys import LOCK_SECONDS
from tests.helpers.load import FULL, report
from tests.helpers.servers import JSON, USER, SocketServer, http_response
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.slow

SCALE = 1.0 if FULL else 0.1
PARTS = 12
TIMES = {
    "token_seconds": send.TOKEN_TOTAL_SECONDS * SCALE,
    "lock_seconds": LOCK_SECONDS * SCALE,
}
EXPIRED = Token("access-1", "refresh-1", datetime.now(UTC) - timedelta(minutes=1), grant="user")

# Waits for a line, calls once, and prints the outcome and the seconds until then and until the client was closed.
PROGRAM = """
import asyncio, json, sys, time
from soundcloud import AsyncSoundCloudClient, SoundCloudClient, SoundCloudError, Timeout
from soundcloud.stores import AsyncRedisTokenStore, FileTokenStore, RedisTokenStore
import soundcloud._async.steps.send, soundcloud._sync.steps.send
kind, store, url, place, total, times = json.loads(sys.argv[1])
for module in (soundcloud._async.steps.send, soundcloud._sync.steps.send):
    module.TOKEN_TOTAL_SECONDS = times["token_seconds"]
if store == "file":
    store = FileTokenStore(place)
else:
    cls = RedisTokenStore if kind == "sync" else AsyncRedisTokenStore
    store = cls.from_url(place, lock_seconds=times["lock_seconds"])
settings = {"client_id": "id", "client_secret": "secret", "base_url": url, "auth_url": url, "token_store": store}
if total is not None:
    settings["timeout"] = Timeout(total=total)
print("ready", flush=True)
sys.stdin.readline()
started_at = time.monotonic()
async def main():
    try:
        async with AsyncSoundCloudClient(**settings) as client:
            try:
                outcome = (await client.users.get_user(1)).username
            except SoundCloudError as error:
                outcome = type(error).__name__
            returned_at = time.monotonic()
    finally:
        if hasattr(store, "aclose"):
            await store.aclose()
    return outcome, returned_at
if kind == "async":
    outcome, returned_at = asyncio.run(main())
else:
    with SoundCloudClient(**settings) as client:
        try:
            outcome = client.users.get_user(1).username
        except SoundCloudError as error:
            outcome = type(error).__name__
        returned_at = time.monotonic()
print(json.dumps([outcome, returned_at - started_at, time.monotonic() - started_at]))
"""


class DrippingServer(SocketServer):
    """Sends the response to the first token request in parts, and the others at once.

    Args:
        pause: Seconds before each part.

    Attributes:
        used: The refresh tokens whose responses were sent completely.
        reused: Those that were used again afterwards.
        most_at_once: The maximum number of token requests in flight whose clients have not given up.
    """

    def __init__(self, pause: float) -> None:
        super().__init__()
        self.pause, self.requests = pause, 0
        self.used: list[str] = []
        self.reused: list[str] = []
        self.most_at_once, self._in_flight = 0, []
        self._lock = threading.Lock()

    def respond(self, connection, received):
        if not received.startswith(b"POST /oauth/token"):
            connection.sendall(http_response(200, USER, JSON))
            return True
        (refresh_token,) = parse_qs(received.decode().partition("\r\n\r\n")[2])["refresh_token"]
        with self._lock:
            self._in_flight.append(connection)
            # A connection is readable if its client has closed it, which its thread may not have noticed yet.
            given_up = select.select(self._in_flight, [], [], 0)[0]
            self.most_at_once = max(self.most_at_once, len(self._in_flight) - len(given_up))
            self.requests += 1
            pause = self.pause if self.requests == 1 else 0.0
        try:
            return self.send_tokens(connection, refresh_token, pause)
        finally:
            with self._lock:
                self._in_flight.remove(connection)

    def send_tokens(self, connection, refresh_token, pause):
        if refresh_token in self.used:
            self.reused.append(refresh_token)
            connection.sendall(http_response(400, b'{"error":"invalid_grant"}', JSON))
            return True
        pair = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 3600}
        response = http_response(200, json.dumps(pair).encode(), JSON)
        size = -(-len(response) // PARTS)
        for start in range(0, len(response), size):
            if pause and select.select([connection], [], [], pause)[0]:
                return False  # the client has given up
            connection.sendall(response[start : start + size])
        self.used.append(refresh_token)
        return True


def run_two(server, kind, store, place, total):
    """Let a process call, and a second one when the first has sent its token request; return what both print."""
    with ExitStack() as stack:
        processes = []
        for seconds in (total, None):
            command = [sys.executable, "-c", PROGRAM, json.dumps([kind, store, server.url, place, seconds, TIMES])]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            processes.append(stack.enter_context(process))
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
            wait_until(lambda: server.requests)
        outputs = [process.communicate()[0] for process in processes]
    return [json.loads(output) for output in outputs]


@pytest.fixture(params=["file", "redis"])
def shared(request, tmp_path):
    """A store with an expired token: its name, where it is, and the store."""
    if request.param == "file":
        store = FileTokenStore(tmp_path / "tokens.json")
        store.set(EXPIRED)
        yield "file", str(store.path), store
    else:
        url = request.getfixturevalue("redis_server").url
        store = RedisTokenStore.from_url(url)
        store.set(EXPIRED)
        yield "redis", url, store
        store.clear()
        store.close()


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_response_within_the_deadline(kind, shared):
    """The first caller has its own deadline: it gets its error in time, and the refresh goes on."""
    name, place, store = shared
    total, drips = 2.0 * SCALE, 14.0 * SCALE
    with DrippingServer(drips / PARTS) as server:
        (first, returned, closed), (second, waited, _) = run_two(server, kind, name, place, total)

    assert (first, second) == ("RequestTimeoutError", "ada")
    assert returned < drips <= closed
    assert store.get().access_token == "access-2"
    assert (server.requests, server.used, server.reused) == (1, ["refresh-1"], [])
    report(
        f"slow token endpoint, {kind}, {name}: a refresh of {drips:.1f} s; Timeout(total={total:g}) ended the call after "
        f"{returned:.2f} s; the second process had its response after {waited:.1f} s; 1 refresh"
    )


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_response_beyond_the_deadline(kind, shared):
    """The first process gives up before its lock expires, and the second one refreshes the token."""
    name, place, store = shared
    drips = 36.0 * SCALE
    with DrippingServer(drips / PARTS) as server:
        (first, returned, _), (second, waited, _) = run_two(server, kind, name, place, None)

    assert (first, second) == ("RequestTimeoutError", "ada")
    assert TIMES["token_seconds"] * 0.9 < returned < drips
    assert store.get().access_token == "access-2"
    assert (server.requests, server.most_at_once) == (2, 1)
    assert (server.used, server.reused) == (["refresh-1"], [])
    report(
        f"slow token endpoint, {kind}, {name}: {drips:.1f} s for a response; the first process gave up after {returned:.1f} s, "
        f"the second one had its response after {waited:.1f} s; 1 refresh, never two at once"
    )
