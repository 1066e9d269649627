"""Selects the transport for a server.

| the client was given | who sends |
| --- | --- |
| nothing | the client's own connection pool |
| nothing, and a mock, a recorder or a tracer has patched httpx or httpx2 | a client of that library |
| a proxy, by `proxy=` or by the environment | a client of httpx |
| `http_client=` | this client |
| `transport=` | a client with this transport, because some tools patch the client only |
"""

from importlib import import_module
from typing import Any

from soundcloud._transport._sync.httpx_adapter import HttpxTransport
from soundcloud._transport._sync.pool import ConnectionPool
from soundcloud._transport.base import Transport
from soundcloud._transport.compat import patched_library
from soundcloud._transport.connect import import_modules
from soundcloud._transport.httpx_support import given_library
from soundcloud._transport.proxies import check_proxy, proxy_for
from soundcloud._transport.tls import TlsSettings, Verify
from soundcloud.errors import InvalidInputError
from soundcloud.options import Limits


class TransportSelector:
    """The transports of one client, by server.

    Attributes:
        has_own_timeouts: Whether a client of the caller's sends, whose timeouts apply in place of `DEFAULT_TIMEOUT`.

    Args:
        origins: The servers that are known when the client is created; their proxies are checked at once.
        http_client: A client of httpx or httpx2, which the caller closes.
        transport: A transport of httpx or httpx2.
        limits: The maximum numbers of connections.
        proxy: The URL of a proxy, or None for that of the environment.
        verify: How server certificates are verified.

    Raises:
        InvalidInputError: A setting is wrong, or a proxy cannot be used.
    """

    def __init__(
        self,
        origins: tuple[str, ...],
        *,
        http_client: Any,
        transport: Any,
        limits: Limits,
        proxy: str | None,
        verify: Verify,
    ) -> None:
        if http_client is not None and transport is not None:
            raise InvalidInputError("http_client= and transport= are both set: a client already has a transport")
        self._limits, self._tls = limits, TlsSettings(verify)
        self.has_own_timeouts = http_client is not None
        self._given: Transport | None = None
        self._direct: Transport | None = None
        if http_client is not None or transport is not None:
            if proxy is not None or verify is not True:
                raise InvalidInputError(
                    "proxy= and verify= are settings of the http_client= or transport= that you pass"
                )
            library = given_library("Client", "BaseTransport", http_client, transport)
            if http_client is not None:
                self._given = HttpxTransport(library, http_client)
            else:
                client = library.Client(transport=transport, trust_env=False)
                self._given = HttpxTransport(library, client, owned=True)
                self._direct = HttpxTransport(library, client, transport=transport, owned=True)
        import_modules(connects=self._given is None)
        if self._given is None and any(origin.startswith("https:") for origin in origins):
            self._tls.import_modules()
        self._proxy = None if proxy is None else check_proxy(proxy)
        self._proxies: dict[str, str | None] = {}
        self._pools: dict[str, ConnectionPool] = {}
        self._httpx: dict[tuple[str, str | None], HttpxTransport] = {}
        for origin in origins:
            if self._given is None and (found := self._proxy_for(origin)) is not None:
                self._httpx_transport("httpx", origin, found)

    def select(self, origin: str) -> Transport:
        """Return the transport for a server."""
        if self._direct is not None and patched_library() is None:
            return self._direct
        if self._given is not None:
            return self._given
        library, proxy = patched_library(), self._proxy_for(origin)
        if library is not None or proxy is not None:
            return self._httpx_transport(library or "httpx", origin, proxy)
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools.setdefault(origin, ConnectionPool(origin, self._limits, self._tls))
        return pool

    def _proxy_for(self, origin: str) -> str | None:
        if origin not in self._proxies:
            self._proxies[origin] = self._proxy or proxy_for(origin)
        return self._proxies[origin]

    def _httpx_transport(self, name: str, origin: str, proxy: str | None) -> HttpxTransport:
        """Return a transport with a client of a library, created when it is first needed."""
        key = (name, proxy)
        if key not in self._httpx:
            library = import_module(name)
            limits = library.Limits(
                max_connections=self._limits.max_connections,
                max_keepalive_connections=self._limits.max_keepalive,
                keepalive_expiry=self._limits.keepalive_seconds,
            )
            verify = self._tls.for_httpx(origin)
            try:
                client = library.Client(limits=limits, proxy=proxy, verify=verify, trust_env=False)
            except (ValueError, ImportError, library.InvalidURL) as error:
                # The message of httpx may contain the password of the proxy.
                what = "proxy=" if self._proxy else f"the proxy that the environment names for {origin}"
                if isinstance(error, ImportError):  # only for SOCKS: no other library is needed
                    raise InvalidInputError(f'{what} is a SOCKS proxy: run pip install "{name}[socks]"') from None
                raise InvalidInputError(f"{what} cannot be used: {type(error).__name__}") from None
            self._httpx[key] = HttpxTransport(library, client, owned=True, proxied=proxy is not None)
        return self._httpx[key]

    def close(self) -> None:
        """Close the connections, but not a client that the caller passed."""
        transports: list[Transport] = [*self._pools.values(), *self._httpx.values()]
        if self._given is not None:
            transports.append(self._given)
        for transport in transports:
            transport.close()
