"""The receiver of a sign-in's redirect, over real sockets."""

import errno
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from soundcloud import loopback
from soundcloud.errors import InvalidInputError, SignInError
from soundcloud.loopback import LoopbackReceiver

REGISTERED = "http://127.0.0.1:8765/callback"
STATE = "STATE-0123456789"
CODE = "CODE-0123456789"
QUERY = f"code={CODE}&state={STATE}"
FORM = "application/x-www-form-urlencoded"
SOON = 5.0


def opened():
    """The threads of this process, and how many files and sockets it has open."""
    descriptors = Path("/proc/self/fd")
    return set(threading.enumerate()), len([*descriptors.iterdir()]) if descriptors.exists() else 0


@pytest.fixture(autouse=True)
def nothing_is_left():
    threads, descriptors = opened()
    yield
    # A thread or a socket of an earlier test may end meanwhile.
    after = opened()
    assert after[0] <= threads
    assert after[1] <= descriptors


@contextmanager
def listening(redirect_uri=REGISTERED, state=STATE):
    with LoopbackReceiver(redirect_uri, state=state, port=0) as receiver:
        yield receiver


def connect(receiver):
    parts = urlsplit(receiver.redirect_uri)
    return closing(socket.create_connection((parts.hostname, parts.port), SOON))


def everything(connection):
    """What comes until the other side closes."""
    received = bytearray()
    while piece := connection.recv(65536):
        received += piece
    return received.decode()


