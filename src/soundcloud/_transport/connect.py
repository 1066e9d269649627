"""Connects to a server in a sync/async pair; each event loop has its own kind of stream."""

import codecs
import ssl
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

from soundcloud._transport.sockets import SocketStream, connect_socket


def async_import_modules(*, connects: bool) -> None:
    """Import what every call needs and other libraries import, when the client is created.

    An import by the first call would pause the event loop. If another thread forked during the import, its lock would stay held
    in the child; see also `soundcloud_api.imports.IMPORT_LOCK`.

    Args:
        connects: Whether the client opens connections of its own.
    """
    import_module("anyio.to_thread")
    import_module("concurrent.futures.thread")  # of asyncio, which imports it when it resolves a host name

    for library in _event_loop_libraries():
        with suppress(ImportError):  # a private module of anyio, which imports it later if need be
            import_module(f"anyio._backends._{library}")
        if connects:
            import_module(f"soundcloud._transport.{library}_stream")
    import_modules(connects=connects)


def import_modules(*, connects: bool) -> None:  # noqa: ARG001 - kept for parity with async_import_modules
    """Import what a call needs, when the client is created; see `async_import_modules`."""
    codecs.lookup("idna")  # of host names; Python imports a codec when it is first used


def _event_loop_libraries() -> list[str]:
    """Return the library of the running event loop; without one, those that may run it later."""
    import asyncio

    trio = sys.modules.get("trio")
    if trio is not None:
        with suppress(RuntimeError):
            trio.lowlevel.current_trio_token()
            return ["trio"]
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            return ["asyncio"]
        return ["asyncio", "trio"]
    return ["asyncio"]


async def async_connect(
    host: str, port: int, ssl_context: ssl.SSLContext | None, seconds: float, _deadline: Any
) -> Any:
    """Connect to a server.

    Args:
        host: The host name or IP address.
        port: The port.
        ssl_context: The TLS settings, or None for plain HTTP.
        seconds: The timeout of the connection, TLS included.
        _deadline: Unused; the deadline of the async client cancels the task.

    Returns:
        The stream, with `read`, `write`, `aclose` and `is_readable`.

    Raises:
        ConnectError: No connection could be made.
        ConnectTimeout: Not within `seconds`.
    """
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        from soundcloud._transport.trio_stream import connect_trio

        return await connect_trio(host, port, ssl_context, seconds)
    from soundcloud._transport.asyncio_stream import connect_asyncio

    return await connect_asyncio(host, port, ssl_context, seconds)


def connect(host: str, port: int, ssl_context: ssl.SSLContext | None, seconds: float, deadline: Any) -> SocketStream:
    """Connect to a server; the deadline limits each step."""
    return connect_socket(host, port, ssl_context, seconds, deadline)
