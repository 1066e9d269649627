"""The connection pool as a transport of httpx."""

import ssl

import httpx

from soundcloud._deadline import AsyncDeadline
from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.http.response_body import RawBody
from soundcloud._transport import base
from soundcloud._transport._async.pool import AsyncConnectionPool
from soundcloud._transport.tls import TlsSettings
from soundcloud.options import Limits, Timeout

_NO_TIMEOUT = 86_400.0  # a day, in place of None


class AsyncFastTransport(httpx.AsyncBaseTransport):
    """Sends the requests of an `httpx.AsyncClient` over the client's own connections.

    The response is read to its end before it is returned.

    Args:
        ssl_context: The TLS settings; default those of `SoundCloudClient`.
        limits: The maximum numbers of connections to each server.
        max_response_bytes: The maximum size of a response as it is received; default 50 million bytes.

    Example:
        >>> import httpx
        >>> http = httpx.AsyncClient(transport=AsyncFastTransport())
    """

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        max_response_bytes: int = 50_000_000,
    ) -> None:
        self._tls = TlsSettings(True if ssl_context is None else ssl_context)
        self._limits = Limits() if limits is None else limits
        self._max_response_bytes = max_response_bytes
        self._pools: dict[str, AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its response.

        Raises:
            httpx.TransportError: There is no response.
        """
        url = request.url.copy_with(fragment=None)
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools.setdefault(origin, AsyncConnectionPool(origin, self._limits, self._tls.context))
        content = await request.aread()
        headers = [header for header in request.headers.raw if header[0].lower() != b"transfer-encoding"]
        if len(headers) != len(request.headers.raw):
            headers.append((b"Content-Length", str(len(content)).encode("ascii")))
        prepared = base.PreparedRequest(request.method, str(url), headers, content or None)
        body = RawBody(self._max_response_bytes, empty=request.method == "HEAD")
        deadline = AsyncDeadline(None, Request(request.method, str(url), url.path))
        try:
            status, received = await pool.send(prepared, body, _timeout_of(request), deadline)
        except base.TransportError as error:
            raise _httpx_error(error, request) from error
        return httpx.Response(status, headers=received, content=None, stream=httpx.ByteStream(body.content()))

    async def aclose(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            await pool.aclose()


def _timeout_of(request: httpx.Request) -> Timeout:
    timeouts = request.extensions.get("timeout", {})
    phases = {name: timeouts.get(name) for name in ("connect", "read", "write", "pool")}
    return Timeout(**{name: _NO_TIMEOUT if seconds is None else seconds for name, seconds in phases.items()})


def _httpx_error(error: base.TransportError, request: httpx.Request) -> httpx.TransportError:
    name = "RemoteProtocolError" if isinstance(error, base.ProtocolError) else type(error).__name__
    mapped: type[httpx.TransportError] = getattr(httpx, name)
    return mapped(str(error), request=request)
