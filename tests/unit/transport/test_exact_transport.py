"""Limits and defaults of the transport, at their exact values."""

import asyncio
import socket
import ssl
from collections import deque
from functools import partial
from time import monotonic

import pytest

from soundcloud import InvalidInputError
from soundcloud._deadline import Deadline
from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.http.multipart import CHUNK
from soundcloud._protocol.http.response_body import ResponseBody
from soundcloud._transport import asyncio_stream, base, files, sockets
from soundcloud._transport._sync import pool as pools
from soundcloud._transport.asyncio_stream import READ_AHEAD, AsyncioStream
from soundcloud._transport.errors import map_transport_error
from soundcloud._transport.proxies import check_proxy, proxy_for
from soundcloud._transport.tls import TlsSettings
from soundcloud.errors import ConnectionFailedError, RequestTimeoutError
from soundcloud.options import Limits, Timeout


class Connection:
    """An idle connection without traffic."""

    def __init__(self, readable=False):
        self.readable, self.closed = readable, False

    def is_readable(self):
        return self.readable

    def close(self):
        self.closed = True


def pool_of(**limits):
    return pools.ConnectionPool("http://127.0.0.1:1", Limits(**limits), TlsSettings(True))


@pytest.mark.parametrize(
    ("now", "readable", "found"), [(109, False, True), (109, True, False), (110, False, False), (111, False, False)]
)
def test_an_idle_connection_expires_at_its_second(monkeypatch, now, readable, found):
    pool, idle, connection = pool_of(), deque(), Connection(readable)
    idle.append((connection, 110.0))
    monkeypatch.setattr(pools, "monotonic", lambda: float(now))

    assert (pool._pop(idle) is connection) is found
    assert connection.closed is not found
    assert not idle


def test_the_connection_that_was_used_last_is_taken_first():
    pool, idle = pool_of(), deque()
    one, two, dead = Connection(), Connection(), Connection(readable=True)
    for connection in (one, two, dead):
        idle.append((connection, monotonic() + 100))

    assert pool._pop(idle) is two
    assert (one.closed, two.closed, dead.closed) == (False, False, True)


@pytest.mark.parametrize(
    ("idle_count", "most", "expires_at", "readable", "kept"),
    [
        (1, 2, 101, False, True),
        (1, 2, 100, False, False),
        (1, 2, 101, True, False),
        (2, 2, 101, False, False),
        (1, 1, 101, False, False),
        (0, 1, 101, False, True),
    ],
)
def test_the_oldest_idle_connection_makes_room(monkeypatch, idle_count, most, expires_at, readable, kept):
    monkeypatch.setattr(pools, "monotonic", lambda: 100.0)
    pool, new = pool_of(max_keepalive=most, keepalive_seconds=7), Connection()
    old = [Connection(readable) for _ in range(idle_count)]
    idle = deque((connection, float(expires_at)) for connection in old)
    pool._push(idle, new)

    assert idle[-1] == (new, 107.0)
    assert [connection.closed for connection in old] == ([] if not old else [not kept] + [False] * (idle_count - 1))
    assert len(idle) == idle_count + (1 if kept else 0)


@pytest.mark.parametrize("text", [None, "", "reset"])
def test_the_message_of_a_broken_connection(text):
    request = Request("GET", "https://api.example/a?b", "/a")
    error = map_transport_error(base.ReadError(*([] if text is None else [text])), request)

    assert type(error) is ConnectionFailedError
    assert error.message == ("no response (ReadError)" + (": reset" if text else ""))
    assert (error.method, error.path, error.sent) == ("GET", "/a", True)


def test_a_message_of_300_characters():
    request = Request("GET", "https://api.example/a", "/a")

    assert map_transport_error(base.ReadError("x" * 301), request).message == "no response (ReadError): " + "x" * 300


@pytest.mark.parametrize(
    ("error", "sent", "cls"),
    [
        (base.TransportError(), True, ConnectionFailedError),
        (base.PoolTimeout(), False, RequestTimeoutError),
        (base.ConnectTimeout(), False, RequestTimeoutError),
        (base.ReadTimeout(), True, RequestTimeoutError),
        (base.WriteTimeout(), True, RequestTimeoutError),
        (base.ConnectError(), False, ConnectionFailedError),
        (base.ProxyError(), False, ConnectionFailedError),
        (base.ReadError(), True, ConnectionFailedError),
        (base.WriteError(), True, ConnectionFailedError),
        (base.ProtocolError(), True, ConnectionFailedError),
    ],
    ids=lambda value: type(value).__name__,
)
def test_which_errors_mean_that_nothing_was_sent(error, sent, cls):
    found = map_transport_error(error, Request("GET", "https://api.example/a", "/a"))

    assert (type(found), found.sent, error.sent) == (cls, sent, sent)


