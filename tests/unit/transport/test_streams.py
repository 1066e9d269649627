"""Streams: bounded buffers, timeouts and mapped errors."""

import asyncio
import gc
import socket
import threading

import pytest

from soundcloud._deadline import Deadline
from soundcloud._protocol.http.messages import Request
from soundcloud._transport.asyncio_stream import READ_AHEAD
from soundcloud._transport.base import ConnectError, ReadError, ReadTimeout, WriteError, WriteTimeout
from soundcloud._transport.connect import async_connect, connect
from tests.helpers.servers import RESET, SocketServer, free_port
from tests.helpers.waiting import async_wait_until

LARGE_SIZE = 64_000_000  # larger than both socket buffers together


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request):
    """Return the event loop factory."""
    return asyncio.new_event_loop if request.param == "asyncio" else pytest.importorskip("uvloop").new_event_loop


def run_with_stream(loop, port, work):
    """Connect, run `work(stream)` and close the stream."""

    async def main():
        stream = await async_connect("127.0.0.1", port, None, 5, None)
        try:
            return await work(stream)
        finally:
            await stream.aclose()

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(main())


def test_unread_data_stops_the_server(loop):
    sent = threading.Event()

    def serve(connection):
        connection.sendall(b"x" * LARGE_SIZE)
        sent.set()

    async def work(stream):
        await async_wait_until(lambda: stream._unread_bytes > READ_AHEAD)
        unread = stream._unread_bytes
        assert stream.is_readable()
        assert not sent.is_set()
        received = 0
        while data := await stream.read(1_000_000, 5):
            received += len(data)
        return unread, received

    with SocketServer(serve) as server:
        unread, received = run_with_stream(loop, server.port, work)

    assert READ_AHEAD < unread < 3 * READ_AHEAD
    assert received == LARGE_SIZE


def test_a_write_times_out_when_the_server_does_not_read(loop):
    done = threading.Event()

    async def work(stream):
        try:
            with pytest.raises(WriteTimeout):
                for _ in range(100):
                    await stream.write(b"x" * 1_000_000, 0.1)
        finally:
            done.set()

    with SocketServer(lambda connection: done.wait(10)) as server:
        run_with_stream(loop, server.port, work)


def test_a_slow_server_receives_everything(loop):
    got = []

    def serve(connection):
        while data := connection.recv(1_000_000):
            got.append(len(data))

    async def work(stream):
        for _ in range(20):
            await stream.write(b"x" * 1_000_000, 5)
        await async_wait_until(lambda: not stream._transport.get_write_buffer_size())

    with SocketServer(serve) as server:
        run_with_stream(loop, server.port, work)
        assert server.wait_until_closed()
    assert sum(got) == 20_000_000


def test_a_read_times_out_and_can_be_cancelled(loop):
    done = threading.Event()

    async def work(stream):
        try:
            with pytest.raises(ReadTimeout):
                await stream.read(100, 0.05)
            task = asyncio.ensure_future(stream.read(100, 5))
            await async_wait_until(lambda: stream._waiter is not None)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        finally:
            done.set()

    with SocketServer(lambda connection: done.wait(10)) as server:
        run_with_stream(loop, server.port, work)


def test_end_of_stream(loop):
    async def work(stream):
        assert await stream.read(100, 5) == b"far out"
        assert await stream.read(100, 5) == b""
        assert await stream.read(100, 5) == b""
        assert stream.is_readable()
        with pytest.raises(WriteError):
            await stream.write(b"x", 5)

    with SocketServer(lambda connection: connection.sendall(b"far out")) as server:
        run_with_stream(loop, server.port, work)


def test_a_connection_reset(loop):
    def serve(connection):
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    async def work(stream):
        await stream.write(b"x", 5)
        with pytest.raises(ReadError, match="reset"):
            await stream.read(100, 5)
        with pytest.raises(WriteError, match="reset"):
            await stream.write(b"x", 5)

    with SocketServer(serve) as server:
        run_with_stream(loop, server.port, work)


def test_a_failed_connection_leaks_no_socket(loop):
    port = free_port()

    async def main():
        with pytest.raises(ConnectError):
            await async_connect("127.0.0.1", port, None, 5, None)
        with pytest.raises(ConnectError):
            await async_connect("no such host.invalid", port, None, 5, None)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())
    with pytest.raises(ConnectError):
        connect("127.0.0.1", port, None, 5, Deadline(None, Request("GET", "http://a", "/")))
    gc.collect()  # an open socket would emit a ResourceWarning, which fails the test
