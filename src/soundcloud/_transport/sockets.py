"""Sockets, and the streams of the sync client over them."""

import os
import select
import selectors
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from time import monotonic
from typing import Any, cast

from soundcloud._transport.base import ConnectError, ConnectTimeout, ReadError, ReadTimeout, WriteError, WriteTimeout

HAPPY_EYEBALLS_DELAY = 0.25  # seconds after which the next IP address of a host is tried too (RFC 8305, section 5)


class ReadinessPoll:
    """Polls one socket for unread bytes, its end, or an error."""

    __slots__ = ("_descriptor", "_poll")

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._poll = descriptor, None
        if hasattr(select, "poll") and descriptor >= 0:  # Windows has no poll
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLIN)

    def is_readable(self) -> bool:
        """Return whether the socket has unread bytes, is at its end, or is broken."""
        if self._poll is not None:
            return bool(self._poll.poll(0))
        return self._descriptor < 0 or bool(select.select([self._descriptor], [], [], 0)[0])


class SocketStream:
    """A connection over a blocking socket. One thread uses it at a time."""

    __slots__ = ("_readiness", "_socket")

    def __init__(self, connected: socket.socket) -> None:
        self._socket, self._readiness = connected, ReadinessPoll(connected.fileno())

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
        return self._socket.fileno() < 0 or self._readiness.is_readable()


def connect_socket(
    host: str, port: int, ssl_context: ssl.SSLContext | None, seconds: float, deadline: Any
) -> SocketStream:
    """Connect to a server; see `soundcloud._transport.connect`."""
    ends_at = monotonic() + deadline.clamp(seconds)
    try:
        addresses = _resolve(host, port, ends_at, in_thread=deadline.remaining() is not None)
        connected = _connect_first(addresses, ends_at)
    except TimeoutError as error:
        raise ConnectTimeout(str(error)) from error
    except OSError as error:
        raise ConnectError(str(error)) from error
    try:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if ssl_context is not None:
            connected.settimeout(_remaining(ends_at))
            connected = ssl_context.wrap_socket(connected, server_hostname=host)
    except BaseException as error:
        connected.close()
        if isinstance(error, TimeoutError):
            raise ConnectTimeout(str(error)) from error
        if isinstance(error, OSError):
            raise ConnectError(str(error)) from error
        raise
    return SocketStream(connected)


def _remaining(ends_at: float) -> float:
    """Return the seconds that remain; raise TimeoutError if none do."""
    seconds = ends_at - monotonic()
    if seconds <= 0:
        raise TimeoutError("timed out")
    return seconds


def _resolve(host: str, port: int, ends_at: float, *, in_thread: bool) -> list[Any]:
    """Look up the addresses of a host, alternating between IPv6 and IPv4 (RFC 8305, section 4).

    Args:
        host: The host name or IP address.
        port: The port.
        ends_at: When the lookup must have ended.
        in_thread: Whether to look up a name in a thread: the resolver of the system has timeouts of its own, often 30 s.
    """

    def look_up() -> list[Any]:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    found: list[Any] = _in_thread(look_up, ends_at) if in_thread and not _is_ip_address(host) else look_up()
    if not found:
        raise OSError("the host has no address")
    first = [address for address in found if address[0] == found[0][0]]
    others = [address for address in found if address[0] != found[0][0]]
    paired = [address for pair in zip(first, others, strict=False) for address in pair]
    shorter = min(len(first), len(others))
    return paired + first[shorter:] + others[shorter:]


def _is_ip_address(host: str) -> bool:
    with suppress(ValueError):
        ip_address(host)
        return True
    return False


def _in_thread(function: Callable[[], Any], ends_at: float) -> Any:
    """Call a function in a thread, which is left behind when the time is up."""
    outcome: list[Any] = []
    done = threading.Event()

    def run() -> None:
        try:
            outcome.append((function(), None))
        except BaseException as error:
            outcome.append((None, error))
        done.set()

    threading.Thread(target=run, name="soundcloud-lookup", daemon=True).start()
    if not done.wait(_remaining(ends_at)):
        raise TimeoutError("the host name was not resolved in time")
    result, error = outcome.pop()
    if error is not None:
        raise error
    return result


def _connect_first(addresses: list[Any], ends_at: float) -> socket.socket:
    """Connect to the first address that answers; a further one is tried after 250 ms, or when one has failed."""
    if len(addresses) == 1:
        return _connect_only(addresses[0], ends_at)
    attempts: list[socket.socket] = []
    waiting = list(reversed(addresses))
    failure = OSError("no address of the host could be tried")
    next_at = monotonic()
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or attempts:
                remaining = _remaining(ends_at)
                if waiting and (not attempts or monotonic() >= next_at):
                    next_at = monotonic() + HAPPY_EYEBALLS_DELAY
                    try:
                        attempt = _start_connecting(waiting.pop())
                    except OSError as error:
                        failure, next_at = error, 0.0
                        continue
                    attempts.append(attempt)
                    selector.register(attempt, selectors.EVENT_WRITE)
                until_next = max(0.0, next_at - monotonic()) if waiting else remaining
                for key, _ in selector.select(min(remaining, until_next)):
                    attempt = cast("socket.socket", key.fileobj)
                    selector.unregister(attempt)
                    attempts.remove(attempt)
                    code = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not code:
                        return attempt
                    attempt.close()
                    failure, next_at = OSError(code, os.strerror(code)), 0.0
        finally:
            for attempt in attempts:
                attempt.close()
    raise failure


def _connect_only(address: Any, ends_at: float) -> socket.socket:
    connected = socket.socket(*address[:3])
    try:
        connected.settimeout(_remaining(ends_at))
        connected.connect(address[4])
    except BaseException:
        connected.close()
        raise
    return connected


def _start_connecting(address: Any) -> socket.socket:
    attempt = socket.socket(*address[:3])
    try:
        attempt.setblocking(False)
        with suppress(BlockingIOError):
            attempt.connect(address[4])
    except BaseException:
        attempt.close()
        raise
    return attempt