def proxied(error):
    error.proxied = True
    return error


@pytest.mark.parametrize(
    ("error", "method", "hint"),
    [
        (base.ConnectError("refused"), "GET", "check the network and the base_url"),
        (base.ConnectError("refused"), "POST", "check the network and the base_url"),
        (base.ReadError("reset"), "GET", "check the network and the base_url"),
        (base.ReadError("reset"), "POST", "it is unknown whether the change took effect: check before you repeat it"),
        (base.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), "GET", "the certificate is not trusted"),
        (base.ProxyError("407"), "GET", "the proxy refused the connection: check its URL, user and password"),
        (proxied(base.ConnectError("refused")), "GET", "check the network, and the proxy in proxy= or"),
        (proxied(base.ReadError("reset")), "DELETE", "it is unknown whether the change took effect"),
        (
            base.ReadTimeout(),
            "PUT",
            "it is unknown whether the change took effect: check before you repeat it, or pass",
        ),
        (base.ReadTimeout(), "GET", "try again, or pass the client a larger timeout="),
        (base.ConnectTimeout(), "PUT", "try again, or pass the client a larger timeout="),
    ],
)
def test_the_hint_names_what_to_check(error, method, hint):
    assert map_transport_error(error, Request(method, "https://api.example/a", "/a")).hint.startswith(hint)


class Transport:
    """A transport of asyncio that notes what is asked of it."""

    def __init__(self):
        self.calls = []

    def get_extra_info(self, name):
        assert name == "socket"

    def pause_reading(self):
        self.calls.append("pause")

    def resume_reading(self):
        self.calls.append("resume")


@pytest.mark.parametrize(
    ("sizes", "calls"),
    [
        ([READ_AHEAD], []),
        ([READ_AHEAD + 1], ["pause", "resume"]),
        ([READ_AHEAD, 1], ["pause", "resume"]),
        ([READ_AHEAD, 1, 1], ["pause", "resume"]),
        ([READ_AHEAD - 1, 1], []),
    ],
)
def test_reading_pauses_above_the_limit(sizes, calls):
    async def run():
        stream, transport = AsyncioStream(), Transport()
        stream.connection_made(transport)
        for size in sizes:
            stream.data_received(b"x" * size)
        assert stream.is_readable()
        data = await stream.read(1, 1)
        stream.data_received(b"y")
        return data, await stream.read(1, 1), transport.calls

    assert asyncio.run(run()) == (b"x" * sum(sizes), b"y", calls)


def test_the_state_of_a_new_stream():
    async def run():
        stream = AsyncioStream()
        stream.connection_made(Transport())
        begun = stream._ended, stream._buffer_full, stream._unread_bytes
        stream.pause_writing()
        full = stream._buffer_full
        stream.resume_writing()
        drained = stream._buffer_full
        stream.eof_received()
        return begun, full, drained, stream.is_readable(), await stream.read(1, 1)

    assert asyncio.run(run()) == ((False, False, 0), True, False, True, b"")


def test_a_lost_connection_is_an_error_and_a_closed_one_is_an_end():
    async def run(error):
        stream = AsyncioStream()
        stream.connection_made(Transport())
        stream.connection_lost(error)
        return await stream.read(1, 1)

    assert asyncio.run(run(None)) == b""
    with pytest.raises(base.ReadError, match="broken"):
        asyncio.run(run(OSError("broken")))


def test_a_reading_task_is_woken_once():
    async def run():
        stream = AsyncioStream()
        stream.connection_made(Transport())
        reading = asyncio.ensure_future(stream.read(1, 60))
        await asyncio.sleep(0)
        stream.data_received(b"a")
        stream.data_received(b"b")
        return await reading

    assert asyncio.run(run()) == b"ab"


def test_the_next_address_is_tried_after_250_ms():
    assert asyncio_stream.HAPPY_EYEBALLS_DELAY == sockets.HAPPY_EYEBALLS_DELAY == 0.25


def address(family, name):
    return family, socket.SOCK_STREAM, 6, "", (name, 443)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["6a", "6b", "4a"], ["6a", "4a", "6b"]),
        (["4a", "6a", "6b", "6c"], ["4a", "6a", "6b", "6c"]),
        (["6a", "4a", "4b"], ["6a", "4a", "4b"]),
        (["4a", "4b"], ["4a", "4b"]),
        (["6a"], ["6a"]),
    ],
)
def test_addresses_alternate_between_the_families(monkeypatch, found, expected):
    families = {"4": socket.AF_INET, "6": socket.AF_INET6}
    addresses = [address(families[name[0]], name) for name in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)

    assert [each[4][0] for each in sockets._resolve("host", 443, monotonic() + 60, in_thread=False)] == expected


