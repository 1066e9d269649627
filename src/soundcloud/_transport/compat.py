"""Detects tools that have replaced or wrapped the sending path of httpx, httpx2 or httpcore.

Mocks (respx, pytest-httpx, pook), recorders (vcrpy) and tracers (OpenTelemetry, Sentry, Logfire, Datadog) expect to see every
request. A request that a mock does not see carries a token to the real server and may change an account. So while one of them is
active, the client sends through a whole `httpx.Client` or `httpx.AsyncClient`. What each tool replaces:

| tool | replaces |
| --- | --- |
| respx | `handle_request` of the pools and connections of httpcore, or `Client._transport_for_url` |
| pytest-httpx | `HTTPTransport.handle_request` |
| pook | `Client._transport_for_url` |
| vcrpy | `Client._send_single_request`, `ConnectionPool.handle_request`, or `HTTPTransport.handle_request` |
| OpenTelemetry, Logfire, Datadog | wrap `HTTPTransport.handle_request` or `Client.send` |
| Sentry | `Client.send` |
"""

import sys
from operator import attrgetter
from types import FunctionType
from typing import Any

_CLIENT_METHODS = ("send", "_send_single_request", "_transport_for_url")


class _SendingPath:
    """The functions that a request of one kind of client passes through: in httpx, and in the pools of httpcore.

    Args:
        httpx: The name of the module `httpx` or `httpx2`.
        httpcore: The name of the module that its transports use.
        prefix: What the names of the classes begin with.
        handle: The method of transports, pools and connections that sends.
    """

    __slots__ = ("_classes", "_functions", "_handle", "_httpcore", "_names", "httpx")

    def __init__(self, httpx: str, httpcore: str, prefix: str, handle: str) -> None:
        self.httpx, self._httpcore = httpx, httpcore
        self._names = tuple(
            f"{prefix}{name}" for name in ("Client", "HTTPTransport", "ConnectionPool", "HTTPConnection")
        )
        self._handle = attrgetter(handle)
        self._classes: tuple[Any, ...] = (None,) * 4
        self._functions: tuple[Any, ...] = (None,) * 6

    def is_patched(self) -> bool:
        """Return whether a function is not the library's own. A library that is not imported is not patched."""
        modules = sys.modules
        httpx, httpcore = modules.get(self.httpx), modules.get(self._httpcore)
        if httpx is None:
            return False
        # Each request asks this: it is written for speed. By identity, because a wrapper of wrapt is equal to what it wraps.
        own, pools = httpx.__dict__, None if httpcore is None else httpcore.__dict__
        client_name, transport_name, pool_name, connection_name = self._names
        client, transport, pool, connection = self._classes
        send, send_single, transport_for, handle, handle_pool, handle_connection = self._functions
        handle_of = self._handle
        try:
            if (
                own[client_name] is client
                and client.send is send
                and client._send_single_request is send_single  # noqa: SLF001
                and client._transport_for_url is transport_for  # noqa: SLF001
                and own[transport_name] is transport
                and handle_of(transport) is handle
                and (
                    pools is None  # httpx imports it with its first transport
                    or (
                        pools[pool_name] is pool
                        and handle_of(pool) is handle_pool
                        and pools[connection_name] is connection
                        and handle_of(connection) is handle_connection
                    )
                )
            ):
                return False
        except (AttributeError, KeyError):  # something was deleted
            pass
        return self._is_patched(httpx, httpcore)

    def _is_patched(self, httpx: Any, httpcore: Any) -> bool:
        """Look at each function, and remember them if they are all the library's own."""
        try:
            classes = [getattr(httpx, name) for name in self._names[:2]]
            functions = [(getattr(classes[0], name), self.httpx) for name in _CLIENT_METHODS]
            functions.append((self._handle(classes[1]), self.httpx))
            if httpcore is not None:
                classes += [getattr(httpcore, name) for name in self._names[2:]]
                functions += [(self._handle(pool), self._httpcore) for pool in classes[2:]]
        except AttributeError:  # another version of the library
            return True
        for owner, library in zip(classes, (self.httpx, self.httpx, self._httpcore, self._httpcore), strict=False):
            if not isinstance(owner, type) or not _is_own(owner.__module__, library):
                return True
        for function, library in functions:
            if type(function) is not FunctionType or hasattr(function, "__wrapped__"):
                return True
            if not _is_own(str(function.__globals__.get("__name__")), library):
                return True
        self._classes = (*classes, None, None)[:4]
        self._functions = (*(function for function, _ in functions), None, None)[:6]
        return False


def _is_own(module: str, library: str) -> bool:
    return module.partition(".")[0] == library


_LIBRARIES = (("httpx", "httpcore"), ("httpx2", "httpcore2"))
_SYNC = [_SendingPath(*names, "", "handle_request") for names in _LIBRARIES]
_ASYNC = [_SendingPath(*names, "Async", "handle_async_request") for names in _LIBRARIES]


def async_patched_library() -> str | None:
    """Return the name of the library that the async client must send through, `httpx` or `httpx2`, or None."""
    return _patched(_ASYNC)


def patched_library() -> str | None:
    """Return the name of the library that the sync client must send through, `httpx` or `httpx2`, or None."""
    return _patched(_SYNC)


def _patched(paths: list[_SendingPath]) -> str | None:
    httpx, httpx2 = paths
    if httpx.is_patched():
        return "httpx"
    return "httpx2" if "httpx2" in sys.modules and httpx2.is_patched() else None
