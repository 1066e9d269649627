"""Connections of the sync client: the deadline holds through the lookup and every address, and slow addresses cost 250 ms."""

import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import pytest

from soundcloud import RequestTimeoutError, SoundCloudClient, Timeout
from soundcloud._deadline import Deadline
from soundcloud._protocol.http.messages import Request
from soundcloud._transport import sockets
from soundcloud._transport.base import ConnectError, ConnectTimeout
from soundcloud._transport.connect import connect
from tests.helpers.platforms import posix_only
from tests.helpers.servers import FixedServer, SocketServer, free_port

SLOW = 20.0  # far beyond the timeouts of these tests


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that answers no connection: its queue is full."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        queued = []
        for _ in range(3):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
            queued.append(waiting)
        yield listener.getsockname()[1]
        for waiting in queued:
            waiting.close()


def resolve_to(monkeypatch, *ports):
    """Let every name have these ports of 127.0.0.1 as its addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: found)


def connect_within(seconds, total=None):
    with Deadline(total, Request("GET", "http://a", "/")) as deadline:
        return connect("localhost", 1, None, seconds, deadline)


def test_the_next_address_is_tried_early(monkeypatch, silent_port):
    with FixedServer() as server:
        resolve_to(monkeypatch, silent_port, silent_port, server.port)
        started = monotonic()
        stream = connect_within(SLOW)
        assert 0.45 < monotonic() - started < SLOW / 2
        assert stream._socket.gettimeout() is None or stream._socket.getpeername()[1] == server.port
        stream.write(b"GET / HTTP/1.1\r\n\r\n", 5)
        assert stream.read(1000, 5).startswith(b"HTTP/1.1 200")
        stream.close()


def test_a_refused_address_is_followed_by_the_next_at_once(monkeypatch):
    with FixedServer() as server:
        resolve_to(monkeypatch, free_port(), free_port(), server.port)
        connect_within(SLOW).close()
    resolve_to(monkeypatch, free_port(), free_port())
    with pytest.raises(ConnectError, match="refused"):
        connect_within(SLOW)
    resolve_to(monkeypatch)
    with pytest.raises(ConnectError, match="no address"):
        connect_within(SLOW)


@pytest.mark.parametrize("count", [1, 3])
def test_the_timeout_holds_for_all_addresses_together(monkeypatch, silent_port, count):
    resolve_to(monkeypatch, *[silent_port] * count)
    started = monotonic()
    with pytest.raises(ConnectTimeout):
        connect_within(0.4)
    with pytest.raises(ConnectTimeout):
        connect_within(SLOW, total=0.4)
    assert monotonic() - started < SLOW / 2


def test_the_total_timeout_holds_during_the_lookup(monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: release.wait(SLOW) and [])
    started = monotonic()
    with SoundCloudClient(access_token="own", base_url="http://localhost:1", timeout=Timeout(total=0.3)) as client:
        with pytest.raises(RequestTimeoutError):
            client.users.get_user(1)
    assert monotonic() - started < SLOW / 2
    release.set()


def test_a_lookup_that_fails_in_its_thread(monkeypatch):
    def fail(*arguments, **options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    for total in (None, 10):
        with pytest.raises(ConnectError, match="not known"):
            connect_within(5, total)


def test_an_ip_address_needs_no_thread(monkeypatch):
    monkeypatch.setattr(threading, "Thread", None)
    with Deadline(5, Request("GET", "http://a", "/")) as deadline:
        with pytest.raises(ConnectError):
            connect("127.0.0.1", free_port(), None, 5, deadline)


def test_the_timeout_holds_during_the_tls_handshake():
    import ssl

    def stall(connection):
        connection.recv(100_000)
        connection.recv(1)

    with SocketServer(stall) as server:
        with Deadline(0.3, Request("GET", "http://a", "/")) as deadline:
            started = monotonic()
            with pytest.raises(ConnectTimeout):
                connect("127.0.0.1", server.port, ssl.create_default_context(), SLOW, deadline)
    assert monotonic() - started < SLOW / 2


def test_nothing_is_connected_after_the_deadline(monkeypatch):
    monkeypatch.setattr(sockets, "monotonic", lambda: 100.0)

    assert sockets._remaining(100.5) == 0.5
    for passed in (100.0, 99.5):
        with pytest.raises(TimeoutError):
            sockets._remaining(passed)


@pytest.mark.skipif(not hasattr(select, "poll"), reason="Windows has no poll")
def test_readiness_is_polled_without_select(monkeypatch):
    monkeypatch.setattr(select, "select", None)  # it refuses descriptors from 1024
    ours, theirs = socket.socketpair()
    with ours, theirs:
        poll = sockets.ReadinessPoll(ours.fileno())
        assert not poll.is_readable()
        theirs.sendall(b"x")
        assert poll.is_readable()


WITHOUT_STDIN = """
import os, socket
from soundcloud._transport.sockets import SocketStream

os.close(0)
ours, theirs = socket.socketpair()
assert ours.fileno() == 0
print(SocketStream(ours).is_readable())
"""


@posix_only
def test_a_program_without_standard_input_keeps_its_connections():
    # Its first socket has the descriptor 0.
    program = [sys.executable, "-c", WITHOUT_STDIN]

    assert subprocess.run(program, capture_output=True, text=True, check=True).stdout == "False\n"
