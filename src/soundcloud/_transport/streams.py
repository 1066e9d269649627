"""The network, in pairs for the two shells: `async_connect` for one, `connect` for the other.

Both give a stream with `read`, `write`, `aclose` or `close`, and `get_extra_info`, as httpcore has them, and raise httpcore's
errors. Under asyncio it is one of our own, on asyncio's transports: one future for each wait. Elsewhere it is httpcore's.
"""

import asyncio
import socket
from typing import TYPE_CHECKING, Any, cast

from soundcloud._concurrency import seconds_left
from soundcloud._synchronization import async_protected

if TYPE_CHECKING:
    import ssl

HAPPY_EYEBALLS = 0.25  # seconds after which the next address of a host is tried as well (RFC 8305, section 5)
READ_AHEAD = 256_000  # bytes that may lie unread before the server has to wait


async def async_connect(host: str, port: int, ssl_context: "ssl.SSLContext | None", seconds: float) -> Any:
    """Connect to a server.

    Args:
        host: Its name or address.
        port: Its port.
        ssl_context: The settings of TLS, or None without it.
        seconds: How long it may take.

    Returns:
        The stream.

    Raises:
        httpcore.ConnectError: There is no connection.
        httpcore.ConnectTimeout: There is none in time.
    """
    import httpcore

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        network: Any = httpcore.AnyIOBackend()
        stream: Any = await network.connect_tcp(host, port, seconds)
        try:
            return stream if ssl_context is None else await stream.start_tls(ssl_context, host, seconds)
        except BaseException as error:
            await async_protected(stream.aclose)
            if isinstance(error, OSError):  # one of TLS, as older versions of httpcore leave it
                raise httpcore.ConnectError(str(error)) from error
            raise
    # Its types name a bare tuple.
    from aiohappyeyeballs import start_connection  # pyright: ignore[reportUnknownVariableType]

    # asyncio's own happy eyeballs leave a socket open when they are cancelled at the wrong moment, and uvloop has none.
    try:
        async with asyncio.timeout(seconds):
            addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            connected = await start_connection(addresses, happy_eyeballs_delay=HAPPY_EYEBALLS)
            _, made = await loop.create_connection(
                AsyncioStream, sock=connected, ssl=ssl_context, server_hostname=None if ssl_context is None else host
            )
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except (OSError, RuntimeError) as error:  # the latter is uvloop's for some addresses
        raise httpcore.ConnectError(str(error)) from error
    return made


def connect(host: str, port: int, ssl_context: "ssl.SSLContext | None", seconds: float) -> "Punctual":
    """Connect to a server; see `async_connect`."""
    import httpcore

    stream = httpcore.SyncBackend().connect_tcp(host, port, timeout=seconds_left(seconds))
    if ssl_context is not None:
        stream = stream.start_tls(ssl_context, server_hostname=host, timeout=seconds_left(seconds))
    return Punctual(stream)


class Punctual:
    """A stream that asks for each read and write how long it may still take.

    A server that sends a byte now and then would never end.

    Args:
        inner: The stream that does the work.
    """

    __slots__ = ("_inner",)

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read; see httpcore's `NetworkStream`."""
        data: bytes = self._inner.read(max_bytes, seconds_left(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write; see httpcore's `NetworkStream`."""
        self._inner.write(buffer, seconds_left(timeout))

    def close(self) -> None:
        """Close it."""
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        """What there is to know of the stream."""
        return self._inner.get_extra_info(info)


class AsyncioStream(asyncio.Protocol):
    """A connection under asyncio. One task uses it at a time."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        """Begin without a connection; asyncio tells of it."""
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._unread = 0
        self._ended = self._full = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as httpcore's
        """Read what there is; nothing at the end.

        Raises:
            httpcore.ReadError: The connection broke.
            httpcore.ReadTimeout: Nothing came in time.
        """
        if not self._parts and not self._ended:
            await self._wait(timeout, "ReadTimeout")
        if self._parts:
            data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts.clear()
            if self._unread > READ_AHEAD and not self._ended:
                self._transport.resume_reading()
            self._unread = 0
            return data
        if self._error is not None:
            raise _error("ReadError", self._error)
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, and wait until not too much of it is left to be sent.

        Raises:
            httpcore.WriteError: The connection broke.
            httpcore.WriteTimeout: The server did not take it in time.
        """
        if not self._transport.is_closing():
            self._transport.write(buffer)
            while self._full and not self._transport.is_closing():
                await self._wait(timeout, "WriteTimeout")
        if self._transport.is_closing():
            raise _error("WriteError", self._error)

    async def aclose(self) -> None:
        """Close it at once."""
        self._transport.abort()
        await asyncio.sleep(0)  # asyncio closes the socket in its next turn

    def get_extra_info(self, info: str) -> Any:
        """What there is to know of it: whether something is to be read, its end included."""
        if info == "is_readable":
            return self._ended or self._unread > 0
        return self._transport.get_extra_info(info)

    async def _wait(self, seconds: float | None, expired: str) -> None:
        """Wait until asyncio tells something."""
        waiter = self._waiter = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, _expire, waiter, expired)
        try:
            await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What asyncio calls, by these names.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """There is a connection."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        if self._unread <= READ_AHEAD < self._unread + len(data):
            self._transport.pause_reading()
        self._parts.append(data)
        self._unread += len(data)
        self._wake()

    def eof_received(self) -> None:
        """No more will come: the connection closes by itself."""
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more."""
        self._ended, self._error = True, exc
        self._wake()

    def pause_writing(self) -> None:
        """Too much is left to be sent."""
        self._full = True

    def resume_writing(self) -> None:
        """It has become less."""
        self._full = False
        self._wake()


def _expire(waiter: "asyncio.Future[None]", kind: str) -> None:
    if not waiter.done():
        waiter.set_exception(_error(kind))


def _error(kind: str, cause: Exception | None = None) -> Exception:
    """An error as httpcore has it."""
    import httpcore

    error: Exception = getattr(httpcore, kind)("" if cause is None else str(cause))
    error.__cause__ = cause
    return error
