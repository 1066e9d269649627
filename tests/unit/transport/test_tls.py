"""TLS with every client and backend: connection reuse, certificate checks and timeouts."""

import asyncio
import json
import ssl
import threading

import anyio
import pytest
import trustme

from soundcloud import AsyncSoundCloudClient, ConnectionFailedError, RequestTimeoutError, SoundCloudClient, Timeout
from soundcloud._transport import tls
from tests.helpers.servers import FixedServer, http_response

BACKENDS = ["sync", "asyncio", "uvloop", "trio"]


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """Trust the test authority through SSL_CERT_FILE."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def context_of(authority, host="localhost"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(host).configure_cert(context)
    return context


def users(backend, url, numbers, **settings):
    """Fetch users one after the other with a client of this backend."""
    settings = {"access_token": "own", "base_url": url, "max_retries": 0, **settings}
    if backend == "sync":
        with SoundCloudClient(**settings) as client:
            return [client.users.get_user(number) for number in numbers]

    async def inside():
        async with AsyncSoundCloudClient(**settings) as client:
            found = []
            for number in numbers:
                found.append(await client.users.get_user(number))
            return found

    options = {"use_uvloop": True} if backend == "uvloop" else {}
    return anyio.run(inside, backend="trio" if backend == "trio" else "asyncio", backend_options=options)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_connection_is_reused(backend, authority, trusted):
    with FixedServer(tls=context_of(authority)) as server:
        found = users(backend, server.url, range(1, 6))

    assert {user.urn for user in found} == {"soundcloud:users:1"}
    assert server.connections == 1
    assert server.protocols == ["http/1.1"]
    assert len(server.requests) == 5
    assert f"Host: localhost:{server.port}".encode() in server.requests[0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_connection_closed_by_the_server_is_replaced(backend, authority, trusted):
    with FixedServer(tls=context_of(authority), responses_per_connection=1) as server:
        assert len(users(backend, server.url, range(1, 4))) == 3

    assert server.connections == 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_large_response_is_complete(backend, authority, trusted):
    content = json.dumps({"urn": "soundcloud:users:1", "description": "far out " * 500_000}).encode()
    with FixedServer(http_response(200, content), tls=context_of(authority)) as server:
        first, second = users(backend, server.url, (1, 2))

    assert first == second
    assert len(first.description) == 4_000_000


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_untrusted_certificate_is_refused(backend, authority):
    with FixedServer(tls=context_of(authority)) as server:
        with pytest.raises(ConnectionFailedError, match="certificate verify failed") as caught:
            users(backend, server.url, (1,))

    assert caught.value.sent is False
    assert server.requests == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_certificate_for_another_host_is_refused(backend, authority, trusted):
    with FixedServer(tls=context_of(authority, "api.example.org")) as server:
        with pytest.raises(ConnectionFailedError, match="certificate verify failed: Hostname mismatch") as caught:
            users(backend, server.url, (1,))

    assert caught.value.sent is False
    assert server.requests == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_server_without_tls(backend, trusted):
    class Plain:
        def wrap_socket(self, connection, server_side):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            raise OSError

    with FixedServer(tls=Plain()) as server:
        with pytest.raises(ConnectionFailedError) as caught:
            users(backend, server.url, (1,))

    assert caught.value.sent is False


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_tls_handshake_times_out(backend, trusted):
    hold = threading.Event()

    class Silent:
        def wrap_socket(self, connection, server_side):
            hold.wait(10)
            raise OSError

    with FixedServer(tls=Silent()) as server:
        with pytest.raises(RequestTimeoutError) as caught:
            users(backend, server.url, (1,), timeout=Timeout(connect=0.2))
        hold.set()

    assert caught.value.sent is False


def test_one_hundred_concurrent_requests(authority, trusted):
    async def main(url):
        async with AsyncSoundCloudClient(access_token="own", base_url=url) as client:
            return await asyncio.gather(*[client.users.get_user(number + 1) for number in range(100)])

    with FixedServer(tls=context_of(authority)) as server:
        assert len(asyncio.run(main(server.url))) == 100
    assert 1 <= server.connections <= 100


def test_the_certificates_are_loaded_in_a_thread(authority, trusted, monkeypatch):
    threads = []

    def create_context(verify):
        threads.append(threading.current_thread())
        return original(verify)

    original = tls._create_context
    monkeypatch.setattr(tls, "_create_context", create_context)
    with FixedServer(tls=context_of(authority)) as server:
        for backend in BACKENDS:
            users(backend, server.url, [1, 2])

    assert threads[0] is threading.main_thread()
    assert len(threads) == len(BACKENDS)
    assert threading.main_thread() not in threads[1:]
