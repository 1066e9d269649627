"""Receives the redirect of a sign-in on this machine, with `http.server`.

Each connection has its own thread, so that an idle or slow one delays no other. A redirect without the state of this sign-in
gets an error page and changes nothing, because any page that is open in the browser can send one.
"""

import errno
import io
import math
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Self, cast
from urllib.parse import urlsplit, urlunsplit

from soundcloud._protocol.redirect import carries_state, loopback_address, make_page, read_redirect
from soundcloud._protocol.secrets import Secret
from soundcloud.errors import InvalidInputError, SignInError, SoundCloudError

__all__ = ["LoopbackReceiver"]

_FORM = "application/x-www-form-urlencoded"
_MAX_FORM_BYTES = 16 * 1024
_MAX_CONNECTIONS = 64
_POLL_SECONDS = 0.05
_REQUEST_SECONDS = 10.0
_RESPONSE_SECONDS = 1.0
_STOP_SECONDS = 0.5


class LoopbackReceiver:
    """Receives one redirect at a redirect URI of this machine. It listens inside its `with` block only.

    Exchange the code inside the block, because the browser gets its page at the end of the block. The page reports success if
    `wait` returned a code and the block raised no exception.

    Args:
        redirect_uri: The registered redirect URI: http, with the host 127.0.0.1, localhost or [::1].
        state: The state of the authorization URL.
        port: The port to listen on; default the port of the redirect URI, 0 for any free port.

    Raises:
        InvalidInputError: This machine cannot receive that redirect, or the state is empty.

    Example:
        >>> with LoopbackReceiver("http://127.0.0.1:8765/callback", state=state) as receiver:
        ...     webbrowser.open(client.auth.get_authorization_url(state=state, code_challenge=challenge))
        ...     token = client.auth.get_user_token(receiver.wait(300), verifier)

    Source:
        https://datatracker.ietf.org/doc/html/rfc8252#section-7.3
    """

    def __init__(self, redirect_uri: str, *, state: str, port: int | None = None) -> None:
        self._host, registered_port, self._path = loopback_address(redirect_uri)
        if not state:
            raise InvalidInputError("state is empty: use generate_state(), which protects from forged redirects")
        self._authority = f"[{self._host}]" if ":" in self._host else self._host
        self._registered_uri = redirect_uri
        self._registered_port = registered_port
        self._port = registered_port if port is None else port
        if not 0 <= self._port <= 65535:
            raise InvalidInputError(f"port={port!r}: pass a port from 0 to 65535, 0 for any free port")
        self._state = state
        self._lock = threading.Lock()
        self._received = threading.Event()
        self._code: str | None = None
        self._problem: SignInError | None = None
        self._stray: SignInError | None = None
        self._is_code_used = False
        self._finished = threading.Event()
        self._final_page = b""
        self._servers: list[_Server] = []

    @property
    def redirect_uri(self) -> str:
        """The redirect URI with the port that is listened on."""
        if self._port == self._registered_port:
            return self._registered_uri
        return urlunsplit(urlsplit(self._registered_uri)._replace(netloc=f"{self._authority}:{self._port}"))

    def wait(self, timeout_seconds: float) -> str:
        """Wait for the redirect and return its code. A timeout ends the sign-in.

        Args:
            timeout_seconds: Seconds to wait.

        Returns:
            The code; it can be used once.

        Raises:
            SignInError: The user or SoundCloud refused, the time is over, or `cancel` was called.
        """
        if not self._servers and not self._received.is_set():
            raise SignInError("the receiver is not listening", hint="call wait() inside the receiver's `with` block")
        end = time.monotonic() + timeout_seconds
        # In steps: on Windows, Ctrl-C does not interrupt a wait.
        while not self._received.wait(max(0.0, min(0.5, end - time.monotonic()))):
            if time.monotonic() >= end:
                self._settle(problem=self._timeout_error(timeout_seconds))
        if self._code is None:
            raise self._problem or SignInError("the sign-in was ended")
        self._is_code_used = True
        return self._code

    def cancel(self) -> None:
        """End `wait` with a `SignInError`, from any thread. It has no effect after the redirect was received."""
        self._settle(problem=SignInError("the sign-in was cancelled"))

    def __enter__(self) -> Self:
        if self._servers or self._received.is_set():
            raise SignInError("a receiver receives one redirect", hint="create a new one, with a new state")
        with ExitStack() as undo:
            servers = self._listen(undo)
            for server in servers:
                server.start()
            undo.pop_all()
        self._servers = servers
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        self.cancel()
        if error is None and self._is_code_used:
            self._final_page = make_page(HTTPStatus.OK, "You are signed in", "You can close this tab.")
        else:
            reason = "The program ended before the sign-in was complete.", ""
            if isinstance(error, SoundCloudError):
                reason = error.message, error.hint or ""
            self._final_page = make_page(HTTPStatus.BAD_GATEWAY, "You are not signed in", *reason)
        self._finished.set()
        for server in self._servers:
            server.stop()

    def _settle(self, *, code: str | None = None, problem: SignInError | None = None) -> bool:
        """Set the result of `wait` and return True, unless it was set before."""
        with self._lock:
            if self._received.is_set():
                return False
            self._code, self._problem = code, problem
            self._received.set()
            return True

    def _timeout_error(self, seconds: float) -> SignInError:
        stray = f"; a redirect was ignored: {self._stray.message}" if self._stray else ""
        return SignInError(
            f"the user did not sign in within {seconds:g} seconds{stray}",
            hint="a blank page at SoundCloud means that the redirect URI is not, letter by letter, the one registered at "
            f"soundcloud.com/you/apps; this one is {self._registered_uri}",
        )

    def _listen(self, undo: ExitStack) -> "list[_Server]":
        """Bind the port at both addresses of localhost: the browser may use either, and another program the other."""
        servers: list[_Server] = []
        for address in ["127.0.0.1", "::1"] if self._host == "localhost" else [self._host]:
            try:
                server = _Server(address, self._port, self._respond)
            except OSError as error:
                if servers and error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
                    continue  # this machine has no IPv6
                raise self._listen_error(error) from None
            undo.callback(server.stop)
            self._port = server.socket.getsockname()[1]
            servers.append(server)
        return servers

    def _listen_error(self, error: OSError) -> SignInError:
        taken = error.errno == errno.EADDRINUSE
        return SignInError(
            f"cannot listen on port {self._port} for the redirect to {self._registered_uri}: "
            + ("another program uses it" if taken else error.strerror or "the system refused"),
            hint=f"{'close that program' if taken else 'allow this program to listen there'}, "
            "or register a redirect URI with another port at soundcloud.com/you/apps",
        )

    def _respond(self, request: "_Handler") -> bytes:
        """Return the page for a request; runs in the thread of its connection."""
        # Another host name that resolves to this machine is DNS rebinding. If the port is forwarded, the browser sends the
        # registered one.
        ports = {self._port, self._registered_port}
        hosts = [f"{self._authority}:{port}" for port in ports] + [self._authority] * (80 in ports)
        given = request.headers.get_all("Host", [])
        path, _, query = request.path.partition("?")
        if len(given) != 1 or given[0].lower() not in hosts or not path.startswith("/"):
            return make_page(HTTPStatus.BAD_REQUEST, method=request.command)
        if path.removesuffix("/") != self._path.removesuffix("/"):
            return make_page(HTTPStatus.NOT_FOUND, method=request.command)
        if request.command == "HEAD":
            return make_page(HTTPStatus.OK, method="HEAD")
        form = request.read_form() if request.command == "POST" else ""
        if isinstance(form, HTTPStatus):
            return make_page(form)
        request.set_deadline(math.inf)
        return self._receive(f"?{query}&{form}")

    def _receive(self, fields: str) -> bytes:
        """Process a redirect and return its page; after the first one, wait for the end of the block."""
        fields = Secret(fields)
        try:
            self._settle(code=read_redirect(fields, state=self._state))
        except SignInError as problem:
            page = make_page(HTTPStatus.BAD_REQUEST, "You are not signed in", problem.message, problem.hint or "")
            if not carries_state(fields, self._state):
                self._stray = problem
                return page
            if self._settle(problem=problem):
                return page
        if self._code is None:
            return make_page(HTTPStatus.GONE, "This sign-in is over", "Go back to the program and start it again.")
        # A reloaded tab and a prefetch send the redirect again; all pages show the same result.
        self._finished.wait()
        return self._final_page


