"""Engines that only one of the two shells has, in a pair: `async_faster_engine` and `faster_engine`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from soundcloud._concurrency import AsyncSlots
from soundcloud._protocol.http.messages import decode_headers
from soundcloud._protocol.http.multipart import Multipart
from soundcloud._protocol.http.response_body import Body
from soundcloud.errors import InvalidInputError
from soundcloud.options import Limits

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from httpx import AsyncByteStream, SyncByteStream

EngineName: TypeAlias = Literal["httpx", "aiohttp", "auto"]
"""Who sends the requests."""

_INSTALL = "aiohttp is not installed: pip install 'soundcloud-sdk[aiohttp]'"


def async_faster_engine(
    name: EngineName, limits: Limits, proxies: Mapping[str, str | None], ssl_context: Callable[[], Any]
) -> "AiohttpEngine | None":
    """The engine that a client asked for, where it is another one than its own.

    Raises:
        InvalidInputError: It is not installed.
    """
    if name == "httpx":
        return None
    if find_spec("aiohttp") is None:
        if name == "auto":
            return None
        raise InvalidInputError(f"engine='aiohttp': {_INSTALL}")
    return AiohttpEngine(limits, proxies, ssl_context, needed=name == "aiohttp")


def httpx_stream(form: Multipart) -> "SyncByteStream | AsyncByteStream":
    """A form as httpx takes it: it asks for streams of its own classes."""
    import httpx

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return iter(form)

        def __aiter__(self) -> AsyncIterator[bytes]:
            return aiter(form)

    return Stream()


def faster_engine(
    name: EngineName,
    limits: Limits,  # noqa: ARG001 - as the other
    proxies: Mapping[str, str | None],  # noqa: ARG001
    ssl_context: Callable[[], Any],  # noqa: ARG001
) -> Any:
    """None: there is no other engine for this client.

    Raises:
        InvalidInputError: It was asked for.
    """
    if name == "aiohttp":
        raise InvalidInputError("engine='aiohttp' is for AsyncSoundCloudClient; leave it out here")
    return None


class PoolTimeout(TimeoutError):  # noqa: N818 - the name that httpx and httpcore have for it
    """No connection was free in time."""


class AiohttpEngine:
    """Sends with aiohttp, on asyncio: where it was asked for, and through proxies.

    Args:
        limits: How many connections there may be.
        proxies: The proxy for each server, or None; servers may be added.
        ssl_context: Makes the settings of TLS.
        needed: Whether it was asked for by name, so that nothing else will do.
    """

    def __init__(
        self,
        limits: Limits,
        proxies: Mapping[str, str | None],
        ssl_context: Callable[[], Any],
        *,
        needed: bool,
    ) -> None:
        self._limits, self._ssl_context, self._needed = limits, ssl_context, needed
        self._proxies = proxies
        self._session: ClientSession | None = None
        self._slots: AsyncSlots | None = None
        self._loop: object = None
        self._timeouts: tuple[dict[str, float], Any] = ({}, None)

    def is_of_use(self) -> bool:
        """Whether it can send here.

        Raises:
            InvalidInputError: It was asked for, and cannot.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            if self._needed:
                raise InvalidInputError("engine='aiohttp' runs on asyncio only; use engine='httpx' with trio") from None
            return False
        # Unasked it is of use where a proxy stands between, which the client's own connections do not speak to. A SOCKS proxy is
        # httpx's business.
        proxies = [proxy for proxy in self._proxies.values() if proxy is not None]
        return self._needed or (bool(proxies) and all(proxy.startswith("http") for proxy in proxies))

    async def exchange(
        self,
        method: str,
        url: str,
        headers: list[tuple[bytes, bytes]],
        content: Any,
        timeouts: dict[str, float],
        body: Body,
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read its reply; see `AsyncConnections.exchange`."""
        if not isinstance(content, Multipart):
            return await self._exchange(method, url, headers, content, timeouts, body)
        async with asyncio.timeout(None) as writing:
            payload = _payload_of(content, writing, timeouts["write"])
            try:
                return await self._exchange(method, url, headers, payload, timeouts, body)
            finally:
                if not content.ended and payload.transport is not None:
                    # It broke off, or was answered early. A close would wait until somebody takes what is not sent yet.
                    payload.transport.abort()

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: list[tuple[bytes, bytes]],
        content: Any,
        timeouts: dict[str, float],
        body: Body,
    ) -> tuple[int, dict[str, str]]:
        from yarl import URL

        session, slots = self._current()
        proxy = next((proxy for origin, proxy in self._proxies.items() if url.startswith(origin)), None)
        if not await slots.take(timeouts["pool"]):
            raise PoolTimeout
        try:
            async with session.request(
                method,
                URL(url, encoded=True),
                headers=[(name.decode("ascii"), value.decode("ascii")) for name, value in headers],
                data=content,
                allow_redirects=False,
                timeout=self._timeout(timeouts),
                proxy=proxy,
                ssl=self._ssl_context() if url.startswith("https://") else True,
            ) as response:
                names = decode_headers(response.raw_headers)
                body.begin(names)
                async for part in response.content.iter_any():
                    body.add(part)
        finally:
            slots.give()
        return response.status, names

    def _current(self) -> "tuple[ClientSession, AsyncSlots]":
        """The session of this loop, and its places: those of another one are of no use."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            import aiohttp

            connector = aiohttp.TCPConnector(
                limit=0,  # its own limit costs a timer for each request
                keepalive_timeout=self._limits.keepalive_seconds,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
            )
            # aiohttp would send a PUT or a DELETE a second time where a connection breaks: what it did is not known then.
            self._session._retry_connection = False  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            self._loop, self._slots = loop, AsyncSlots(self._limits.max_connections)
        assert self._slots is not None  # noqa: S101 - it is made with the session
        return self._session, self._slots

    def _timeout(self, timeouts: dict[str, float]) -> Any:
        """The settings of time as aiohttp has them, made once."""
        if self._timeouts[0] != timeouts:
            from aiohttp import ClientTimeout

            limits = ClientTimeout(
                total=None,
                sock_connect=timeouts["connect"],
                sock_read=timeouts["read"],
            )
            self._timeouts = (timeouts, limits)
        return self._timeouts[1]

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _payload_of(form: Multipart, writing: asyncio.Timeout, seconds: float) -> Any:
    """A form as aiohttp takes it. Each piece has to be taken in time: aiohttp knows no such end.

    Args:
        form: The form.
        writing: What ends the call.
        seconds: How long the writing of a piece may take.
    """
    from aiohttp.payload import Payload

    class FormPayload(Payload):
        transport: asyncio.Transport | None = None

        async def write(self, writer: Any) -> None:
            self.transport = writer.transport
            clock = asyncio.get_running_loop().time
            async for piece in form:  # where a piece comes from may take its time
                writing.reschedule(clock() + seconds)
                await writer.write(piece)
                writing.reschedule(None)

        def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 - as the other
            raise TypeError("a form is sent, and not read")

    return FormPayload(form, content_type=form.media_type)
