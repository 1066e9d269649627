"""A uvicorn server that runs in a thread, and the sockets that it listens on."""

import asyncio
import errno
import socket
import sys
from threading import Event, Thread

from starlette.types import ASGIApp
from uvicorn import Config, Server

from soundcloud.sandbox.errors import SandboxError
from soundcloud.sandbox.faults.connections import Protocol

_START_SECONDS = 10
_STOP_SECONDS = 5
# How long a stop waits for requests in flight before it closes their connections.
_GRACE_SECONDS = 0.3


class BackgroundServer(Server):
    """Runs uvicorn in a thread and leaves signals and logging to the program."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            Config(
                app,
                access_log=False,
                http=Protocol,
                interface="asgi3",
                lifespan="off",
                log_config=None,
                loop="asyncio",
                server_header=False,
                timeout_graceful_shutdown=1,
                # Longer than clients keep a connection; otherwise the server may close it just as a client reuses it.
                timeout_keep_alive=75,
                ws="none",
            )
        )
        self._listening = Event()
        self._thread: Thread | None = None

    def start(self, sockets: list[socket.socket]) -> None:
        """Start the thread, and wait until the server listens."""
        self._thread = Thread(target=lambda: asyncio.run(self.serve(sockets)), name="soundcloud-sandbox", daemon=True)
        self._thread.start()
        if not self._listening.wait(_START_SECONDS):
            raise SandboxError(f"the sandbox did not start within {_START_SECONDS} seconds")

    def stop(self) -> None:
        """Stop the server, and wait for the thread to end."""
        self.should_exit = True
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; uvicorn calls this."""
        await super().startup(sockets)
        self._listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish the requests in flight; uvicorn calls this."""
        asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._abort)
        await super().shutdown(sockets)

    def _abort(self) -> None:
        """Close connections with an incomplete request or a delayed response."""
        for connection in self.server_state.connections:
            connection.transport.abort()
        for task in self.server_state.tasks:
            task.cancel()


def listen(host: str, port: int, name: str) -> socket.socket:
    """Open a listening socket; port 0 picks a free one. `name` is that of the argument with the port, for an error."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only if the protocol is IPPROTO_TCP; without it Nagle's algorithm costs 40 ms per request.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            # Allows to listen again right after a stop. On Windows it would let two programs share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        remedy = f"choose another {name} (--{name.replace('_', '-')}), or 0 for a free one"
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            remedy = "choose an address of this machine (--host), such as 127.0.0.1, or 0.0.0.0 for all"
        raise SandboxError(f"cannot listen at {host}, port {port}: {error.strerror}; {remedy}") from error
    return listener
