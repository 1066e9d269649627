"""The streams: the buffers are bounded, each wait has a timeout, and errors are mapped."""

import asyncio
import gc
import socket
import threading
from contextlib import contextmanager

import pytest
import uvloop

from soundcloud._deadline import Deadline
from soundcloud._protocol.http.messages import Request
from soundcloud._transport.asyncio_stream import READ_AHEAD
from soundcloud._transport.base import ConnectError, ReadError, ReadTimeout, WriteError, WriteTimeout
from soundcloud._transport.connect import async_connect, connect

MUCH = 64_000_000  # more than the buffers of both sockets together


@contextmanager
def server(serve):
    """A server of one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run():
            connection, _ = listening.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request):
    """How to make a loop."""
    return asyncio.new_event_loop if request.param == "asyncio" else uvloop.new_event_loop


def talk(loop, port, work):
    """Do something with a stream, and close it."""

    async def main():
        stream = await async_connect("127.0.0.1", port, None, 5, None)
        try:
            return await work(stream)
        finally:
            await stream.aclose()

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(main())


async def until(condition):
    """Wait for a condition; a test that hangs is stopped by its timeout."""
    while not condition():
        await asyncio.sleep(0.01)


def test_unread_data_stays_at_the_server(loop):
    sent = threading.Event()

    def serve(connection):
        connection.sendall(b"x" * MUCH)
        sent.set()

    async def work(stream):
        await until(lambda: stream._unread_bytes > READ_AHEAD)
        unread = stream._unread_bytes
        assert stream.is_readable()
        assert not sent.is_set()
        received = 0
        while data := await stream.read(1_000_000, 5):
            received += len(data)
        return unread, received

    with server(serve) as port:
        unread, received = talk(loop, port, work)

    assert READ_AHEAD < unread < 3 * READ_AHEAD
    assert received == MUCH


def test_a_server_that_takes_nothing(loop):
    done = threading.Event()

    async def work(stream):
        try:
            with pytest.raises(WriteTimeout):
                for _ in range(100):
                    await stream.write(b"x" * 1_000_000, 0.1)
        finally:
            done.set()

    with server(lambda connection: done.wait(10)) as port:
        talk(loop, port, work)


def test_a_server_that_takes_it_slowly(loop):
    got = []

    def serve(connection):
        while data := connection.recv(1_000_000):
            got.append(len(data))

    async def work(stream):
        for _ in range(20):
            await stream.write(b"x" * 1_000_000, 5)
        while stream._transport.get_write_buffer_size():
            await asyncio.sleep(0.01)

    with server(serve) as port:
        talk(loop, port, work)
    assert sum(got) == 20_000_000


def test_a_server_that_says_nothing(loop):
    done = threading.Event()

    async def work(stream):
        try:
            with pytest.raises(ReadTimeout):
                await stream.read(100, 0.05)
            task = asyncio.ensure_future(stream.read(100, 5))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        finally:
            done.set()

    with server(lambda connection: done.wait(10)) as port:
        talk(loop, port, work)


def test_the_end(loop):
    async def work(stream):
        assert await stream.read(100, 5) == b"far out"
        assert await stream.read(100, 5) == b""
        assert await stream.read(100, 5) == b""
        assert stream.is_readable()
        with pytest.raises(WriteError):
            await stream.write(b"x", 5)

    with server(lambda connection: connection.sendall(b"far out")) as port:
        talk(loop, port, work)


def test_a_reset(loop):
    def serve(connection):
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    async def work(stream):
        await stream.write(b"x", 5)
        with pytest.raises(ReadError):
            await stream.read(100, 5)

    with server(serve) as port:
        talk(loop, port, work)


def test_nothing_is_left_of_a_connection_that_was_not_made(loop):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    async def main():
        with pytest.raises(ConnectError):
            await async_connect("127.0.0.1", port, None, 5, None)
        with pytest.raises(ConnectError):
            await async_connect("no such host.invalid", port, None, 5, None)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())
    with pytest.raises(ConnectError):
        connect("127.0.0.1", port, None, 5, Deadline(None, Request("GET", "http://a", "/")))
    gc.collect()  # a socket that is left open would warn, and a warning fails a test
