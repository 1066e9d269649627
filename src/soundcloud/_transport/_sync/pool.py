"""A LIFO pool of connections to one origin.

httpcore's pool scans all its connections for each request, and at fifty concurrent requests does little else. Here a request pops a
connection from a stack and pushes it back, and llhttp parses the response.
"""

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from soundcloud._concurrency import PerScope
from soundcloud._deadline import Deadline
from soundcloud._protocol.http.http1 import ParseError, ResponseParser, encode_head
from soundcloud._protocol.http.response_body import ResponseBody
from soundcloud._protocol.retry import SAFE_METHODS
from soundcloud._protocol.secrets import SecretBytes
from soundcloud._synchronization import Semaphore, run_in_thread, shield
from soundcloud._transport.base import PoolTimeout, PreparedRequest, ProtocolError, ReadError, WriteError
from soundcloud._transport.connect import connect
from soundcloud._transport.tls import TlsSettings
from soundcloud.options import Limits, Timeout

_STALE = (ReadError, WriteError, ParseError)
READ_BYTES = 32_768  # larger reads often stop the first large response of a local server for 40 ms (delayed ACK)


Idle: TypeAlias = deque[tuple[Any, float]]
"""Idle connections, the one that was used last at the end, each with the time at which it expires."""


class PoolState:
    """The connections of one event loop (async) or one process (sync)."""

    __slots__ = ("idle", "slots")

    def __init__(self, max_connections: int) -> None:
        self.idle: Idle = deque()
        self.slots = Semaphore(max_connections)


class ConnectionPool:
    """The connections to one origin.

    Args:
        origin: The URL of the server.
        limits: The maximum numbers of connections.
        tls: The TLS settings.
    """

    def __init__(self, origin: str, limits: Limits, tls: TlsSettings) -> None:
        parts = urlsplit(origin)
        secure = parts.scheme == "https"
        self._origin_length = len(f"{parts.scheme}://{parts.netloc}")
        self._host = (parts.hostname or "").encode("idna").decode("ascii")
        self._port = parts.port or (443 if secure else 80)
        self._tls = tls if secure else None
        self._limits = limits
        self._state = PerScope(lambda: PoolState(limits.max_connections))
        self._closed = False

    def send(
        self, request: PreparedRequest, body: ResponseBody, timeout: Timeout, deadline: Deadline
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read its response; see `soundcloud._transport.base.Transport.send`."""
        target = SecretBytes(request.url[self._origin_length :].encode("ascii"))
        if not target.startswith(b"/"):
            target = SecretBytes(b"/" + target)
        head = encode_head(request.method, target, request.headers)
        content: Any = request.content
        state = self._state.get()
        slots, idle = state.slots, state.idle
        if not slots.acquire(timeout=deadline.clamp(timeout.pool)):
            raise PoolTimeout
        try:
            while True:
                stream = self._pop(idle)
                reused = stream is not None
                if stream is None:
                    ssl_context = None if self._tls is None else self._ssl_context(self._tls)
                    stream = connect(self._host, self._port, ssl_context, timeout.connect, deadline)
                response = ResponseParser(body, empty=request.method == "HEAD")
                sent = False
                try:
                    try:
                        if content is None or isinstance(content, bytes):
                            whole = SecretBytes(head + content) if content else head
                            stream.write(whole, deadline.clamp(timeout.write))
                        else:
                            stream.write(head, deadline.clamp(timeout.write))
                            for part in content:
                                stream.write(part, deadline.clamp(timeout.write))
                        sent = True
                    except WriteError:
                        pass  # the server may have answered early, for example with 413, and closed the connection
                    while not response.feed(stream.read(READ_BYTES, deadline.clamp(timeout.read))):
                        pass
                except BaseException as error:
                    shield(stream.close)
                    if reused and not response.status and request.method in SAFE_METHODS and isinstance(error, _STALE):
                        continue  # the server had closed the connection before it read the request (RFC 9112, section 9.3.1)
                    if isinstance(error, ParseError):
                        raise ProtocolError(str(error)) from None
                    raise
                if sent and response.reusable and not self._closed and self._limits.max_keepalive:
                    self._push(idle, stream)
                else:
                    shield(stream.close)
                return response.status, response.headers
        finally:
            slots.release()

    def _ssl_context(self, tls: TlsSettings) -> Any:
        """Return the TLS context. The certificates are loaded in a thread: that takes up to 50 ms."""
        return tls.context() if tls.is_loaded else run_in_thread(tls.context)

    def _pop(self, idle: Idle) -> Any:
        """Return the connection that was used last, or None; close those that expired or that the server has closed."""
        while (newest := _pop_or_none(idle.pop)) is not None:
            stream, expires_at = newest
            if monotonic() < expires_at and not stream.is_readable():
                return stream
            shield(stream.close)
        return None

    def _push(self, idle: Idle, stream: Any) -> None:
        """Keep a connection for the next request, and close the one that was idle longest if it is no longer needed."""
        oldest = _pop_or_none(idle.popleft)
        now = monotonic()
        idle.append((stream, now + self._limits.keepalive_seconds))
        if oldest is None:
            return
        if len(idle) >= self._limits.max_keepalive or oldest[1] <= now or oldest[0].is_readable():
            shield(oldest[0].close)
        else:
            idle.appendleft(oldest)

    def close(self) -> None:
        """Close the idle connections; those in use are closed when their request ends.

        The connections of other event loops are closed by their loops, or when they are garbage-collected.
        """
        self._closed = True
        idle = self._state.get().idle
        while (newest := _pop_or_none(idle.pop)) is not None:
            shield(newest[0].close)


def _pop_or_none(pop: Callable[[], Any]) -> Any:
    """Pop, or return None if another thread took the last connection."""
    try:
        return pop()
    except IndexError:
        return None
