"""The asyncio stream: bounded buffers, timeouts, end of stream and resets."""

import asyncio
import gc
import socket
import threading

import httpcore
import pytest
import uvloop

from soundcloud._transport.streams import READ_AHEAD, async_connect, connect
from tests.helpers.servers import RESET, SocketServer, free_port

LARGE_SIZE = 64_000_000  # larger than both socket buffers together


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request):
    """Return the event loop factory."""
    return asyncio.new_event_loop if request.param == "asyncio" else uvloop.new_event_loop


def run_with_stream(loop, port, work):
    """Connect, run `work(stream)` and close the stream."""

    async def main():
        stream = await async_connect("127.0.0.1", port, None, 5)
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
        while stream._unread <= READ_AHEAD:
            await asyncio.sleep(0.001)
        waiting = stream._unread
        assert stream.get_extra_info("is_readable")
        assert not sent.is_set()
        got = 0
        while data := await stream.read(1_000_000, 5):
            got += len(data)
        return waiting, got

    with SocketServer(serve) as server:
        waiting, got = run_with_stream(loop, server.port, work)

    assert READ_AHEAD < waiting < 3 * READ_AHEAD
    assert got == LARGE_SIZE


def test_a_write_times_out_when_the_server_does_not_read(loop):
    done = threading.Event()

    async def work(stream):
        try:
            with pytest.raises(httpcore.WriteTimeout):
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
        while stream._transport.get_write_buffer_size():
            await asyncio.sleep(0.01)

    with SocketServer(serve) as server:
        run_with_stream(loop, server.port, work)
        assert server.wait_until_closed()
    assert sum(got) == 20_000_000


def test_a_read_times_out_and_can_be_cancelled(loop):
    done = threading.Event()

    async def work(stream):
        try:
            with pytest.raises(httpcore.ReadTimeout):
                await stream.read(100, 0.05)
            task = asyncio.ensure_future(stream.read(100))
            while stream._waiter is None:
                await asyncio.sleep(0)
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
        assert stream.get_extra_info("is_readable")
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"x", 5)

    with SocketServer(lambda connection: connection.sendall(b"far out")) as server:
        run_with_stream(loop, server.port, work)


def test_a_connection_reset(loop):
    def serve(connection):
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    async def work(stream):
        await stream.write(b"x", 5)
        with pytest.raises(httpcore.ReadError):
            await stream.read(100, 5)

    with SocketServer(serve) as server:
        run_with_stream(loop, server.port, work)


def test_a_failed_connection_leaks_no_socket(loop):
    port = free_port()

    async def main():
        with pytest.raises(httpcore.ConnectError):
            await async_connect("127.0.0.1", port, None, 5)
        with pytest.raises(httpcore.ConnectError):
            await async_connect("no such host.invalid", port, None, 5)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())
    with pytest.raises(httpcore.ConnectError):
        connect("127.0.0.1", port, None, 5)
    gc.collect()  # an open socket would emit a ResourceWarning, which fails the test
