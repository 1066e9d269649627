"""Selects the transport for a server.

| the client was given | who sends |
| --- | --- |
| nothing | the client's own connection pool |
| a proxy in the environment, or httpx is patched by a recorder or a mock | a transport of httpx |
| `transport=` or `http_client=` | these |
"""

from typing import TYPE_CHECKING, Any

from soundcloud._checks import check_type
from soundcloud._transport._async.httpx_adapter import AsyncHttpxTransport
from soundcloud._transport._async.pool import AsyncConnectionPool
from soundcloud._transport.base import AsyncTransport
from soundcloud._transport.compat import httpx_is_patched
from soundcloud._transport.proxies import proxy_for
from soundcloud._transport.tls import create_ssl_context
from soundcloud.errors import InvalidInputError
from soundcloud.options import Limits

if TYPE_CHECKING:
    import httpx


class AsyncTransportSelector:
    """The transports of one client, by server.

    Args:
        origins: The servers that are known when the client is created; their proxies are checked at once.
        http_client: A client of httpx, which the caller closes.
        transport: A transport of httpx.
        limits: The maximum numbers of connections.

    Raises:
        InvalidInputError: A setting is wrong, or a proxy of the environment cannot be used.
    """

    def __init__(
        self,
        origins: tuple[str, ...],
        http_client: "httpx.AsyncClient | None",
        transport: "httpx.AsyncBaseTransport | None",
        limits: Limits,
    ) -> None:
        if http_client is not None and transport is not None:
            raise InvalidInputError("http_client= and transport= are both set: a client already has a transport")
        _check_client_kind(http_client, transport)
        self._limits = limits
        self._given: AsyncTransport | None = None
        if http_client is not None or transport is not None:
            self._given = AsyncHttpxTransport(http_client, transport)
        self._proxies: dict[str, str | None] = {}
        self._pools: dict[str, AsyncConnectionPool] = {}
        self._httpx: dict[str | None, AsyncHttpxTransport] = {}
        self._ssl: Any = None
        for origin in origins:
            proxy = self._proxies[origin] = None if self._given is not None else proxy_for(origin)
            if proxy is not None:
                self._httpx_transport(origin, proxy)

    def select(self, origin: str) -> AsyncTransport:
        """Return the transport for a server."""
        if self._given is not None:
            return self._given
        if origin not in self._proxies:
            self._proxies[origin] = proxy_for(origin)
        proxy = self._proxies[origin]
        if proxy is not None or httpx_is_patched():
            return self._httpx_transport(origin, proxy)
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools.setdefault(origin, AsyncConnectionPool(origin, self._limits, self._ssl_context))
        return pool

    def _httpx_transport(self, origin: str, proxy: str | None) -> AsyncHttpxTransport:
        if proxy not in self._httpx:
            import httpx

            limits = httpx.Limits(
                max_connections=self._limits.max_connections,
                max_keepalive_connections=self._limits.max_keepalive,
                keepalive_expiry=self._limits.keepalive_seconds,
            )
            try:
                self._httpx[proxy] = AsyncHttpxTransport(None, httpx.AsyncHTTPTransport(proxy=proxy, limits=limits))
            except (ValueError, ImportError) as error:
                # The message of httpx may contain the password of the proxy.
                what = f"the proxy that the environment names for {origin} cannot be used"
                raise InvalidInputError(f"{what}: {type(error).__name__}") from None
        return self._httpx[proxy]

    def _ssl_context(self) -> Any:
        """Return the TLS settings, created once: loading the certificates takes milliseconds."""
        if self._ssl is None:
            self._ssl = create_ssl_context()
        return self._ssl

    async def aclose(self) -> None:
        """Close the connections, but not a client that the caller passed."""
        transports: list[AsyncTransport] = [*self._pools.values(), *self._httpx.values()]
        if self._given is not None:
            transports.append(self._given)
        for transport in transports:
            await transport.aclose()


def _check_client_kind(http_client: Any, transport: Any) -> None:
    """Refuse a client or transport of the other kind at once; it would fail at the first request."""
    if http_client is None and transport is None:
        return
    import httpx

    if http_client is not None:
        check_type("http_client", http_client, httpx.AsyncClient, "httpx.AsyncClient()")
    if transport is not None:
        check_type("transport", transport, httpx.AsyncBaseTransport, "httpx.AsyncHTTPTransport()")
