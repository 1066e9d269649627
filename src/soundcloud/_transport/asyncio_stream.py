"""Connections of the async client under asyncio: one future for each wait, on asyncio's transports."""

import asyncio
import socket
import ssl
from typing import Any, cast

from aiohappyeyeballs import start_connection  # pyright: ignore[reportUnknownVariableType] # its types name a bare tuple

from soundcloud._transport.base import (
    ConnectError,
    ConnectTimeout,
    ReadError,
    ReadTimeout,
    TransportError,
    WriteError,
    WriteTimeout,
)
from soundcloud._transport.sockets import ReadinessPoll

HAPPY_EYEBALLS_DELAY = 0.25  # seconds after which the next IP address of a host is tried too (RFC 8305, section 5)
READ_AHEAD = 256_000  # unread bytes at which reading from the socket pauses


async def connect_asyncio(host: str, port: int, ssl_context: ssl.SSLContext | None, seconds: float) -> "AsyncioStream":
    """Connect to a server; see `soundcloud._transport.connect`."""
    loop = asyncio.get_running_loop()
    # asyncio's own happy eyeballs leak a socket when they are cancelled at the wrong moment, and uvloop has none.
    try:
        async with asyncio.timeout(seconds):
            addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            connected = await start_connection(addresses, happy_eyeballs_delay=HAPPY_EYEBALLS_DELAY)
            _, stream = await loop.create_connection(
                AsyncioStream, sock=connected, ssl=ssl_context, server_hostname=None if ssl_context is None else host
            )
    except TimeoutError as error:
        raise ConnectTimeout(str(error)) from error
    except (OSError, RuntimeError) as error:
        # uvloop raises RuntimeError for some addresses. asyncio's own loops do not, but pytest-socket and pytest-recording do.
        if isinstance(error, RuntimeError) and (
            type(error) is not RuntimeError or isinstance(loop, asyncio.BaseEventLoop)
        ):
            raise
        raise ConnectError(str(error)) from error
    return stream


class AsyncioStream(asyncio.Protocol):
    """A connection under asyncio. One task uses it at a time."""

    _transport: asyncio.Transport
    _readiness: ReadinessPoll

    def __init__(self) -> None:
        """Create the protocol; asyncio calls `connection_made`."""
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._unread_bytes = 0
        self._ended = self._buffer_full = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def read(self, max_bytes: int, seconds: float) -> bytes:  # noqa: ARG002 - the other streams need it
        """Read the bytes that are there, or wait for some; return b"" at the end.

        Raises:
            ReadError: The connection broke.
            ReadTimeout: No data within `seconds`.
        """
        if not self._parts and not self._ended:
            await self._wait(seconds, ReadTimeout)
        if self._parts:
            data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts.clear()
            if self._unread_bytes > READ_AHEAD and not self._ended:
                self._transport.resume_reading()
            self._unread_bytes = 0
            return data
        if self._error is not None:
            raise ReadError(str(self._error)) from self._error
        return b""

    async def write(self, data: bytes, seconds: float) -> None:
        """Write all bytes, and wait while the write buffer is full.

        Raises:
            WriteError: The connection broke.
            WriteTimeout: The buffer did not drain within `seconds`.
        """
        if not self._transport.is_closing():
            self._transport.write(data)
            while self._buffer_full and not self._transport.is_closing():
                await self._wait(seconds, WriteTimeout)
        if self._transport.is_closing():
            raise WriteError("" if self._error is None else str(self._error)) from self._error

    async def aclose(self) -> None:
        """Close the connection."""
        self._transport.abort()
        await asyncio.sleep(0)  # asyncio closes the socket in the next iteration of the event loop

    def is_readable(self) -> bool:
        """Return whether there are unrequested bytes, or the server has closed the connection.

        The socket itself is polled: a busy event loop may not have read what has arrived.
        """
        if self._ended or self._unread_bytes:
            return True
        return self._readiness.is_readable()

    async def _wait(self, seconds: float, timeout_error: type[TransportError]) -> None:
        """Wait for the next callback of asyncio."""
        waiter = self._waiter = self._loop.create_future()
        timer = self._loop.call_later(seconds, _expire, waiter, timeout_error)
        try:
            await waiter
        finally:
            self._waiter = None
            timer.cancel()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # asyncio.Protocol callbacks.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)
        connected = transport.get_extra_info("socket")
        self._readiness = ReadinessPoll(-1 if connected is None else connected.fileno())

    def data_received(self, data: bytes) -> None:
        """Keep the data until it is read."""
        if self._unread_bytes <= READ_AHEAD < self._unread_bytes + len(data):
            self._transport.pause_reading()
        self._parts.append(data)
        self._unread_bytes += len(data)
        self._wake()

    def eof_received(self) -> None:
        """Note the end; asyncio then closes the connection."""
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake the reader: the connection was lost."""
        self._ended, self._error = True, exc
        self._wake()

    def pause_writing(self) -> None:
        """Note that the write buffer is full."""
        self._buffer_full = True

    def resume_writing(self) -> None:
        """Wake the writer: the write buffer has drained."""
        self._buffer_full = False
        self._wake()


def _expire(waiter: "asyncio.Future[Any]", timeout_error: type[TransportError]) -> None:
    if not waiter.done():
        waiter.set_exception(timeout_error())
