"""The connections to one server: the one that was used last goes first.

httpcore's pool looks at each of its connections for each request, and at fifty requests at once does little else; its parser
is Python. Here a request takes a connection off a stack, and puts it back, and llhttp reads the reply.
"""

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from soundcloud._concurrency import AsyncSlots, async_owner
from soundcloud._protocol.http.http1 import ResponseReader, encode_head
from soundcloud._protocol.http.messages import SecretBytes
from soundcloud._protocol.http.response_body import Body
from soundcloud._protocol.retry import SAFE_METHODS
from soundcloud._synchronization import async_protected
from soundcloud._transport.streams import async_connect
from soundcloud.options import Limits

READ_BYTES = 131_072  # at a time; what is much larger costs the system a new piece of memory each time


class AsyncConnections:
    """The connections to one server.

    Args:
        origin: The server's address.
        limits: How many there may be.
        ssl_context: Makes the settings of TLS, when the first connection needs them.
    """

    def __init__(self, origin: str, limits: Limits, ssl_context: Any) -> None:
        import httpcore

        parts = urlsplit(origin)
        secure = parts.scheme == "https"
        self._root = len(f"{parts.scheme}://{parts.netloc}")
        self._host = (parts.hostname or "").encode("idna").decode("ascii")
        self._port = parts.port or (443 if secure else 80)
        self._ssl_context = ssl_context if secure else None
        self._limits = limits
        self._idle: deque[tuple[Any, float]] = deque()  # each with the moment when it is too old
        self._slots: AsyncSlots | None = None
        self._owner: object = None
        self._lock = threading.Lock()
        self._pool_timeout, self._write_error = httpcore.PoolTimeout, httpcore.WriteError
        self._broken = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)
        self._closed = False

    async def exchange(
        self,
        method: str,
        url: str,
        headers: list[tuple[bytes, bytes]],
        content: Any,
        timeouts: dict[str, float],
        body: Body,
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read its reply.

        Args:
            method: The HTTP method.
            url: The address; whatever it says, the request goes to this server.
            headers: All headers.
            content: The body to send: None, bytes, or something that gives them.
            timeouts: Seconds for each phase.
            body: Takes the body of the reply.

        Returns:
            The status, and the headers with their names in lower case.
        """
        target = SecretBytes(url[self._root :].encode("ascii"))
        head = encode_head(method, target if target.startswith(b"/") else SecretBytes(b"/" + target), headers)
        slots = self._current()
        if not await slots.take(timeouts["pool"]):
            raise self._pool_timeout
        try:
            while True:
                stream = await self._take()
                used = stream is not None
                if stream is None:
                    ssl_context = None if self._ssl_context is None else self._ssl_context()
                    stream = await async_connect(self._host, self._port, ssl_context, timeouts["connect"])
                response = ResponseReader(body, empty=method == "HEAD")
                try:
                    sent = await self._write(stream, head, content, timeouts["write"])
                    await self._read(stream, response, timeouts["read"])
                except BaseException as error:
                    await async_protected(stream.aclose)
                    if used and not response.status and method in SAFE_METHODS and isinstance(error, self._broken):
                        continue  # the server had closed it, and that was not known yet (RFC 9112, section 9.3.1)
                    raise
                if sent and response.reusable and not self._closed and self._limits.max_keepalive:
                    await self._keep(stream)
                else:
                    await async_protected(stream.aclose)
                return response.status, response.headers
        finally:
            slots.give()

    def _current(self) -> AsyncSlots:
        """The places; those of another loop, or of the process that this one was forked from, are left alone."""
        whose = async_owner()
        if self._slots is None or whose != self._owner:
            with self._lock:
                if self._slots is None or whose != self._owner:
                    self._idle, self._slots = deque(), AsyncSlots(self._limits.max_connections)
                    self._owner = whose
        return self._slots

    async def _write(self, stream: Any, head: SecretBytes, content: Any, seconds: float) -> bool:
        """Send a request; tells whether the server took all of it. If not, it may have answered all the same."""
        try:
            if content is None or isinstance(content, bytes):
                await stream.write(SecretBytes(head + content) if content else head, seconds)
            else:
                await stream.write(head, seconds)
                async for part in content:
                    await stream.write(part, seconds)
        except self._write_error:
            return False
        return True

    async def _read(self, stream: Any, response: ResponseReader, seconds: float) -> None:
        """Read a reply to its end."""
        while not response.feed(await stream.read(READ_BYTES, seconds)):
            pass

    async def _take(self) -> Any:
        """The connection that was used last, or None: there is none, or each is too old or closed by the server."""
        while (idle := _taken(self._idle.pop)) is not None:
            stream, too_old = idle
            if monotonic() < too_old and not stream.get_extra_info("is_readable"):
                return stream
            await async_protected(stream.aclose)
        return None

    async def _keep(self, stream: Any) -> None:
        """Keep a connection for the next request, and close the one that was idle longest when it is time."""
        oldest = _taken(self._idle.popleft)
        now = monotonic()
        self._idle.append((stream, now + self._limits.keepalive_seconds))
        if oldest is None:
            return
        if len(self._idle) >= self._limits.max_keepalive or oldest[1] <= now or oldest[0].get_extra_info("is_readable"):
            await async_protected(oldest[0].aclose)
        else:
            self._idle.appendleft(oldest)

    async def aclose(self) -> None:
        """Close those that are idle; those that are in use are closed after it."""
        self._closed = True
        while (idle := _taken(self._idle.pop)) is not None:
            await async_protected(idle[0].aclose)


def _taken(take: Callable[[], Any]) -> Any:
    """Something off the stack, or None: another thread may have taken the last one."""
    try:
        return take()
    except IndexError:
        return None