def test_a_host_without_an_address(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])

    with pytest.raises(OSError, match="the host has no address"):
        sockets._resolve("host", 443, monotonic() + 60, in_thread=False)


@pytest.mark.parametrize(("ends_at", "left"), [(101.0, 1.0), (100.0, None), (99.0, None)])
def test_the_time_that_remains(monkeypatch, ends_at, left):
    monkeypatch.setattr(sockets, "monotonic", lambda: 100.0)
    if left is None:
        with pytest.raises(TimeoutError, match="timed out"):
            sockets._remaining(ends_at)
    else:
        assert sockets._remaining(ends_at) == left


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("::1", True), ("localhost", False), ("1.2.3", False)]
)
def test_ip_addresses(host, expected):
    assert sockets._is_ip_address(host) is expected


def test_a_file_is_read_in_more_chunks_each_time(tmp_path):
    path = tmp_path / "sound.wav"
    path.write_bytes(b"x" * (CHUNK * 9 + 1))
    file, size = files.open_file(path)
    with file:
        chunks = files.AsyncThreadedIterator(iter(partial(file.read, CHUNK), b""), True)
        read = [[len(chunk) for chunk in chunks._next_chunks()] for _ in range(5)]

    assert size == CHUNK * 9 + 1
    assert read == [[CHUNK], [CHUNK] * 2, [CHUNK] * 4, [CHUNK, CHUNK, 1], []]


@pytest.mark.parametrize(
    ("proxy", "valid"),
    [
        ("http://a:1", True),
        ("https://a", True),
        ("socks5://a", True),
        ("socks5h://a", True),
        ("socks4://a", False),
        ("ftp://a", False),
        ("http://", False),
        ("a:1", False),
        ("", False),
        (None, False),
        ("http://[", False),
    ],
)
def test_the_url_of_a_proxy(proxy, valid):
    if valid:
        assert check_proxy(proxy) == proxy
    else:
        with pytest.raises(InvalidInputError, match="proxy= is not the URL of a proxy"):
            check_proxy(proxy)


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"https_proxy": "proxy.example:1"}, "http://proxy.example:1"),
        ({"https_proxy": "https://proxy.example:1"}, "https://proxy.example:1"),
        ({"all_proxy": "proxy.example:2"}, "http://proxy.example:2"),
        ({"https_proxy": "proxy.example:1", "no_proxy": "api.soundcloud.com"}, None),
        ({"http_proxy": "proxy.example:1"}, None),
    ],
)
def test_the_proxy_of_the_environment(monkeypatch, environment, proxy):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert proxy_for("https://api.soundcloud.com") == proxy
    assert proxy_for("https://127.0.0.1:1") is None


def test_tls_without_verification():
    context = TlsSettings(False).context()

    assert (context.check_hostname, context.verify_mode) == (False, ssl.CERT_NONE)
    assert TlsSettings(True).context().verify_mode == ssl.CERT_REQUIRED


def test_the_certificates_are_loaded_once_and_for_https_only(monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    default, own = TlsSettings(True), TlsSettings(False)
    loaded = default.is_loaded
    context = default.context()

    assert (loaded, default.is_loaded) == (False, True)
    assert default.context() is context
    assert own.for_httpx("http://a.example") is True
    assert own.for_httpx("https://a.example") is own.context()
    assert default.for_httpx("https://a.example") is True
    for wrong in (5, None, "/nowhere/at/all"):
        with pytest.raises(InvalidInputError, match="verify="):
            TlsSettings(wrong)


def test_the_certificates_of_the_environment_are_named_in_an_error(monkeypatch, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))

    with pytest.raises(InvalidInputError, match="the certificates of SSL_CERT_FILE="):
        TlsSettings(True).context()
    with pytest.raises(InvalidInputError, match="the certificates of verify="):
        TlsSettings(str(empty)).context()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Stream(Connection):
    """A connection that gives what it was told to; an exception among it is raised."""

    def __init__(self, *parts):
        super().__init__()
        self.parts, self.written = list(parts), b""

    def write(self, data, seconds):
        self.written += bytes(data)
        if self.parts and isinstance(self.parts[0], base.WriteError):
            raise self.parts.pop(0)

    def read(self, max_bytes, seconds):
        part = self.parts.pop(0)
        if isinstance(part, Exception):
            raise part
        return part


