"""What happens to a connection itself: reset, cut off.

An ASGI application cannot do this: all that it sends becomes proper HTTP, and when it gives up, the server sends a 500 of
its own. So the server's protocol hands its transport along, in the state that every request brings.
"""

import socket
import struct
import sys
from asyncio import BaseTransport, Transport
from typing import cast

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "soundcloud.sandbox.transport"
# On, for 0 seconds: closing drops what is under way and sends a reset. Windows writes the two in two bytes each.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Protocol(H11Protocol):
    """The server's protocol, which lets the application reach the connection."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Note the transport down for every request that comes in by it."""
        super().connection_made(cast("Transport", transport))
        self.app_state = {**self.app_state, _TRANSPORT: transport}
        # Whatever the program does to its loggers later: a line per request would have addresses with share tokens in it.
        self.access_log = False


async def reset(scope: Scope, receive: Receive) -> None:
    """End a request's connection with a reset: who reads or writes at the other end gets an error at once."""
    transport: Transport = scope["state"][_TRANSPORT]
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None and not transport.is_closing():
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
    await _wait_until_gone(receive)


async def cut_off(scope: Scope, receive: Receive) -> None:
    """Send what was written, then end a request's connection in the middle of its reply."""
    transport: Transport = scope["state"][_TRANSPORT]
    transport.close()
    await _wait_until_gone(receive)


async def _wait_until_gone(receive: Receive) -> None:
    # An application that returns before the server knows of the end is reported as a faulty one.
    while (await receive())["type"] != "http.disconnect":
        pass
