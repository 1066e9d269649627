"""LoopbackReceiver, over real sockets."""

import errno
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soundcloud import loopback
from soundcloud.errors import InvalidGrantError, InvalidInputError, SignInError
from soundcloud.loopback import LoopbackReceiver

REGISTERED = "http://127.0.0.1:8765/callback"
STATE = "STATE-0123456789"
CODE = "CODE-0123456789"
QUERY = f"code={CODE}&state={STATE}"
FORM = "application/x-www-form-urlencoded"
SOON = 5.0


def open_resources():
    """Return the threads and the number of open files and sockets of this process."""
    descriptors = Path("/proc/self/fd")
    return set(threading.enumerate()), len([*descriptors.iterdir()]) if descriptors.exists() else 0


@pytest.fixture(autouse=True)
def no_leaks():
    threads, descriptors = open_resources()
    yield
    # Fewer are possible: a thread or socket of an earlier test may have ended.
    after = open_resources()
    assert after[0] <= threads
    assert after[1] <= descriptors


@contextmanager
def listening(redirect_uri=REGISTERED, state=STATE):
    with LoopbackReceiver(redirect_uri, state=state, port=0) as receiver:
        yield receiver


def connect(receiver):
    parts = urlsplit(receiver.redirect_uri)
    return closing(socket.create_connection((parts.hostname, parts.port), SOON))


def read_all(connection):
    """Read until the other side closes the connection."""
    received = bytearray()
    while chunk := connection.recv(65536):
        received += chunk
    return received.decode()