def sent(monkeypatch, *, idle=None, new=None, method="GET", content=None, url="http://127.0.0.1:1/a?b", **limits):
    """Send a request over idle and new connections; return the pool, the status and the body."""
    pool, waiting = pool_of(**limits), list(new or [])
    for stream in idle or []:
        pool._state.get().idle.append((stream, monotonic() + 100))
    monkeypatch.setattr(pools, "connect", lambda *_: waiting.pop(0))
    request, body = base.PreparedRequest(method, url, [(b"Host", b"a")], content), ResponseBody(100)
    with Deadline(None, Request(method, url, "/a")) as deadline:
        status, _ = pool.send(request, body, Timeout(), deadline)
    return pool, status, body.content()


@pytest.mark.parametrize(
    "stale", [base.ReadError("reset"), base.WriteError("reset"), b""], ids=["read", "write", "end"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_reading_request_is_sent_again_over_a_new_connection(monkeypatch, stale, method):
    old, new = Stream(stale, b""), Stream(OK.removesuffix(b"ok") if method == "HEAD" else OK)
    pool, status, _ = sent(monkeypatch, idle=[old], new=[new], method=method)

    assert (status, old.closed, new.closed) == (200, True, False)
    assert new.written.startswith(method.encode() + b" /a?b HTTP/1.1\r\n")
    assert [stream for stream, _ in pool._state.get().idle] == [new]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        (lambda: {"idle": [Stream(base.ReadError("reset"))], "method": "POST"}, base.ReadError),
        (lambda: {"idle": [Stream(b"")], "method": "DELETE"}, base.ProtocolError),
        (
            lambda: {"idle": [Stream(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", base.ReadError("reset"))]},
            base.ReadError,
        ),
        (lambda: {"idle": [Stream(base.ReadTimeout("late"))]}, base.ReadTimeout),
        (lambda: {"new": [Stream(base.ReadError("reset"))]}, base.ReadError),
        (lambda: {"new": [Stream(b"")]}, base.ProtocolError),
        (lambda: {"new": [Stream(b"nonsense\r\n\r\n")]}, base.ProtocolError),
    ],
    ids=["post", "delete", "head was read", "timeout", "new", "new without a response", "new with nonsense"],
)
def test_any_other_request_is_not_sent_again(monkeypatch, settings, error):
    given = settings()
    streams = [*given.get("idle", []), *given.get("new", [])]
    with pytest.raises(error):
        sent(monkeypatch, **given)

    assert [stream.closed for stream in streams] == [True] * len(streams)


@pytest.mark.parametrize(
    ("parts", "limits", "kept"),
    [
        ([OK], {}, True),
        ([OK], {"max_keepalive": 0}, False),
        ([OK + b"more"], {}, False),
        ([OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n", 1)], {}, False),
        ([base.WriteError("early"), OK], {}, False),
    ],
    ids=["kept", "no keep-alive", "bytes after the response", "closed by the server", "half sent"],
)
def test_which_connections_are_kept(monkeypatch, parts, limits, kept):
    stream = Stream(*parts)
    pool, status, content = sent(monkeypatch, new=[stream], **limits)

    assert (status, content, stream.closed) == (200, b"ok", not kept)
    assert len(pool._state.get().idle) == int(kept)


@pytest.mark.parametrize(
    ("url", "content", "written"),
    [
        ("http://127.0.0.1:1", None, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("http://127.0.0.1:1?b", None, b"GET /?b HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("http://127.0.0.1:1/a", b"", b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("http://127.0.0.1:1/a", b"xy", b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nxy"),
        ("http://127.0.0.1:1/a", [b"x", b"y"], b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nxy"),
    ],
)
def test_what_is_written(monkeypatch, url, content, written):
    stream = Stream(OK)
    sent(monkeypatch, new=[stream], url=url, content=content)

    assert stream.written == written


@pytest.mark.parametrize(
    ("origin", "port", "tls"),
    [("http://a", 80, False), ("https://a", 443, True), ("http://a:8080", 8080, False), ("https://a:8443", 8443, True)],
)
def test_the_port_and_tls_of_an_origin(origin, port, tls):
    pool = pools.ConnectionPool(origin, Limits(), TlsSettings(True))

    assert (pool._port, pool._tls is not None) == (port, tls)


def test_a_closed_pool_keeps_no_connection(monkeypatch):
    idle = Stream(OK)
    pool, _, _ = sent(monkeypatch, new=[idle])
    pool.close()
    again = Stream(OK)
    monkeypatch.setattr(pools, "connect", lambda *_: again)
    request = base.PreparedRequest("GET", "http://127.0.0.1:1/", [], None)
    with Deadline(None, Request("GET", "http://127.0.0.1:1/", "/")) as deadline:
        pool.send(request, ResponseBody(100), Timeout(), deadline)

    assert (idle.closed, again.closed, len(pool._state.get().idle)) == (True, True, 0)
