"""From a call to its reply: the one place of this shell that speaks HTTP.

| what the client was given | who sends |
| --- | --- |
| nothing | connections of its own, on httpcore |
| a proxy in the environment, or something has patched httpx (a recorder, a mock) | httpx's transports |
| `transport=`, `http_client=` | these |
| `engine="aiohttp"`, or `"auto"` with aiohttp at hand, under asyncio | aiohttp |
"""

import sys
from contextlib import ExitStack
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from soundcloud._checks import check_type
from soundcloud._concurrency import seconds_left
from soundcloud._protocol.error_mapping import clear_tracebacks, map_transport_error
from soundcloud._protocol.http.messages import Request, Response, SecretBytes, decode_headers, header_value
from soundcloud._protocol.http.multipart import Multipart
from soundcloud._protocol.http.response_body import Body
from soundcloud._transport._sync.pool import Connections
from soundcloud._transport.aiohttp_engine import EngineName, faster_engine, httpx_stream
from soundcloud._transport.proxies import proxy_of
from soundcloud.errors import InvalidInputError, SoundCloudError
from soundcloud.options import Limits
from soundcloud_api.types import FormModel

if TYPE_CHECKING:
    import httpx

_RESERVED = "%/:?#[]@!$&'()*+,;=~"
Headers = list[tuple[bytes, bytes]]


