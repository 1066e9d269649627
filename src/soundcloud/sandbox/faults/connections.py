"""Transport faults: connection resets and truncated responses.

An ASGI application cannot cause these: the server turns whatever it sends into valid HTTP, and answers its errors with 500. So
the server's protocol passes its transport to the application in the scope's `state`.
"""

import socket
import struct
import sys
from asyncio import BaseTransport, Transport
from typing import cast

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "soundcloud.sandbox.transport"
# struct linger with l_onoff=1 and l_linger=0: close() discards unsent data and sends RST. On Windows its fields are u_short.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Protocol(H11Protocol):
    """Uvicorn's HTTP/1.1 protocol, with its transport in the scope of each request."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Add the transport to the state of all requests on this connection."""
        super().connection_made(cast("Transport", transport))
        self.app_state = {**self.app_state, _TRANSPORT: transport}
        # uvicorn decides by the logger's handlers, which the program may change. Its lines would have secret tokens of URLs.
        self.access_log = False


async def reset(scope: Scope, receive: Receive) -> None:
    """Close the connection of a request with a TCP reset."""
    transport: Transport = scope["state"][_TRANSPORT]
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None and not transport.is_closing():
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
    await _wait_for_disconnect(receive)


async def truncate(scope: Scope, receive: Receive) -> None:
    """Flush the bytes written so far, then close the connection of a request."""
    transport: Transport = scope["state"][_TRANSPORT]
    transport.close()
    await _wait_for_disconnect(receive)


async def _wait_for_disconnect(receive: Receive) -> None:
    # uvicorn logs an error if the application returns before the connection is closed.
    while (await receive())["type"] != "http.disconnect":
        pass
