"""The connection pool over real sockets: reuse, limits, closed connections, event loops and forks."""

import asyncio
import os
import subprocess
import sys
import threading

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
from soundcloud._transport._sync.sender import httpx_is_patched
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


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_tasks_wait_for_a_free_connection(engine):
    async def main(server):
        settings = {"limits": Limits(max_connections=3), "engine": engine}
        async with async_client_of(server, **settings) as client:
            users = await asyncio.gather(*[client.users.get_user(number + 1) for number in range(30)])
        return {user.urn for user in users}

    with FixedServer() as server:
        assert asyncio.run(main(server)) == {"soundcloud:users:1"}
    assert server.connections <= 3
    assert len(server.requests) == 30


LOOPS = """
import asyncio, sys
from soundcloud import AsyncSoundCloudClient
client = AsyncSoundCloudClient(access_token="own", base_url=sys.argv[1], engine=sys.argv[2])
async def call(number, last=False):
    print((await client.users.get_user(number)).urn)
    if last:
        await client.aclose()
for number in (1, 2, 3):
    asyncio.run(call(number, number == 3))
"""


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_a_client_works_with_several_event_loops(engine):
    with FixedServer() as server:
        # In a subprocess: event loops that end with open connections emit a ResourceWarning.
        done = subprocess.run(
            [sys.executable, "-c", LOOPS, server.url, engine], capture_output=True, text=True, check=True
        )

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
        with pytest.raises(ConnectionFailedError, match="no reply \\(ConnectError\\)") as caught:
            client.likes.like_track(1)

    assert caught.value.sent is False


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_a_refused_connection_async(engine):
    url = f"http://127.0.0.1:{free_port()}"

    async def main():
        async with AsyncSoundCloudClient(access_token="own", base_url=url, engine=engine) as client:
            await client.likes.like_track(1)

    with pytest.raises(ConnectionFailedError) as caught:
        asyncio.run(main())
    assert caught.value.sent is False


def test_closing_a_client_closes_its_connections():
    with FixedServer() as server:
        client = client_of(server)
        client.users.get_user(1)
        connections = next(iter(client._pipeline.engine._connections.values()))
        assert len(connections._idle) == 1
        client.close()
        assert len(connections._idle) == 0


def test_a_mock_of_httpx_sees_every_request(monkeypatch):
    seen = []

    def answer(self, request):
        seen.append(str(request.url))
        return httpx.Response(200, content=USER)

    assert not httpx_is_patched()
    with SoundCloudClient(access_token="own") as client:
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answer)
        assert httpx_is_patched()
        assert client.users.get_user(1).urn == "soundcloud:users:1"

    assert seen == ["https://api.soundcloud.com/users/soundcloud:users:1"]


def test_engine_validation():
    with pytest.raises(InvalidInputError, match="for AsyncSoundCloudClient"):
        SoundCloudClient(engine="aiohttp")
    with pytest.raises(InvalidInputError, match="use httpx, aiohttp or auto"):
        SoundCloudClient(engine="curl")
    with pytest.raises(InvalidInputError, match="alone"):
        AsyncSoundCloudClient(engine="aiohttp", transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    SoundCloudClient(engine="auto").close()

    async def call(server, engine):
        async with async_client_of(server, engine=engine) as client:
            return (await client.users.get_user(1)).urn

    import trio

    with FixedServer() as server:
        assert trio.run(call, server, "auto") == "soundcloud:users:1"
        assert asyncio.run(call(server, "auto")) == "soundcloud:users:1"
        with pytest.raises(InvalidInputError, match="runs on asyncio only"):
            trio.run(call, server, "aiohttp")


@pytest.mark.parametrize(
    ("engine", "proxy", "sends"),
    [
        ("auto", "", "AsyncConnections"),
        ("auto", "http://127.0.0.1:9", "AiohttpEngine"),
        ("httpx", "http://127.0.0.1:9", "AsyncHttpxSender"),
        ("aiohttp", "", "AiohttpEngine"),
    ],
)
def test_which_sender_is_used(monkeypatch, engine, proxy, sends):
    for name in ("https_proxy", "all_proxy", "no_proxy", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    async def main():
        async with AsyncSoundCloudClient(access_token="own", engine=engine) as client:
            pipeline = client._pipeline
            return type(pipeline.engine._sender(pipeline.base_url).__self__).__name__

    assert asyncio.run(main()) == sends


def test_a_missing_engine_names_the_package_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.setattr("soundcloud._transport.aiohttp_engine.find_spec", lambda name: None)
    with pytest.raises(InvalidInputError, match=r"pip install 'soundcloud-sdk\[aiohttp\]'"):
        AsyncSoundCloudClient(engine="aiohttp")
    AsyncSoundCloudClient(engine="auto")
