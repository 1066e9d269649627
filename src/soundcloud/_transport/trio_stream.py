"""Connections of the async client under trio, through anyio."""

import ssl
from typing import Any

from anyio import (
    BrokenResourceError,
    ClosedResourceError,
    EndOfStream,
    connect_tcp,
    fail_after,
)
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSStream

from soundcloud._synchronization import async_shield
from soundcloud._transport.base import ConnectError, ConnectTimeout, ReadError, ReadTimeout, WriteError, WriteTimeout
from soundcloud._transport.sockets import ReadinessPoll

_BROKEN = (BrokenResourceError, ClosedResourceError, OSError)


async def connect_trio(host: str, port: int, ssl_context: ssl.SSLContext | None, seconds: float) -> "TrioStream":
    """Connect to a server; see `soundcloud._transport.connect`."""
    try:
        with fail_after(seconds):
            stream: Any = await connect_tcp(host, port)
            if ssl_context is not None:
                try:
                    stream = await TLSStream.wrap(
                        stream, ssl_context=ssl_context, hostname=host, standard_compatible=False
                    )
                except BaseException:
                    await async_shield(stream.aclose)
                    raise
    except TimeoutError as error:
        raise ConnectTimeout(str(error)) from error
    except (*_BROKEN, EndOfStream) as error:
        raise ConnectError(str(error)) from error
    return TrioStream(stream)


class TrioStream:
    """A connection under trio. One task uses it at a time."""

    __slots__ = ("_stream",)

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, seconds: float) -> bytes:
        """Read the bytes that are there, or wait for some; return b"" at the end.

        Raises:
            ReadError: The connection broke.
            ReadTimeout: No data within `seconds`.
        """
        try:
            with fail_after(seconds):
                return await self._stream.receive(max_bytes)
        except EndOfStream:
            return b""
        except TimeoutError as error:
            raise ReadTimeout(str(error)) from error
        except _BROKEN as error:
            raise ReadError(str(error)) from error

    async def write(self, data: bytes, seconds: float) -> None:
        """Write all bytes.

        Raises:
            WriteError: The connection broke.
            WriteTimeout: The server did not take them within `seconds`.
        """
        try:
            with fail_after(seconds):
                await self._stream.send(data)
        except TimeoutError as error:
            raise WriteTimeout(str(error)) from error
        except _BROKEN as error:
            raise WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    def is_readable(self) -> bool:
        """Return whether there are unrequested bytes, or the server has closed the connection."""
        return ReadinessPoll(self._stream.extra(SocketAttribute.raw_socket).fileno()).is_readable()  # noqa: S610 - not Django's
