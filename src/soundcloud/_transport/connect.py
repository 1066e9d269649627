"""Connects to a server in a sync/async pair; each event loop has its own kind of stream."""

import ssl
from typing import Any

from soundcloud._transport.sockets import SocketStream, connect_socket


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
