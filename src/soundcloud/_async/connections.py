"""The connections to one server, on httpcore's own: the one that was used last goes first.

httpcore's pool looks at each of its connections for each request, and at fifty requests at once does little else. Here a
request takes a connection off a stack, and puts it back.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from soundcloud._colour import async_protected
from soundcloud._core.body import Body
from soundcloud._core.request import lower_headers
from soundcloud._core.retry import SAFE_METHODS
from soundcloud._waiting import AsyncSlots, async_network, async_owner, async_parts
from soundcloud.options import Limits


class AsyncConnections:
    """The connections to one server.

    Args:
        origin: The server's address.
        limits: How many there may be.
        ssl_context: Makes the settings of TLS, when the first connection needs them.
    """

    def __init__(self, origin: str, limits: Limits, ssl_context: Any) -> None:
        import httpcore

        self._httpcore = httpcore
        parts = urlsplit(origin)
        secure = parts.scheme == "https"
        self._root = len(f"{parts.scheme}://{parts.netloc}")
        self._scheme, self._host = parts.scheme.encode(), (parts.hostname or "").encode("idna")
        self._port = parts.port or (443 if secure else 80)
        self._origin = httpcore.Origin(self._scheme, self._host, self._port)
        self._ssl_context = ssl_context if secure else None
        self._limits = limits
        self._idle: deque[httpcore.AsyncHTTPConnection] = deque()
        self._slots: AsyncSlots | None = None
        self._owner: object = None
        self._network: Any = async_network()
        self._lock = threading.Lock()
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
            content: The body to send: bytes, or something that gives them.
            timeouts: Seconds for each phase.
            body: Takes the body of the reply.

        Returns:
            The status, and the headers with their names in lower case.
        """
        slots = self._current()
        if not await slots.take(timeouts["pool"]):
            raise self._httpcore.PoolTimeout
        try:
            while True:
                connection, used = await self._take()
                response = parts = None
                try:
                    response = await connection.handle_async_request(
                        self._request(method, url, headers, content, timeouts)
                    )
                    try:
                        names = lower_headers(response.headers)
                        body.begin(names)
                        parts = response.aiter_stream()
                        async for part in parts:
                            body.add(part)
                    finally:
                        await response.aclose()
                except BaseException as error:
                    await async_protected(self._drop, connection, parts)
                    if used and response is None and method in SAFE_METHODS and isinstance(error, self._broken):
                        continue  # the server had closed it, and that was not known yet (RFC 9112, section 9.3.1)
                    raise
                await self._give_back(connection)
                return response.status, names
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

    def _request(self, method: str, url: str, headers: Any, content: Any, timeouts: dict[str, float]) -> Any:
        """The request as httpcore has it."""
        target = url[self._root :].encode("ascii")
        if content is not None:
            content = async_parts(content)
        where = self._httpcore.URL(
            scheme=self._scheme,
            host=self._host,
            port=self._port,
            target=target if target.startswith(b"/") else b"/" + target,
        )
        return self._httpcore.Request(method, where, headers=headers, content=content, extensions={"timeout": timeouts})

    async def _take(self) -> tuple[Any, bool]:
        """The connection that was used last, or a new one; and whether it was used."""
        while (connection := _taken(self._idle.pop)) is not None:
            if not connection.has_expired() and connection.is_idle():
                return connection, True
            await async_protected(connection.aclose)
        made = self._httpcore.AsyncHTTPConnection(
            self._origin,
            ssl_context=None if self._ssl_context is None else self._ssl_context(),
            keepalive_expiry=self._limits.keepalive_seconds,
            network_backend=self._network,
        )
        return made, False

    async def _give_back(self, connection: Any) -> None:
        """Keep a connection for the next request, and close the one that was idle longest when it is time."""
        if connection.is_closed():
            return
        if self._closed or not connection.is_idle() or self._limits.max_keepalive == 0 or _has_more(connection):
            await async_protected(connection.aclose)
            return
        oldest = _taken(self._idle.popleft)
        self._idle.append(connection)
        if oldest is not None and (len(self._idle) >= self._limits.max_keepalive or oldest.has_expired()):
            await async_protected(oldest.aclose)
        elif oldest is not None:
            self._idle.appendleft(oldest)

    async def _drop(self, connection: Any, parts: Any) -> None:
        """Close a connection, and end the reading of its reply: trio complains of a generator that is left in the middle."""
        await connection.aclose()
        if parts is not None:
            with suppress(Exception):
                async for _ in parts:
                    pass

    async def aclose(self) -> None:
        """Close those that are idle; those that are in use are closed after it."""
        self._closed = True
        while (connection := _taken(self._idle.pop)) is not None:
            await async_protected(connection.aclose)


def _has_more(connection: Any) -> bool:
    """Whether more came than the reply: it is no reply to the next request, which would take it for one (RFC 9112, section 6.3)."""
    # httpcore keeps it for the next reply, and does not say so.
    parser: Any = getattr(getattr(connection, "_connection", None), "_h11_state", None)
    return parser is not None and parser.trailing_data[0] != b""


def _taken(take: Callable[[], Any]) -> Any:
    """A connection off the stack, or None: another thread may have taken the last one."""
    try:
        return take()
    except IndexError:
        return None
