"""Connections with TLS, by every way that a request can take: used again, refused where they cannot be trusted, ended in time."""

import asyncio
import json
import ssl
import threading

import anyio
import pytest
import trustme

from soundcloud import AsyncSoundCloudClient, ConnectionFailedError, RequestTimeoutError, SoundCloudClient, Timeout
from tests.helpers.plain_server import serving

WAYS = ["sync", "asyncio", "uvloop", "trio"]


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """The authority is one that this machine trusts."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def context_of(authority, host="localhost"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(host).configure_cert(context)
    return context


def users(way, url, numbers, pause=0, **settings):
    """Ask for users, one after the other."""
    settings = {"access_token": "own", "base_url": url, "max_retries": 0, **settings}
    if way == "sync":
        with SoundCloudClient(**settings) as client:
            return [client.users.get_user(number) for number in numbers]

    async def inside():
        async with AsyncSoundCloudClient(**settings) as client:
            found = []
            for number in numbers:
                found.append(await client.users.get_user(number))
                await anyio.sleep(pause)
            return found

    options = {"use_uvloop": True} if way == "uvloop" else {}
    return anyio.run(inside, backend="trio" if way == "trio" else "asyncio", backend_options=options)


@pytest.mark.parametrize("way", WAYS)
def test_one_connection_serves_one_call_after_the_other(way, authority, trusted):
    with serving(tls=context_of(authority)) as server:
        found = users(way, server.url, range(1, 6))

    assert {user.urn for user in found} == {"soundcloud:users:1"}
    assert server.connections == 1
    assert server.protocols == ["http/1.1"]
    assert len(server.requests) == 5
    assert f"Host: localhost:{server.port}".encode() in server.requests[0]


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_that_the_server_closed_is_replaced(way, authority, trusted):
    with serving(tls=context_of(authority), answers_of_each=1) as server:
        assert len(users(way, server.url, range(1, 4))) == 3

    assert server.connections == 3


@pytest.mark.parametrize("way", WAYS)
def test_a_long_reply_comes_whole(way, authority, trusted):
    content = json.dumps({"urn": "soundcloud:users:1", "description": "far out " * 500_000}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content)
    with serving(tls=context_of(authority), answer=head + content) as server:
        first, second = users(way, server.url, (1, 2))

    assert first == second
    assert len(first.description) == 4_000_000


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_that_nobody_vouches_for(way, authority):
    with serving(tls=context_of(authority)) as server:
        with pytest.raises(ConnectionFailedError, match="certificate verify failed") as caught:
            users(way, server.url, (1,))

    assert caught.value.sent is False
    assert server.requests == []


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_of_somebody_else(way, authority, trusted):
    with serving(tls=context_of(authority, "api.example.org")) as server:
        with pytest.raises(ConnectionFailedError, match="certificate verify failed: Hostname mismatch") as caught:
            users(way, server.url, (1,))

    assert caught.value.sent is False
    assert server.requests == []


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_speaks_no_tls(way, trusted):
    class Plain:
        def wrap_socket(self, connection, server_side):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            raise OSError

    with serving(tls=Plain()) as server:
        with pytest.raises(ConnectionFailedError) as caught:
            users(way, server.url, (1,))

    assert caught.value.sent is False


@pytest.mark.parametrize("way", WAYS)
def test_a_handshake_that_does_not_end(way, trusted):
    hold = threading.Event()

    class Silent:
        def wrap_socket(self, connection, server_side):
            hold.wait(10)
            raise OSError

    with serving(tls=Silent()) as server:
        with pytest.raises(RequestTimeoutError) as caught:
            users(way, server.url, (1,), timeout=Timeout(connect=0.2))
        hold.set()

    assert caught.value.sent is False


def test_many_at_once(authority, trusted):
    async def main(url):
        async with AsyncSoundCloudClient(access_token="own", base_url=url) as client:
            return await asyncio.gather(*[client.users.get_user(number + 1) for number in range(100)])

    with serving(tls=context_of(authority)) as server:
        assert len(asyncio.run(main(server.url))) == 100
    assert 1 <= server.connections <= 100