class _Connection:
    """A connection and the time when it is closed."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self.is_reading = True
        self.deadline = time.monotonic() + _REQUEST_SECONDS

    def shut_down(self) -> None:
        """Wake the thread that reads or writes the connection."""
        with suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)


class _Server(socketserver.TCPServer):
    """Serves one address until it is stopped. It is not an `HTTPServer`, which resolves the host's name with DNS."""

    allow_reuse_address = sys.platform != "win32"  # on Windows it lets another program listen on the same port
    request_queue_size = _MAX_CONNECTIONS

    def __init__(self, host: str, port: int, respond: "Callable[[_Handler], bytes]") -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.respond = respond
        self.connections: dict[socket.socket, _Connection] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._loop = self._thread(self.serve_forever, _POLL_SECONDS)
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind the socket."""
        if sys.platform == "win32":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        super().server_bind()

    def start(self) -> None:
        """Start to accept connections."""
        self._loop.start()

    def stop(self) -> None:
        """Send the pages of complete requests and close everything."""
        if self._loop.is_alive():
            self.shutdown()
            self._loop.join()
        end = time.monotonic() + _STOP_SECONDS
        self._shut_down(lambda connection: connection.is_reading)
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._shut_down(lambda _: True)
        for thread in self._threads:
            thread.join()
        self.server_close()

    def service_actions(self) -> None:
        """Close overdue connections; called at each poll."""
        now = time.monotonic()
        self._shut_down(lambda connection: connection.deadline <= now)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start the thread of a new connection; of too many connections, close the oldest."""
        thread = self._thread(self._handle, request, client_address)
        with self._lock:
            if len(self.connections) >= _MAX_CONNECTIONS:
                unfinished = (each for each in self.connections if self.connections[each].deadline < math.inf)
                if (oldest := next(unfinished, None)) is not None:
                    self.connections.pop(oldest).shut_down()
            self.connections[request] = _Connection(request)
            self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
            thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        with self._lock:  # otherwise `_shut_down` could use the file descriptor of a new socket
            self.connections.pop(request, None)
            super().shutdown_request(request)

    def _handle(self, request: socket.socket, client_address: Any) -> None:
        with suppress(OSError):
            self.finish_request(request, client_address)
        self.shutdown_request(request)

    def _shut_down(self, is_due: Callable[[_Connection], bool]) -> None:
        with self._lock:
            for connection in filter(is_due, self.connections.values()):
                connection.shut_down()

    @staticmethod
    def _thread(target: Callable[..., object], *arguments: Any) -> threading.Thread:
        return threading.Thread(target=target, args=arguments, name="soundcloud-loopback", daemon=True)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request of a connection."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        """Read a request, send a page, and read until the browser closes the connection."""
        first = cast("io.BufferedReader", self.rfile).peek(1)[:1]
        if first and not b"A" <= first <= b"Z":
            self.send_error(HTTPStatus.BAD_REQUEST)  # at once, as a TLS handshake has no end of line
        else:
            self.handle_one_request()
        # If unread data is left at the close, TCP resets the connection and the page is lost (RFC 9112 section 9.6).
        self.connection.shutdown(socket.SHUT_WR)
        while self.connection.recv(65536):
            pass

    def do_GET(self) -> None:
        """Answer a request; `http.server` calls it."""
        self._send(cast("_Server", self.server).respond(self))

    do_HEAD = do_POST = do_GET  # noqa: N815 - names of http.server

    def read_form(self) -> str | HTTPStatus:
        """Return the form of a POST, or the status that refuses it."""
        lengths = self.headers.get_all("Content-Length", [])
        if not lengths or "Transfer-Encoding" in self.headers:
            return HTTPStatus.LENGTH_REQUIRED
        length = lengths[0]
        if len(lengths) > 1 or not (length.isascii() and length.isdigit()):
            return HTTPStatus.BAD_REQUEST
        if len(length) > 9 or int(length) > _MAX_FORM_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if self.headers.get_content_type() != _FORM:
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        body = self.rfile.read(int(length))
        return body.decode("utf-8", "replace") if len(body) == int(length) else HTTPStatus.BAD_REQUEST

    def set_deadline(self, seconds: float) -> None:
        """Set the time until the connection is closed; the request has been read."""
        if (connection := cast("_Server", self.server).connections.get(self.connection)) is not None:
            connection.is_reading = False
            connection.deadline = time.monotonic() + seconds

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Send an error page; `http.server` calls it too."""
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self._send(make_page(status))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: a request contains the code."""

    def _send(self, page: bytes) -> None:
        self.set_deadline(_RESPONSE_SECONDS)
        self.wfile.write(page)
