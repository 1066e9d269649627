"""The connection pool over real sockets: reuse, limits, closed connections, event loops and forks."""

import asyncio
import os
import socket
import subprocess
import sys
import threading

import anyio
import httpx
import pytest

from soundcloud import (
    AsyncSoundCloudClient,
    ConnectionFailedError,
    InvalidInputError,
    Limits,
    RequestTimeoutError,
    SoundCloudClient,
    Timeout,
)
from soundcloud._protocol.http.urls import encode_url
from soundcloud._transport._sync.pool import ConnectionPool
from soundcloud._transport.compat import patched_library
from soundcloud._transport.tls import TlsSettings
from tests.helpers.servers import USER, FixedServer, free_port
from tests.helpers.waiting import wait_until


def client_of(server, **settings):
    return SoundCloudClient(access_token="own", base_url=server.url, **settings)


def async_client_of(server, **settings):
    return AsyncSoundCloudClient(access_token="own", base_url=server.url, **settings)


def test_a_connection_is_reused():
    with FixedServer() as server, client_of(server) as client:
        for number in range(5):
            client.users.get_user(number + 1)

        assert server.connections == 1
    assert len(server.requests) == 5


def test_the_bytes_of_a_request():
    with FixedServer() as server, client_of(server, user_agent="my-program/1") as client:
        client.users.get_user(1)

    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET /users/soundcloud:users:1 HTTP/1.1"
    assert sorted(lines[1:-2]) == [
        "Accept-Encoding: gzip",
        "Accept: application/json; charset=utf-8",
        "Authorization: OAuth own",
        f"Host: {server.url.removeprefix('http://')}",
        "User-Agent: my-program/1",
    ]


def test_a_connection_closed_by_the_server_is_replaced():
    with FixedServer(responses_per_connection=1) as server, client_of(server) as client:
        for number in range(4):
            client.users.get_user(number + 1)

    assert server.connections == 4


def test_max_connections_and_the_pool_timeout():
    hold = threading.Event()
    with FixedServer(hold=hold) as server:
        limits, timeout = Limits(max_connections=2), Timeout(pool=0.05)
        with client_of(server, limits=limits, timeout=timeout) as client:
            threads = [threading.Thread(target=client.users.get_user, args=(number,)) for number in (1, 2)]
            for thread in threads:
                thread.start()
            wait_until(lambda: len(server.requests) == 2)
            with pytest.raises(RequestTimeoutError, match="no connection was free in time") as caught:
                client.users.get_user(3)
            hold.set()
            for thread in threads:
                thread.join()
            client.users.get_user(4)

    assert server.connections == 2
    assert "limits=" in str(caught.value)
    assert caught.value.sent is False


def test_tasks_wait_for_a_free_connection():
    async def main(server):
        async with async_client_of(server, limits=Limits(max_connections=3)) as client:
            users = await asyncio.gather(*[client.users.get_user(number + 1) for number in range(30)])
        return {user.urn for user in users}

    with FixedServer() as server:
        assert asyncio.run(main(server)) == {"soundcloud:users:1"}
    assert server.connections <= 3
    assert len(server.requests) == 30


LOOPS = """
import asyncio, sys
from soundcloud import AsyncSoundCloudClient
client = AsyncSoundCloudClient(access_token="own", base_url=sys.argv[1])
async def call(number, last=False):
    print((await client.users.get_user(number)).urn)
    if last:
        await client.aclose()
for number in (1, 2, 3):
    asyncio.run(call(number, number == 3))
"""


def test_a_client_works_with_several_event_loops():
    with FixedServer() as server:
        # In a subprocess: event loops that end with open connections emit a ResourceWarning.
        done = subprocess.run([sys.executable, "-c", LOOPS, server.url], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["soundcloud:users:1"] * 3
    assert server.connections == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="os.fork is not available")
def test_a_forked_process_opens_its_own_connections():
    with FixedServer() as server, client_of(server) as client:
        client.users.get_user(1)
        child = os.fork()
        if child == 0:
            try:
                client.users.get_user(2)
                os._exit(0)
            except BaseException:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        client.users.get_user(3)

        assert status == 0
        assert server.connections == 2


def test_a_refused_connection():
    url = f"http://127.0.0.1:{free_port()}"
    with SoundCloudClient(access_token="own", base_url=url) as client:
        with pytest.raises(ConnectionFailedError, match="no response \\(ConnectError\\)") as caught:
            client.likes.like_track(1)

    assert caught.value.sent is False