def ask(receiver, method="GET", target=f"/callback?{QUERY}", body="", after=b"", **headers):
    """Send a request; the names of headers are written with an underscore, None leaves one out."""
    headers = {"Host": urlsplit(receiver.redirect_uri).netloc, **headers}
    if method == "POST":
        headers = {"Content_Type": FORM, "Content_Length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value is not None)
    with connect(receiver) as connection:
        connection.sendall(f"{method} {target} HTTP/1.1\r\n{lines}\r\n{body}".encode() + after)
        return everything(connection)


def status(reply):
    return int(reply.split(" ", 2)[1])


@pytest.mark.parametrize(
    "request_of_a_browser",
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
def test_the_code_arrives(request_of_a_browser):
    with listening() as receiver:
        reply = ask(receiver, **request_of_a_browser)

        assert receiver.wait(SOON) == CODE
        assert receiver.wait(0) == CODE
    assert status(reply) == 200
    assert "You are signed in" in reply
    assert "You can close this tab." in reply
    assert CODE not in reply
    assert receiver.wait(0) == CODE


def test_the_headers_of_a_page():
    with listening() as receiver:
        head, _, body = ask(receiver).partition("\r\n\r\n")
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
def test_other_names_of_this_machine(redirect_uri):
    if "::1" in redirect_uri and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with listening(redirect_uri) as receiver:
        path = urlsplit(redirect_uri).path.rstrip("/")
        reply = ask(receiver, target=f"{path or '/'}?{QUERY}")

        assert receiver.wait(SOON) == CODE
        assert receiver.redirect_uri.startswith(redirect_uri.split(":1")[0])
    assert status(reply) == 200


def has_ipv6():
    try:
        with closing(socket.socket(socket.AF_INET6)) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_localhost_is_listened_to_at_both_of_its_addresses():
    with listening("http://localhost:1/callback") as receiver:
        port = urlsplit(receiver.redirect_uri).port
        for address in ["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1"]:
            with closing(socket.create_connection((address, port), SOON)) as connection:
                connection.sendall(f"HEAD /callback HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())

                assert status(everything(connection)) == 200


def test_without_ipv6_localhost_is_one_address(monkeypatch):
    class WithoutIPv6(socket.socket):
        def bind(self, address):
            if address[0] == "::1":
                raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
            super().bind(address)

    monkeypatch.setattr(loopback.socket, "socket", WithoutIPv6)
    with listening("http://localhost:1/callback") as receiver:
        ask(receiver)

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
        reply = ask(receiver, method, target, body)
        with pytest.raises(SignInError, match=message):
            receiver.wait(SOON)
    assert status(reply) == 400
    assert "You are not signed in" in reply
    assert "<b>" not in reply


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
def test_what_is_not_the_redirect_changes_nothing(stray, expected):
    with listening() as receiver:
        reply = ask(receiver, **stray)
        right = ask(receiver)

        assert receiver.wait(SOON) == CODE
    head, _, body = reply.partition("\r\n\r\n")
    assert status(reply) == expected
    assert ("Allow: GET, HEAD, POST" in head) == (expected == 405)
    assert bool(body) == (stray.get("method") != "HEAD")
    assert status(right) == 200


def test_port_80_may_be_left_out_of_the_host():
    receiver = LoopbackReceiver("http://localhost/callback", state=STATE)
    head = b"HEAD /callback HTTP/1.1\r\nHost: "

    for host, expected in ((b"LocalHost", 200), (b"localhost:80", 200), (b"localhost:8080", 400)):
        request = loopback.read_request(head + host + b"\r\n\r\n")
        assert status(receiver._answer(request).decode()) == expected


def test_a_large_upload_still_sees_its_page():
    with listening() as receiver:
        with connect(receiver) as connection:
            host = urlsplit(receiver.redirect_uri).netloc
            head = f"POST /callback HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: 3000000\r\n\r\n"
            connection.sendall(head.encode())
            for _ in range(30):
                connection.sendall(b"x" * 100_000)

            assert status(everything(connection)) == 413


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01\x02\x00\x01", b"\r\n\r\n", b"hello\r\n\r\n", b"\xff" * 200_000])
def test_garbage_is_refused_at_once(garbage):
    with listening() as receiver:
        with connect(receiver) as connection:
            connection.sendall(garbage)

            assert status(everything(connection)) == 400
        ask(receiver)

        assert receiver.wait(SOON) == CODE


def test_idle_and_slow_connections_hold_up_nothing():
    with listening() as receiver:
        with connect(receiver), connect(receiver) as slow, connect(receiver) as half, connect(receiver) as gone:
            slow.sendall(b"GET /callback?co")
            half.sendall(b"POST /callback HTTP/1.1\r\nContent-Length: 100\r\n")
            gone.close()
            begin = time.monotonic()
            for letter in b"de=1":
                slow.sendall(bytes([letter]))
            ask(receiver)

            assert receiver.wait(SOON) == CODE
            assert time.monotonic() - begin < SOON / 2


def test_a_slow_request_is_read_in_pieces():
    with listening() as receiver:
        with connect(receiver) as connection:
            host = urlsplit(receiver.redirect_uri).netloc
            head = f"POST /callback HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: {len(QUERY)}\r\n\r\n"
            for letter in (head + QUERY).encode():
                connection.sendall(bytes([letter]))
                time.sleep(0.0005)

            assert status(everything(connection)) == 200
        assert receiver.wait(SOON) == CODE


def test_a_connection_that_does_not_ask_is_closed(monkeypatch):
    monkeypatch.setattr(loopback, "_SECONDS_TO_ASK", 0.1)
    with listening() as receiver:
        with connect(receiver) as idle, connect(receiver) as slow:
            end = time.monotonic() + SOON
            with pytest.raises(OSError, match=r"reset|Broken|abort"):
                while time.monotonic() < end:
                    slow.sendall(b"G")
                    time.sleep(0.01)

            assert idle.recv(1) == b""


def test_a_connection_that_does_not_go_is_closed(monkeypatch):
    monkeypatch.setattr(loopback, "_SECONDS_TO_CLOSE", 0.1)
    with listening() as receiver:
        with connect(receiver) as connection:
            connection.sendall(b"?")
            everything(connection)
            end = time.monotonic() + SOON
            with pytest.raises(OSError, match=r"reset|Broken|abort"):
                while time.monotonic() < end:
                    connection.sendall(b"G")
                    time.sleep(0.01)


def test_the_oldest_of_too_many_connections_is_closed(monkeypatch):
    monkeypatch.setattr(loopback, "_MOST_CONNECTIONS", 3)
    with listening() as receiver, ExitStack() as stack:
        many = [stack.enter_context(connect(receiver)) for _ in range(6)]

        assert [connection.recv(1) for connection in many[:3]] == [b"", b"", b""]
        ask(receiver)
        assert receiver.wait(SOON) == CODE


def test_a_page_that_does_not_fit_the_connection_is_sent_in_pieces(monkeypatch):
    size = 20_000_000
    monkeypatch.setattr(loopback, "make_page", lambda *_: b"x" * size)
    with listening() as receiver:
        with connect(receiver) as connection:
            connection.sendall(b"?")

            assert len(everything(connection)) == size


def test_after_the_end_there_are_short_pages():
    with listening() as receiver:
        ask(receiver)
        second = ask(receiver)
        other = ask(receiver, target="/callback?error=access_denied&state=another")

        assert receiver.wait(SOON) == CODE
    with listening() as receiver:
        receiver.cancel()
        late = ask(receiver)
    assert (status(second), status(other), status(late)) == (200, 200, 410)
    assert "You are signed in already" in second
    assert "You are signed in already" in other
    assert "This sign-in is over" in late


def test_of_many_redirects_at_once_one_counts():
    with listening() as receiver:
        targets = [f"/callback?code={number}&state={STATE}" for number in range(16)]
        with ThreadPoolExecutor(16) as pool:
            replies = list(pool.map(lambda target: ask(receiver, target=target), targets))

        winners = [number for number, reply in enumerate(replies) if "signed in already" not in reply]
        assert [receiver.wait(SOON)] == [str(number) for number in winners]


def test_nothing_comes_in_time():
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


def test_a_timeout_tells_of_what_was_ignored():
    with listening() as receiver:
        ask(receiver, target=f"/callback?code={CODE}&state=another")
        with pytest.raises(SignInError, match=r"not of this sign-in: .*another sign-in") as caught:
            receiver.wait(0)
    assert "a blank page at SoundCloud" in str(caught.value)
    assert CODE not in str(caught.value)


def test_the_code_comes_while_it_is_waited_for():
    with listening() as receiver, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(receiver.wait, SOON)
        time.sleep(0.05)
        ask(receiver)

        assert waiting.result() == CODE


def test_another_thread_cancels():
    with listening() as receiver, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(receiver.wait, 600)
        time.sleep(0.05)
        receiver.cancel()
        receiver.cancel()
        with pytest.raises(SignInError, match="given up"):
            waiting.result(SOON)


def test_a_cancel_comes_too_late():
    with listening() as receiver:
        ask(receiver)
        receiver.cancel()

        assert receiver.wait(SOON) == CODE


def test_leaving_the_block_ends_the_wait():
    with ThreadPoolExecutor(1) as pool:
        with listening() as receiver:
            waiting = pool.submit(receiver.wait, 600)
            time.sleep(0.05)
        with pytest.raises(SignInError, match="given up"):
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
def test_a_port_that_is_taken_at_the_other_address_of_localhost():
    with closing(socket.socket(socket.AF_INET6)) as other:
        other.bind(("::1", 0))
        other.listen()
        with pytest.raises(SignInError, match="another program uses it"):
            LoopbackReceiver("http://localhost/", state=STATE, port=other.getsockname()[1]).__enter__()


def test_a_port_that_may_not_be_used(monkeypatch):
    class Forbidden(socket.socket):
        def bind(self, address):
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(loopback.socket, "socket", Forbidden)
    with pytest.raises(SignInError, match=r"port 80 .*: Permission denied - let this program listen there"):
        LoopbackReceiver("http://127.0.0.1/callback", state=STATE).__enter__()


def test_the_port_is_free_again_at_once():
    with listening() as receiver:
        port = urlsplit(receiver.redirect_uri).port
        ask(receiver)
    with LoopbackReceiver(REGISTERED, state=STATE, port=port) as again:
        ask(again)

        assert again.wait(SOON) == CODE


def test_a_thread_that_does_not_start_leaves_nothing(monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(loopback._Server, "start", start)
    with pytest.raises(RuntimeError, match="can't start"):
        LoopbackReceiver(REGISTERED, state=STATE, port=0).__enter__()


def test_connections_that_break_hold_up_nothing(monkeypatch):
    faults = {"accept": ConnectionAbortedError(), "recv": ConnectionResetError(), "send": BlockingIOError()}

    class Breaking(socket.socket):
        """A socket that fails once in each of its ways, in the receiver's thread."""

        def accept(self):
            self.fail("accept")
            return super().accept()

        def recv(self, *arguments):
            self.fail("recv")
            return super().recv(*arguments)

        def send(self, *arguments):
            self.fail("send")
            return super().send(*arguments)

        def fail(self, name):
            if threading.current_thread().name == "soundcloud-loopback" and name in faults:
                raise faults.pop(name)

    monkeypatch.setattr(loopback.socket, "socket", Breaking)
    with listening() as receiver:
        with connect(receiver) as connection, pytest.raises(ConnectionResetError):
            connection.sendall(b"GET /")
            connection.recv(1)
        ask(receiver)

        assert receiver.wait(SOON) == CODE
        assert not faults


def test_a_redirect_that_loses_against_the_timeout():
    receiver = LoopbackReceiver(REGISTERED, state=STATE)
    receiver._settle = lambda **outcome: False

    assert status(receiver._answer_redirect(f"?{QUERY}").decode()) == 410


def test_a_block_that_was_never_entered_is_left():
    LoopbackReceiver(REGISTERED, state=STATE).__exit__(None, None, None)


def test_an_error_in_the_block_leaves_nothing():
    with pytest.raises(KeyboardInterrupt), listening() as receiver, connect(receiver) as connection:
        connection.sendall(b"GET /")
        raise KeyboardInterrupt


def test_leaving_does_not_wait_for_those_who_stay(monkeypatch):
    with ExitStack() as stack:
        with listening() as receiver:
            stack.enter_context(connect(receiver))
            answered = stack.enter_context(connect(receiver))
            answered.sendall(b"?")
            everything(answered)
            begin = time.monotonic()

        assert time.monotonic() - begin < 1


def test_the_redirect_uri_has_the_port_that_is_listened_on():
    same = LoopbackReceiver(REGISTERED, state=STATE, port=8765)
    other = LoopbackReceiver("http://[::1]:8765/callback?a=b", state=STATE, port=9000)

    assert same.redirect_uri == REGISTERED
    assert other.redirect_uri == "http://[::1]:9000/callback?a=b"


def test_a_receiver_is_used_in_its_block_and_once():
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
def test_arguments_that_cannot_be(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        LoopbackReceiver(**{"redirect_uri": REGISTERED, "state": STATE, **arguments})


def test_nothing_is_printed_and_nothing_shown(capfd):
    with listening() as receiver:
        ask(receiver)

        assert CODE not in repr(receiver)
        assert STATE not in repr(receiver)
    assert capfd.readouterr() == ("", "")