class Engine:
    """Sends the requests of one client.

    Args:
        origins: The addresses of the API and of other servers, as far as they are known.
        user_agent: What the client calls itself.
        http_client: A ready httpx client; it is not closed by this one.
        transport: An httpx transport.
        engine: Who sends: `httpx`, `aiohttp` or `auto`.
        limits: How many connections there may be.
        max_response_bytes: How many bytes a reply may have.
    """

    def __init__(
        self,
        origins: tuple[str, ...],
        *,
        user_agent: str,
        http_client: "httpx.Client | None",
        transport: "httpx.BaseTransport | None",
        engine: EngineName,
        limits: Limits,
        max_response_bytes: int,
    ) -> None:
        """Check the settings; nothing is opened."""
        if http_client is not None and transport is not None:
            raise InvalidInputError(
                "give http_client= or transport=, not both: a ready client has its transport already"
            )
        check_colour(http_client, transport)
        if engine not in ("httpx", "aiohttp", "auto"):
            raise InvalidInputError(f"engine={engine!r}: use httpx, aiohttp or auto")
        if engine == "aiohttp" and (http_client is not None or transport is not None):
            raise InvalidInputError("give engine='aiohttp' alone: http_client= and transport= are httpx's")
        if max_response_bytes.__class__ is not int or max_response_bytes < 1:
            raise InvalidInputError(f"max_response_bytes={max_response_bytes!r}: give a number of bytes, 1 or more")
        self._limits, self._limit = limits, max_response_bytes
        self._client = http_client
        self._given = http_client is not None or transport is not None
        self._proxies: dict[str, str | None] = {}
        self._hosts: dict[str, bytes] = {}
        self._faster = None if self._given else faster_engine(engine, limits, self._proxies, self._ssl_context)
        self._connections: dict[str, Connections] = {}
        self._transports: dict[str | None, httpx.BaseTransport] = {} if transport is None else {None: transport}
        for origin in origins:
            self._admit(origin)  # now: a proxy's address that is none is a setting that is wrong
        self._common: Headers = [
            (b"User-Agent", header_value("user_agent", user_agent).encode("ascii")),
            (b"Accept", b"application/json; charset=utf-8"),
            (b"Accept-Encoding", b"gzip"),
        ]
        self._authorized: tuple[str, SecretBytes] = ("", SecretBytes())
        self._ssl: Any = None

    def close(self) -> None:
        """Close the connections, unless the HTTP client was given."""
        for connections in self._connections.values():
            connections.close()
        for transport in self._transports.values():
            transport.close()
        if self._faster is not None:
            self._faster.close()

    def exchange(self, request: Request, origin: str, token: str | None, timeouts: dict[str, float]) -> Response:
        """Send a call, once, and read its reply, whatever the status.

        Args:
            request: What to send.
            origin: The server.
            token: The access token, or None.
            timeouts: Seconds for each phase.

        Returns:
            The reply.

        Raises:
            InvalidInputError: It cannot be sent; nothing was.
            ConnectionFailedError: There was no reply.
            UnexpectedResponseError: The reply cannot be decompressed.
        """
        if origin not in self._hosts:
            self._admit(origin)
        headers = self._headers(request, origin, token)
        body, content = Body(self._limit, empty=request.method == "HEAD"), None
        with ExitStack() as files:
            try:
                url = sendable(request.url)
                content = self._content(request, headers, files)
                send = self._sender(origin)
                status, names = send(request.method, url, headers, content, timeouts, body)
                return Response(status, names, body.end(), token)
            except SoundCloudError as error:
                error.method, error.path = request.method, request.path
                raise error.with_traceback(None) from None
            except errors_of_libraries() as error:
                if isinstance(content, Multipart) and content.failure is not None:
                    raise content.failure from None  # the program's own, whatever the library made of it
                raise map_transport_error(error, request) from clear_tracebacks(error)

    def _admit(self, origin: str) -> None:
        """Find out how to reach a server."""
        proxy = self._proxies[origin] = None if self._given else proxy_of(origin)
        if proxy is not None:
            self._transport(origin, proxy)
        self._hosts[origin] = urlsplit(origin).netloc.encode("idna")

    def _sender(self, origin: str) -> Any:
        """What sends to a server: with the arguments method, url, headers, content, timeouts, body."""
        if self._faster is not None and self._faster.is_of_use():
            return self._faster.exchange
        proxy = self._proxies[origin]
        if self._given or proxy is not None or httpx_is_patched():
            transport = None if self._client is not None else self._transport(origin, proxy)
            return HttpxSender(self._client, transport).exchange
        connections = self._connections.get(origin)
        if connections is None:
            connections = self._connections.setdefault(
                origin, Connections(origin, self._limits, self._ssl_context)
            )
        return connections.exchange

    def _transport(self, origin: str, proxy: str | None) -> "httpx.BaseTransport":
        """The transport of httpx, through a proxy or not."""
        if None in self._transports and self._given:
            return self._transports[None]
        if proxy not in self._transports:
            import httpx

            limits = httpx.Limits(
                max_connections=self._limits.max_connections,
                max_keepalive_connections=self._limits.max_keepalive,
                keepalive_expiry=self._limits.keepalive_seconds,
            )
            try:
                self._transports[proxy] = httpx.HTTPTransport(proxy=proxy, limits=limits)
            except (ValueError, ImportError) as error:
                # Not shown: it may hold a password.
                what = f"the proxy that the environment names for {origin} cannot be used"
                raise InvalidInputError(f"{what}: {type(error).__name__}") from None
        return self._transports[proxy]

    def _ssl_context(self) -> Any:
        """The settings of TLS, made once: it takes a while."""
        if self._ssl is None:
            import httpx

            self._ssl = httpx.create_ssl_context()
            self._ssl.set_alpn_protocols(["http/1.1"])
        return self._ssl

    def _headers(self, request: Request, origin: str, token: str | None) -> Headers:
        """The headers of a call, but for those of its body."""
        own = request.headers
        names = {name.lower().encode("ascii") for name in own} if own else ()
        headers = [(b"Host", self._hosts[origin])]
        headers += [pair for pair in self._common if pair[0].lower() not in names] if names else self._common
        if token is not None:
            known, written = self._authorized
            if known != token:
                written = SecretBytes(b"OAuth " + header_value("token", token).encode("ascii"))
                self._authorized = (token, written)
            headers.append((b"Authorization", written))
        headers += [
            (name.encode("ascii"), SecretBytes(header_value(name, value).encode("ascii")))
            for name, value in own.items()
        ]
        return headers

    def _content(self, request: Request, headers: Headers, files: ExitStack) -> Any:
        """The body to send, or None; its headers are added."""
        if request.json is not None:
            try:
                content = SecretBytes(msgspec.json.encode(request.json))
            except (TypeError, ValueError, RecursionError) as error:
                raise InvalidInputError(f"the body cannot be written as JSON: {error}") from None
            headers.append((b"Content-Type", b"application/json"))
        elif isinstance(request.form, FormModel):
            form = Multipart(request.form.fields(), token_hex(16), request.on_progress)
            files.callback(form.close)
            headers += [
                (b"Content-Type", form.media_type.encode("ascii")),
                (b"Content-Length", str(form.length).encode("ascii")),
            ]
            return form
        elif request.form is not None:
            content = SecretBytes(urlencode(dict(request.form)).encode("ascii"))
            headers.append((b"Content-Type", b"application/x-www-form-urlencoded"))
        elif request.method in {"POST", "PUT", "PATCH"}:
            content = SecretBytes()
        else:
            return None
        headers.append((b"Content-Length", str(len(content)).encode("ascii")))
        return content