def request_bytes(receiver, method="GET", target=f"/callback?{QUERY}", body="", after=b"", **headers):
    """Return a request; header names are written with an underscore, None omits a header."""
    headers = {"Host": urlsplit(receiver.redirect_uri).netloc, **headers}
    if method == "POST":
        headers = {"Content_Type": FORM, "Content_Length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value is not None)
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n{body}".encode() + after


def ask(receiver, *arguments, **options):
    """Send a request and return the page, which must not depend on the end of the block."""
    with connect(receiver) as connection:
        connection.sendall(request_bytes(receiver, *arguments, **options))
        return read_all(connection)


class Browser:
    """Sends redirects, whose pages come at the end of the receiver's block."""

    def __init__(self, stack, receiver):
        self.stack, self.receiver, self.connections = stack, receiver, []

    def redirect(self, *arguments, **options):
        connection = self.stack.enter_context(connect(self.receiver))
        connection.sendall(request_bytes(self.receiver, *arguments, **options))
        connection.shutdown(socket.SHUT_WR)
        self.connections.append(connection)

    @property
    def page(self):
        return read_all(self.connections.pop())


@pytest.fixture
def browse():
    """Return a function that creates a browser for a receiver; its connections are closed at the end."""
    with ExitStack() as stack:
        yield lambda receiver: Browser(stack, receiver)


def status(page):
    return int(page.split(" ", 2)[1])


@pytest.mark.parametrize(
    "redirect",
    [
        {},
        {"target": f"/callback/?{QUERY}"},
        {"target": f"/callback?state={STATE}&code={CODE}&scope="},
        {"method": "POST", "target": "/callback", "body": QUERY},
        {"method": "POST", "target": "/callback/", "body": QUERY, "Content_Type": f"{FORM}; charset=utf-8"},
        {"method": "POST", "target": f"/callback?{QUERY}", "body": ""},
        {"method": "POST", "target": f"/callback?state={STATE}", "body": f"code={CODE}"},
        {"Cookie": "c=" + "x" * 30_000},
        {"after": b"\x00\xff pipelined garbage\r\n\r\n" * 100},
    ],
)
def test_the_code_is_received(browse, redirect):
    with listening() as receiver:
        browser = browse(receiver)
        browser.redirect(**redirect)

        assert receiver.wait(SOON) == CODE
        assert receiver.wait(0) == CODE
    page = browser.page

    assert status(page) == 200
    assert "You are signed in" in page
    assert "You can close this tab." in page
    assert CODE not in page
    assert receiver.wait(0) == CODE


def test_the_page_is_sent_at_the_end_of_the_block(browse):
    with listening() as receiver:
        browser = browse(receiver)
        browser.redirect()
        receiver.wait(SOON)
        browser.connections[0].settimeout(0.1)
        with pytest.raises(TimeoutError):
            browser.connections[0].recv(1)
        browser.connections[0].settimeout(SOON)
    assert "You are signed in" in browser.page


def test_the_page_reports_a_failed_exchange(browse):
    error = InvalidGrantError("HTTP 400: invalid_grant", hint="<b>")
    with pytest.raises(InvalidGrantError), listening() as receiver:
        browser = browse(receiver)
        browser.redirect()
        receiver.wait(SOON)
        raise error
    page = browser.page

    assert status(page) == 502
    assert "You are not signed in" in page
    assert "HTTP 400: invalid_grant." in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("error", [None, KeyError(CODE)])
def test_the_page_reports_a_program_that_ended_before_the_exchange(browse, error):
    with ExitStack() as stack:
        if error is not None:
            stack.enter_context(pytest.raises(KeyError))
        with listening() as receiver:
            browser = browse(receiver)
            browser.redirect()
            assert receiver._received.wait(SOON)
            if error is not None:
                raise error
    page = browser.page

    assert status(page) == 502
    assert "The program ended before the sign-in was complete." in page
    assert CODE not in page


def test_the_headers_of_a_page(browse):
    with listening() as receiver:
        browser = browse(receiver)
        browser.redirect()
        receiver.wait(SOON)
    head, _, body = browser.page.partition("\r\n\r\n")
    lines = head.split("\r\n")

    assert "Content-Type: text/html; charset=utf-8" in lines
    assert "Cache-Control: no-store" in lines
    assert "Referrer-Policy: no-referrer" in lines
    assert "Connection: close" in lines
    assert f"Content-Length: {len(body.encode())}" in lines
    assert any(
        line.startswith("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'") for line in lines
    )


@pytest.mark.parametrize("redirect_uri", ["http://localhost:1/", "http://localhost:1", "http://[::1]:1/callback/"])
def test_other_names_of_this_machine(browse, redirect_uri):
    if "::1" in redirect_uri and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with listening(redirect_uri) as receiver:
        path = urlsplit(redirect_uri).path.rstrip("/")
        browser = browse(receiver)
        browser.redirect(target=f"{path or '/'}?{QUERY}")

        assert receiver.wait(SOON) == CODE
        assert receiver.redirect_uri.startswith(redirect_uri.split(":1")[0])
    assert status(browser.page) == 200


def has_ipv6():
    try:
        with closing(socket.socket(socket.AF_INET6)) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_localhost_listens_on_both_addresses():
    with listening("http://localhost:1/callback") as receiver:
        port = urlsplit(receiver.redirect_uri).port
        for address in ["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1"]:
            with closing(socket.create_connection((address, port), SOON)) as connection:
                connection.sendall(f"HEAD /callback HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())

                assert status(read_all(connection)) == 200


def test_localhost_without_ipv6(browse, monkeypatch):
    class WithoutIPv6(socket.socket):
        def bind(self, address):
            if address[0] == "::1":
                raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
            super().bind(address)

    monkeypatch.setattr(loopback.socket, "socket", WithoutIPv6)
    with listening("http://localhost:1/callback") as receiver:
        browse(receiver).redirect()

        assert receiver.wait(SOON) == CODE


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (f"error=access_denied&state={STATE}", "the user denied access"),
        (f"error=invalid_request&state={STATE}", "code_challenge"),
        (f"error=odd&error_description=%3Cb%3E&state={STATE}", "<b>"),
        (f"state={STATE}", "the redirect has no code"),
        (f"{QUERY}&code=2", "more than one code"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_ends_the_wait(query, message, method):
    with listening() as receiver:
        target, body = (f"/callback?{query}", "") if method == "GET" else ("/callback", query)
        page = ask(receiver, method, target, body)
        with pytest.raises(SignInError, match=message):
            receiver.wait(SOON)
    assert status(page) == 400
    assert "You are not signed in" in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("stray", "expected"),
    [
        ({"target": "/favicon.ico"}, 404),
        ({"target": f"/other?{QUERY}"}, 404),
        ({"target": f"/callback//?{QUERY}"}, 404),
        ({"target": f"/Callback?{QUERY}"}, 404),
        ({"method": "HEAD"}, 200),
        ({"method": "HEAD", "target": "/"}, 404),
        ({"method": "PUT"}, 405),
        ({"method": "OPTIONS"}, 405),
        ({"Host": "evil.example"}, 400),
        ({"Host": "evil.example:80"}, 400),
        ({"Host": "127.0.0.1"}, 400),
        ({"Host": "127.0.0.1:1"}, 400),
        ({"Host": None}, 400),
        ({"target": f"http://127.0.0.1/callback?{QUERY}"}, 400),
        ({"method": "POST", "body": "x" * 20_000}, 413),
        ({"method": "POST", "body": QUERY, "Content_Length": "10000000000"}, 413),
        ({"method": "POST", "body": QUERY, "Content_Length": None}, 411),
        ({"method": "POST", "body": QUERY, "Content_Type": "text/plain"}, 415),
        ({"Cookie": "c=" + "x" * 70_000}, 431),
        ({"target": "/callback"}, 400),
        ({"target": f"/callback?code={CODE}"}, 400),
        ({"target": f"/callback?code={CODE}&state=another"}, 400),
        ({"target": f"/callback?{QUERY}&state=another"}, 400),
        ({"target": "/callback?error=access_denied"}, 400),
        ({"target": "/callback?error=access_denied&state=another"}, 400),
        ({"method": "POST", "target": "/callback", "body": f"code={CODE}&state=another"}, 400),
    ],
)
def test_other_requests_change_nothing(browse, stray, expected):
    with listening() as receiver:
        page = ask(receiver, **stray)
        browser = browse(receiver)
        browser.redirect()

        assert receiver.wait(SOON) == CODE
    head, _, body = page.partition("\r\n\r\n")
    assert status(page) == expected
    assert ("Allow: GET, HEAD, POST" in head) == (expected == 405)
    assert bool(body) == (stray.get("method") != "HEAD")
    assert status(browser.page) == 200


def test_port_80_may_be_omitted_from_the_host():
    receiver = LoopbackReceiver("http://localhost/callback", state=STATE)

    for host, expected in (("LocalHost", 200), ("localhost:80", 200), ("localhost:8080", 400)):
        headers = Message()
        headers["Host"] = host
        request = SimpleNamespace(command="HEAD", path="/callback", headers=headers)
        assert status(receiver._respond(request).decode()) == expected


def form_bytes(body=b"a=b", **headers):
    lines = {"Host": "h", "Content_Type": FORM, "Content_Length": str(len(body)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"POST /callback HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"\x16\x03\x01", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / HTTP/2\r\n\r\n", 400),
        (b"GET http://h/callback HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET /callback HTTP/1.1\r\nHost: h\r\nhost: h\r\n\r\n", 400),
        (b"GET /callback HTTP/1.1\r\nHost : h\r\n\r\n", 400),
        (b"GET /callback HTTP/1.1\r\nA: b\r\n Host: h\r\n\r\n", 400),
        (b"GET /callback HTTP/1.1\r\nA: b\r\n\r\nHost: h\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000, 414),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /callback HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (form_bytes(Content_Length=None), 411),
        (form_bytes(Transfer_Encoding="chunked"), 411),
        (form_bytes(Content_Length="-1"), 400),
        (form_bytes(Content_Length="\u00b2"), 400),
        (form_bytes(Content_Length="3\r\nContent-Length: 3"), 400),
        (form_bytes(Content_Length="16385"), 413),
        (form_bytes(Content_Length="9" * 5000), 413),
        (form_bytes(Content_Type="application/json"), 415),
        (form_bytes(Content_Type=None), 415),
        (form_bytes(QUERY.encode(), Content_Length="1000"), 400),
    ],
)
def test_a_malformed_request_is_refused(browse, sent, expected):
    with listening() as receiver:
        host = urlsplit(receiver.redirect_uri).netloc.encode()
        with connect(receiver) as connection:
            connection.sendall(sent.replace(b": h\r\n", b": " + host + b"\r\n"))
            connection.shutdown(socket.SHUT_WR)
            page = read_all(connection)
        browse(receiver).redirect()

        assert receiver.wait(SOON) == CODE
    assert status(page) == expected


def test_any_bytes_leave_the_receiver_listening(browse):
    with listening() as receiver:

        @settings(max_examples=50, deadline=None)
        @example(b"GET /callback")
        @given(st.binary())
        def send(data):
            for sent in (data, b"GET / HTTP/1.1\r\n" + data + b"\r\n\r\n"):
                with connect(receiver) as connection:
                    connection.sendall(sent)
                    connection.shutdown(socket.SHUT_WR)
                    page = read_all(connection)
                assert not page or status(page) >= 400

        send()
        browse(receiver).redirect()
        assert receiver.wait(SOON) == CODE


def test_a_large_upload_gets_its_page():
    with listening() as receiver:
        with connect(receiver) as connection:
            host = urlsplit(receiver.redirect_uri).netloc
            head = f"POST /callback HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: 3000000\r\n\r\n"
            connection.sendall(head.encode())
            for _ in range(30):
                connection.sendall(b"x" * 100_000)

            assert status(read_all(connection)) == 413


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01\x02\x00\x01", b"\r\n\r\n", b"hello\r\n\r\n", b"\xff" * 200_000])
def test_garbage_is_refused_at_once(browse, garbage):
    with listening() as receiver:
        with connect(receiver) as connection:
            connection.sendall(garbage)

            assert status(read_all(connection)) == 400
        browse(receiver).redirect()

        assert receiver.wait(SOON) == CODE


def test_idle_and_slow_connections_delay_no_other(browse):
    with listening() as receiver:
        with connect(receiver), connect(receiver) as slow, connect(receiver) as half, connect(receiver) as gone:
            slow.sendall(b"GET /callback?co")
            half.sendall(b"POST /callback HTTP/1.1\r\nContent-Length: 100\r\n")
            gone.close()
            begin = time.monotonic()
            for letter in b"de=1":
                slow.sendall(bytes([letter]))
            browse(receiver).redirect()

            assert receiver.wait(SOON) == CODE
            assert time.monotonic() - begin < SOON / 2


def test_a_slow_request_is_read_byte_by_byte():
    with ExitStack() as stack:
        with listening() as receiver:
            connection = stack.enter_context(connect(receiver))
            for byte in request_bytes(receiver, "POST", "/callback", QUERY):
                connection.sendall(bytes([byte]))
                time.sleep(0.0005)

            assert receiver.wait(SOON) == CODE
        assert status(read_all(connection)) == 200


def test_a_connection_without_a_request_is_closed(monkeypatch):
    monkeypatch.setattr(loopback, "_REQUEST_SECONDS", 0.1)
    with listening() as receiver:
        with connect(receiver) as idle, connect(receiver) as slow:
            end = time.monotonic() + SOON
            with pytest.raises(OSError, match=r"reset|Broken|abort"):
                while time.monotonic() < end:
                    slow.sendall(b"G")
                    time.sleep(0.01)

            assert idle.recv(1) == b""


def test_a_connection_that_stays_open_is_closed(monkeypatch):
    monkeypatch.setattr(loopback, "_RESPONSE_SECONDS", 0.1)
    with listening() as receiver:
        with connect(receiver) as connection:
            connection.sendall(b"?")
            read_all(connection)
            end = time.monotonic() + SOON
            with pytest.raises(OSError, match=r"reset|Broken|abort"):
                while time.monotonic() < end:
                    connection.sendall(b"G")
                    time.sleep(0.01)


def test_the_oldest_of_too_many_connections_is_closed(browse, monkeypatch):
    monkeypatch.setattr(loopback, "_MAX_CONNECTIONS", 3)
    with listening() as receiver, ExitStack() as stack:
        many = [stack.enter_context(connect(receiver)) for _ in range(6)]

        assert [connection.recv(1) for connection in many[:3]] == [b"", b"", b""]
        browse(receiver).redirect()
        assert receiver.wait(SOON) == CODE


def test_a_page_larger_than_the_socket_buffer(monkeypatch):
    size = 20_000_000
    monkeypatch.setattr(loopback, "make_page", lambda *_, **__: b"x" * size)
    with listening() as receiver:
        with connect(receiver) as connection:
            connection.sendall(b"?")

            assert len(read_all(connection)) == size


def wait_until_read(receiver, count):
    """Wait until the receiver has read the requests of `count` connections."""
    end = time.monotonic() + SOON
    (server,) = receiver._servers
    while sum(not connection.is_reading for connection in [*server.connections.values()]) < count:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_repeated_redirect_gets_the_same_page(browse):
    with listening() as receiver:
        browser = browse(receiver)
        browser.redirect()
        assert receiver.wait(SOON) == CODE
        browser.redirect()
        browser.redirect(target=f"/callback?error=access_denied&state={STATE}")
        stray = ask(receiver, target="/callback?error=access_denied&state=another")
        wait_until_read(receiver, 3)
    pages = [browser.page for _ in range(3)]

    assert len(set(pages)) == 1
    assert "You are signed in" in pages[0]
    assert "You are not signed in" in stray


def test_a_redirect_after_the_end():
    with listening() as receiver:
        receiver.cancel()
        page = ask(receiver)
    assert status(page) == 410
    assert "This sign-in is over" in page


def test_the_first_of_several_redirects_counts(browse):
    with listening() as receiver:
        browser = browse(receiver)
        for number in range(16):
            browser.redirect(target=f"/callback?code={number}&state={STATE}")
        code = receiver.wait(SOON)
        wait_until_read(receiver, 16)

        assert code in {str(number) for number in range(16)}
        assert receiver.wait(SOON) == code
    assert all("You are signed in" in browser.page for _ in range(16))


def start_waiting(pool, receiver, seconds):
    """Call `wait` in a thread and return once the thread waits."""
    waiting, wait = threading.Event(), receiver._received.wait

    def observed_wait(timeout):
        waiting.set()
        return wait(timeout)

    receiver._received.wait = observed_wait
    future = pool.submit(receiver.wait, seconds)
    assert waiting.wait(SOON)
    return future


def test_a_timeout():
    with listening() as receiver:
        ask(receiver, target="/favicon.ico")
        begin = time.monotonic()
        with pytest.raises(SignInError, match=r"within 0\.6 seconds - a blank page at SoundCloud") as caught:
            receiver.wait(0.6)

        assert 0.5 < time.monotonic() - begin < SOON
        assert "this one is http://127.0.0.1:8765/callback" in str(caught.value)
        assert status(ask(receiver)) == 410
        with pytest.raises(SignInError, match=r"within 0\.6 seconds"):
            receiver.wait(SOON)


def test_a_timeout_reports_an_ignored_redirect():
    with listening() as receiver:
        ask(receiver, target=f"/callback?code={CODE}&state=another")
        with pytest.raises(SignInError, match=r"a redirect was ignored: .*another sign-in") as caught:
            receiver.wait(0)
    assert "a blank page at SoundCloud" in str(caught.value)
    assert CODE not in str(caught.value)


def test_the_code_is_received_during_the_wait(browse):
    with listening() as receiver, ThreadPoolExecutor(1) as pool:
        waiting = start_waiting(pool, receiver, SOON)
        browse(receiver).redirect()

        assert waiting.result() == CODE


def test_cancel_from_another_thread():
    with listening() as receiver, ThreadPoolExecutor(1) as pool:
        waiting = start_waiting(pool, receiver, 600)
        receiver.cancel()
        receiver.cancel()
        with pytest.raises(SignInError, match="cancelled"):
            waiting.result(SOON)


def test_cancel_after_the_redirect(browse):
    with listening() as receiver:
        browse(receiver).redirect()
        assert receiver._received.wait(SOON)
        receiver.cancel()

        assert receiver.wait(SOON) == CODE


def test_leaving_the_block_ends_the_wait():
    with ThreadPoolExecutor(1) as pool:
        with listening() as receiver:
            waiting = start_waiting(pool, receiver, 600)
        with pytest.raises(SignInError, match="cancelled"):
            waiting.result(SOON)


def test_a_taken_port():
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for receiver in (
            LoopbackReceiver(REGISTERED, state=STATE, port=port),
            LoopbackReceiver(f"http://localhost:{port}/callback", state=STATE),
        ):
            with pytest.raises(
                SignInError, match=f"port {port} .*another program uses it - close that program"
            ) as caught:
                receiver.__enter__()

            assert receiver._registered_uri in str(caught.value)
            assert "register a redirect URI with another port" in str(caught.value)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_port_taken_at_the_other_address_of_localhost():
    with closing(socket.socket(socket.AF_INET6)) as other:
        other.bind(("::1", 0))
        other.listen()
        with pytest.raises(SignInError, match="another program uses it"):
            LoopbackReceiver("http://localhost/", state=STATE, port=other.getsockname()[1]).__enter__()


def test_a_port_without_permission(monkeypatch):
    class Forbidden(socket.socket):
        def bind(self, address):
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(loopback.socket, "socket", Forbidden)
    with pytest.raises(SignInError, match=r"port 80 .*: Permission denied - allow this program to listen there"):
        LoopbackReceiver("http://127.0.0.1/callback", state=STATE).__enter__()


def test_the_port_can_be_reused_at_once(browse):
    with listening() as receiver:
        port = urlsplit(receiver.redirect_uri).port
        browse(receiver).redirect()
    with LoopbackReceiver(REGISTERED, state=STATE, port=port) as again:
        browse(again).redirect()

        assert again.wait(SOON) == CODE


def test_a_thread_that_does_not_start(monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(loopback.threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="can't start"):
        LoopbackReceiver(REGISTERED, state=STATE, port=0).__enter__()


def test_broken_connections_delay_no_other(browse, monkeypatch):
    faults = {"accept": ConnectionAbortedError(), "recv_into": ConnectionResetError(), "sendall": BrokenPipeError()}

    class Breaking(socket.socket):
        """A socket of which each method fails once, in the receiver's threads."""

        def accept(self):
            self.fail("accept")
            return super().accept()

        def recv_into(self, *arguments):
            self.fail("recv_into")
            return super().recv_into(*arguments)

        def sendall(self, *arguments):
            self.fail("sendall")
            return super().sendall(*arguments)

        def fail(self, name):
            if threading.current_thread().name == "soundcloud-loopback" and name in faults:
                raise faults.pop(name)

    monkeypatch.setattr(loopback.socket, "socket", Breaking)
    with listening() as receiver:
        for sent in (b"GET /", b"?"):
            with connect(receiver) as connection, suppress(ConnectionResetError):
                connection.sendall(sent)
                assert connection.recv(1) == b""
        browse(receiver).redirect()

        assert receiver.wait(SOON) == CODE
        assert not faults


def test_a_redirect_at_the_same_time_as_the_timeout():
    receiver = LoopbackReceiver(REGISTERED, state=STATE)
    receiver._settle = lambda **outcome: False

    assert status(receiver._receive(f"?{QUERY}").decode()) == 410


def test_exit_without_enter():
    LoopbackReceiver(REGISTERED, state=STATE).__exit__(None, None, None)


def test_an_error_in_the_block():
    with pytest.raises(KeyboardInterrupt), listening() as receiver, connect(receiver) as connection:
        connection.sendall(b"GET /")
        raise KeyboardInterrupt


def test_the_end_of_the_block_does_not_wait_for_open_connections(monkeypatch):
    with ExitStack() as stack:
        with listening() as receiver:
            stack.enter_context(connect(receiver))
            answered = stack.enter_context(connect(receiver))
            answered.sendall(b"?")
            read_all(answered)
            begin = time.monotonic()

        assert time.monotonic() - begin < 1


def test_the_redirect_uri_has_the_listening_port():
    same = LoopbackReceiver(REGISTERED, state=STATE, port=8765)
    other = LoopbackReceiver("http://[::1]:8765/callback?a=b", state=STATE, port=9000)

    assert same.redirect_uri == REGISTERED
    assert other.redirect_uri == "http://[::1]:9000/callback?a=b"


def test_a_receiver_is_used_once_inside_its_block():
    receiver = LoopbackReceiver(REGISTERED, state=STATE, port=0)
    with pytest.raises(SignInError, match="inside the receiver's `with` block"):
        receiver.wait(1)
    with receiver, pytest.raises(SignInError, match="receives one redirect"):
        receiver.__enter__()
    with pytest.raises(SignInError, match="receives one redirect"):
        receiver.__enter__()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"redirect_uri": "https://example.org/"}, "paste the URL that it redirects to"),
        ({"state": ""}, "state is empty"),
        ({"port": 65536}, "port=65536"),
        ({"port": -1}, "port=-1"),
    ],
)
def test_invalid_arguments(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        LoopbackReceiver(**{"redirect_uri": REGISTERED, "state": STATE, **arguments})


def test_nothing_is_printed(browse, capfd):
    with listening() as receiver:
        browse(receiver).redirect()

        assert CODE not in repr(receiver)
        assert STATE not in repr(receiver)
    assert capfd.readouterr() == ("", "")