def test_a_refused_connection_async():
    url = f"http://127.0.0.1:{free_port()}"

    async def main():
        async with AsyncSoundCloudClient(access_token="own", base_url=url) as client:
            await client.likes.like_track(1)

    with pytest.raises(ConnectionFailedError) as caught:
        asyncio.run(main())
    assert caught.value.sent is False


def test_closing_a_client_closes_its_connections():
    with FixedServer() as server:
        client = client_of(server)
        client.users.get_user(1)
        connections = next(iter(client._pipeline.sender._transports._pools.values()))
        assert len(connections._state.get().idle) == 1
        client.close()
        assert len(connections._state.get().idle) == 0


def pool_of(client):
    (pool,) = client._pipeline.sender._transports._pools.values()
    return pool


def test_a_connection_in_use_is_closed_after_the_client():
    hold = threading.Event()
    with FixedServer(hold=hold) as server:
        client = client_of(server)
        thread = threading.Thread(target=client.users.get_user, args=(1,))
        thread.start()
        wait_until(lambda: server.requests)
        client.close()
        hold.set()
        thread.join()

        assert len(pool_of(client)._state.get().idle) == 0
        assert server.wait_until_closed()


def test_an_expired_connection_is_closed_when_another_becomes_idle(monkeypatch):
    hold, now = threading.Event(), 1000.0
    monkeypatch.setattr("soundcloud._transport._sync.pool.monotonic", lambda: now)
    with FixedServer(hold=hold) as server, client_of(server, limits=Limits(keepalive_seconds=5)) as client:
        threads = [threading.Thread(target=client.users.get_user, args=(number,)) for number in (1, 2)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(server.requests) == 2)
        hold.set()
        for thread in threads:
            thread.join()
        idle = pool_of(client)._state.get().idle
        oldest, newest = (stream for stream, _ in idle)
        now += 4
        client.users.get_user(3)
        assert [stream for stream, _ in idle] == [oldest, newest]
        now += 2
        client.users.get_user(4)

        assert [stream for stream, _ in idle] == [newest]


@pytest.mark.parametrize(
    ("origin", "port"),
    [("http://a.example", 80), ("https://a.example", 443), ("http://a.example:81", 81), ("https://a.example:444", 444)],
)
def test_the_port_of_an_origin(origin, port):
    pool = ConnectionPool(origin, Limits(), TlsSettings(True))

    assert pool._port == port


def test_a_mock_of_httpx_sees_every_request(monkeypatch):
    seen = []

    def answer(self, request):
        seen.append(str(request.url))
        return httpx.Response(200, content=USER)

    assert patched_library() is None
    with SoundCloudClient(access_token="own") as client:
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answer)
        assert patched_library() == "httpx"
        assert client.users.get_user(1).urn == "soundcloud:users:1"

    assert seen == ["https://api.soundcloud.com/users/soundcloud:users:1"]


@pytest.mark.parametrize("cls", [SoundCloudClient, AsyncSoundCloudClient])
@pytest.mark.parametrize("engine", ["aiohttp", "auto", "httpx"])
def test_the_removed_engine_argument_is_refused(cls, engine):
    with pytest.raises(InvalidInputError, match="was removed: leave it out, or pass transport= or http_client="):
        cls(engine=engine)


