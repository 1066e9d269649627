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
from collections.abc import Callable
from operator import attrgetter, is_
from types import FunctionType
from typing import Any

_CLIENT_METHODS = ("send", "_send_single_request", "_transport_for_url")
_POOLS = ("ConnectionPool", "HTTPConnection")


class _SendingPath:
    """The functions that a request of one kind of client passes through in one library.

    Args:
        library: The name of the module.
        names: The functions, as dotted names below the module.
    """

    __slots__ = ("_current", "_library", "_names", "_originals")

    def __init__(self, library: str, names: tuple[str, ...]) -> None:
        self._library, self._names = library, names
        self._current: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        self._originals: tuple[Any, ...] = ()

    def is_patched(self) -> bool:
        """Return whether a function is not the library's own. A library that is not imported is not patched."""
        module = sys.modules.get(self._library)
        if module is None:
            return False
        try:
            current = self._current(module)
        except AttributeError:  # another version of the library, or a class was replaced by another object
            return True
        # By identity: a wrapper of wrapt is equal to the function that it wraps.
        if self._originals and all(map(is_, current, self._originals)):
            return False
        for name, function in zip(self._names, current, strict=True):
            owner = getattr(module, name.partition(".")[0])
            if not isinstance(owner, type) or not _is_own(owner.__module__, self._library):
                return True
            if type(function) is not FunctionType or hasattr(function, "__wrapped__"):
                return True
            if not _is_own(str(function.__globals__.get("__name__")), self._library):
                return True
        self._originals = current
        return False


def _is_own(module: str, library: str) -> bool:
    return module.partition(".")[0] == library


def _paths(prefix: str, handle: str) -> dict[str, tuple[_SendingPath, _SendingPath]]:
    """Return the paths through httpx and its pools, for each library."""
    client = tuple(f"{prefix}Client.{name}" for name in _CLIENT_METHODS)
    pools = tuple(f"{prefix}{pool}.{handle}" for pool in _POOLS)
    return {
        httpx: (_SendingPath(httpx, (*client, f"{prefix}HTTPTransport.{handle}")), _SendingPath(httpcore, pools))
        for httpx, httpcore in (("httpx", "httpcore"), ("httpx2", "httpcore2"))
    }


_SYNC = _paths("", "handle_request")
_ASYNC = _paths("Async", "handle_async_request")


def async_patched_library() -> str | None:
    """Return the name of the library that the async client must send through, `httpx` or `httpx2`, or None."""
    return _patched(_ASYNC)


def patched_library() -> str | None:
    """Return the name of the library that the sync client must send through, `httpx` or `httpx2`, or None."""
    return _patched(_SYNC)


def _patched(paths: dict[str, tuple[_SendingPath, _SendingPath]]) -> str | None:
    for library, (client, pools) in paths.items():
        # Each tool imports httpx, so that the pools need not be looked at without it.
        if library in sys.modules and (client.is_patched() or pools.is_patched()):
            return library
    return None