class HttpxSender:
    """Sends with something of httpx.

    Args:
        client: A client, or None.
        transport: A transport, where there is no client.
    """

    __slots__ = ("_send",)

    def __init__(self, client: "httpx.Client | None", transport: "httpx.BaseTransport | None") -> None:
        if client is not None:
            self._send: Any = partial(client.send, stream=True, follow_redirects=False)
        else:
            self._send = transport.handle_request if transport is not None else None

    def exchange(
        self, method: str, url: str, headers: Headers, content: Any, timeouts: dict[str, float], body: Body
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read its reply; see `Connections`."""
        import httpx

        stream = httpx_stream(content) if isinstance(content, Multipart) else httpx.ByteStream(content or b"")
        response = self._send(
            httpx.Request(method, url, headers=headers, stream=stream, extensions={"timeout": timeouts})
        )
        try:
            names = decode_headers(response.headers.raw)
            if response.is_stream_consumed:
                body.add(response.content)
            else:
                body.begin(names)
                for raw in response.iter_raw():
                    seconds_left(timeouts["read"])  # raises when the call has taken all of its time
                    body.add(raw)
        finally:
            response.close()
        return response.status_code, names


def check_colour(http_client: Any, transport: Any) -> None:
    """Check what was given to send with: with something of the other client's the first call would fail."""
    if http_client is None and transport is None:
        return
    import httpx

    if http_client is not None:
        check_type("http_client", http_client, httpx.Client, "httpx.Client()")
    if transport is not None:
        check_type("transport", transport, httpx.BaseTransport, "httpx.HTTPTransport()")


def sendable(url: str) -> str:
    """Check an address that is about to be sent: what would end the line is refused, what is not ASCII is escaped."""
    if not url.isascii():
        try:
            url = quote(url, safe=_RESERVED)
        except UnicodeEncodeError:
            raise InvalidInputError("this cannot be sent: half a character") from None
    if not url.isprintable() or " " in url:
        raise InvalidInputError("this cannot be sent: the address holds a line break or a space")
    return url


def httpx_is_patched() -> bool:
    """Whether something has put itself in httpx's place: a recorder of cassettes, a mock. It is to see every request."""
    httpx: Any = sys.modules.get("httpx")
    if httpx is None:
        return False
    code = getattr(httpx.HTTPTransport.handle_request, "__code__", None)
    return code is None or not code.co_filename.startswith(httpx.__file__.removesuffix("__init__.py"))


def errors_of_libraries() -> tuple[type[Exception], ...]:
    """What the libraries raise where there is no reply."""
    import httpcore

    found: list[type[Exception]] = [
        OSError,
        ValueError,
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
        httpcore.ConnectionNotAvailable,
    ]
    if "httpx" in sys.modules:
        import httpx

        found += [httpx.HTTPError, httpx.InvalidURL, httpx.StreamError]
    if "aiohttp" in sys.modules:
        import aiohttp

        found.append(aiohttp.ClientError)
    return tuple(found)