@pytest.mark.parametrize(
    ("proxy", "transport"), [("", "AsyncConnectionPool"), ("http://127.0.0.1:9", "AsyncHttpxTransport")]
)
def test_a_proxy_is_left_to_httpx(monkeypatch, proxy, transport):
    for name in ("https_proxy", "all_proxy", "no_proxy", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    async def main():
        async with AsyncSoundCloudClient(access_token="own") as client:
            pipeline = client._pipeline
            return type(pipeline.sender._transports.select(pipeline.base_url)).__name__

    assert asyncio.run(main()) == transport


def test_a_bug_of_ours_is_not_reported_as_a_network_error(monkeypatch):
    def broken(*arguments):
        raise ValueError("a bug")

    with FixedServer() as server, client_of(server) as client:
        monkeypatch.setattr("soundcloud._transport._sync.pool.encode_head", broken)
        with pytest.raises(ValueError, match="a bug"):
            client.users.get_user(1)


FIRST_CALL = """
import sys
from soundcloud import SoundCloudClient
with SoundCloudClient(access_token="own", base_url=sys.argv[1]) as client:
    client.users.get_user(1)
print(sorted({"httpx", "httpcore", "anyio", "asyncio"} & set(sys.modules)))
"""


def test_the_sync_client_imports_no_async_library():
    with FixedServer() as server:
        done = subprocess.run(
            [sys.executable, "-c", FIRST_CALL, server.url], capture_output=True, text=True, check=True
        )

    assert done.stdout.strip() == "[]"


def test_a_copy_of_the_client_shares_requests_in_flight():
    hold = threading.Event()
    with FixedServer(hold=hold) as server, client_of(server) as client:
        copy = client.with_options(user_agent="copy")
        threads = [threading.Thread(target=each.users.get_user, args=(1,)) for each in (client, copy)]
        for thread in threads:
            thread.start()
        in_flight = client._pipeline.state.in_flight_calls.get()
        wait_until(lambda: server.requests and any(call._event for call in in_flight._calls.values()))
        hold.set()
        for thread in threads:
            thread.join()

        assert len(server.requests) == 1


THREADS = """
import asyncio, sys, threading
from soundcloud import AsyncSoundCloudClient
client = AsyncSoundCloudClient(access_token="own", base_url=sys.argv[1])
async def calls():
    return [(await client.users.get_user(1)).urn for _ in range(20)]
results = []
def work():
    results.append(len(asyncio.run(calls())))
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(30)
print(*results)
"""


def test_one_async_client_serves_threads_with_loops_of_their_own():
    with FixedServer() as server:
        done = subprocess.run([sys.executable, "-c", THREADS, server.url], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["20"] * 6


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_while_the_same_request_is_in_flight():
    hold = threading.Event()
    with FixedServer(hold=hold) as server, client_of(server) as client:
        thread = threading.Thread(target=client.users.get_user, args=(1,))
        thread.start()
        while not server.requests:
            pass
        child = os.fork()
        if child == 0:
            try:
                copy = client.with_options(timeout=Timeout(total=10))
                copy.users.get_user(1)
                os._exit(0)
            except BaseException:
                os._exit(1)
        while len(server.requests) < 2:
            pass
        hold.set()
        _, status = os.waitpid(child, 0)
        thread.join()

    assert status == 0


def test_the_fragment_of_a_url_is_not_sent():
    assert encode_url("https://api/tracks?q=%23a#b?c#d") == "https://api/tracks?q=%23a"
    assert encode_url("https://api/#\u00e9") == "https://api/"


@pytest.mark.parametrize("url", ["https://api/\ud800", "https://api/a b", "https://api/\r\nX:y", "https://api/\x7f"])
def test_a_url_that_cannot_be_sent(url):
    with pytest.raises(InvalidInputError, match="which cannot be sent"):
        encode_url(url)


class EventServer(FixedServer):
    """Acts on a connection between two requests, and reports it through an event."""

    def __init__(self, extra: bytes) -> None:
        super().__init__()
        self.extra, self.acted = extra, threading.Event()

    def respond(self, connection, received):
        super().respond(connection, received)
        if len(self.requests) > 1:
            return True
        if self.extra:
            connection.sendall(self.extra)
        else:
            connection.shutdown(socket.SHUT_RDWR)
        self.acted.set()
        return bool(self.extra)


@pytest.mark.parametrize("kind", ["asyncio", "uvloop", "trio"])
@pytest.mark.parametrize(
    "extra",
    [b"", b"HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"],
)
def test_a_busy_event_loop_reuses_no_stale_connection(kind, extra):
    async def main(server):
        async with async_client_of(server, max_retries=0) as client:
            await client.users.get_user(1)
            assert server.acted.wait(10)  # the event loop is busy and reads nothing
            await client.likes.like_track(1)
            return (await client.users.get_user(2)).urn

    options = {"use_uvloop": True} if kind == "uvloop" else {}
    with EventServer(extra) as server:
        urn = anyio.run(main, server, backend="trio" if kind == "trio" else "asyncio", backend_options=options)

    assert urn == "soundcloud:users:1"
    assert len(server.requests) == 3


MANY_LOOPS = """
import asyncio, sys
from soundcloud import AsyncSoundCloudClient
client = AsyncSoundCloudClient(access_token="own", base_url=sys.argv[1])
for number in range(5):
    asyncio.run(client.users.get_user(number + 1))
(pool,) = client._pipeline.sender._transports._pools.values()
print(len(pool._state.all()))
"""


def test_closed_event_loops_are_forgotten():
    with FixedServer() as server:
        done = subprocess.run(
            [sys.executable, "-c", MANY_LOOPS, server.url], capture_output=True, text=True, check=True
        )

    assert done.stdout.strip() == "1"
