"""Sockets, and the streams of the sync client over them."""

import select
import socket
import ssl
from typing import Any

from soundcloud._transport.base import ConnectError, ConnectTimeout, ReadError, ReadTimeout, WriteError, WriteTimeout


def is_readable(descriptor: int) -> bool:
    """Return whether a socket has unread bytes, is at its end, or is broken."""
    if descriptor < 0:
        return True
    if hasattr(select, "poll"):
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        return bool(poller.poll(0))
    return bool(select.select([descriptor], [], [], 0)[0])  # Windows has no poll


class SocketStream:
    """A connection over a blocking socket. One thread uses it at a time."""

    __slots__ = ("_socket",)

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def read(self, max_bytes: int, seconds: float) -> bytes:
        """Read the bytes that are there, or wait for some; return b"" at the end.

        Raises:
            ReadError: The connection broke.
            ReadTimeout: No data within `seconds`.
        """
        try:
            self._socket.settimeout(seconds)
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise ReadTimeout(str(error)) from error
        except OSError as error:
            raise ReadError(str(error)) from error

    def write(self, data: bytes, seconds: float) -> None:
        """Write all bytes.

        Raises:
            WriteError: The connection broke.
            WriteTimeout: The server took nothing within `seconds`.
        """
        view = memoryview(data)
        try:
            self._socket.settimeout(seconds)
            while view:
                view = view[self._socket.send(view) :]
        except TimeoutError as error:
            raise WriteTimeout(str(error)) from error
        except OSError as error:
            raise WriteError(str(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def is_readable(self) -> bool:
        """Return whether there are unrequested bytes, or the server has closed the connection."""
        return is_readable(self._socket.fileno())


def connect_socket(
    host: str, port: int, ssl_context: ssl.SSLContext | None, seconds: float, deadline: Any
) -> SocketStream:
    """Connect to a server; see `soundcloud._transport.connect`."""
    try:
        connected = socket.create_connection((host, port), deadline.clamp(seconds))
    except TimeoutError as error:
        raise ConnectTimeout(str(error)) from error
    except OSError as error:
        raise ConnectError(str(error)) from error
    try:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if ssl_context is not None:
            connected.settimeout(deadline.clamp(seconds))
            connected = ssl_context.wrap_socket(connected, server_hostname=host)
    except BaseException as error:
        connected.close()
        if isinstance(error, TimeoutError):
            raise ConnectTimeout(str(error)) from error
        if isinstance(error, OSError):
            raise ConnectError(str(error)) from error
        raise
    return SocketStream(connected)
