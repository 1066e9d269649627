"""Receives the redirect of a sign-in on this machine: a server for one redirect, made of the standard library.

One thread serves every connection, without waiting for any of them, so that an idle or slow one holds up nothing. A redirect
that does not carry the state of this sign-in gets a page that says so and changes nothing: any page that is open
in the browser can send one.
"""

import errno
import math
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from soundcloud._protocol.redirect import (
    RedirectRequest,
    carries_state,
    loopback_address,
    make_page,
    read_redirect,
    read_request,
)
from soundcloud._protocol.secrets import Secret
from soundcloud.errors import InvalidInputError, SignInError

_MOST_CONNECTIONS = 64
_PIECE = 16 * 1024
_SECONDS_TO_ASK = 10.0
_SECONDS_TO_CLOSE = 1.0
_SECONDS_AFTER_THE_END = 0.3


class LoopbackReceiver:
    """Receives one redirect at a redirect URI of this machine. It listens inside its `with` block, and only there.

    Args:
        redirect_uri: The redirect URI, as it is registered: http, to 127.0.0.1, localhost or [::1].
        state: The state that the person is sent away with.
        port: Another port to listen on; 0 for any that is free.

    Raises:
        InvalidInputError: This machine cannot receive that redirect, or the state is empty.

    Example:
        >>> with LoopbackReceiver("http://127.0.0.1:8765/callback", state=state) as receiver:
        ...     webbrowser.open(client.auth.get_authorization_url(state=state, code_challenge=challenge))
        ...     code = receiver.wait(300)

    Source:
        https://datatracker.ietf.org/doc/html/rfc8252#section-7.3
    """

    def __init__(self, redirect_uri: str, *, state: str, port: int | None = None) -> None:
        self._host, registered_port, self._path = loopback_address(redirect_uri)
        if not state:
            raise InvalidInputError(
                "state is empty: make one with generate_state(), so that no other redirect is taken"
            )
        self._registered_uri = redirect_uri
        self._registered_port = registered_port
        self._port = registered_port if port is None else port
        if not 0 <= self._port <= 65535:
            raise InvalidInputError(f"port={port!r}: a port is 0 to 65535, 0 for any that is free")
        self._state = state
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._code: str | None = None
        self._problem: SignInError | None = None
        self._stray: SignInError | None = None
        self._server: _Server | None = None

    @property
    def redirect_uri(self) -> str:
        """The redirect URI, with the port that is listened on."""
        if self._port == self._registered_port:
            return self._registered_uri
        return urlunsplit(urlsplit(self._registered_uri)._replace(netloc=f"{self._authority}:{self._port}"))

    def wait(self, timeout_seconds: float) -> str:
        """Wait for the redirect. The sign-in is over when this ends, however it ends.

        Args:
            timeout_seconds: How long to wait.

        Returns:
            The code; it can be used once.

        Raises:
            SignInError: The person or SoundCloud refused, nothing came in time, or `cancel` was called.
        """
        if self._server is None and not self._over.is_set():
            raise SignInError("nothing is listened to", hint="call wait() inside the receiver's `with` block")
        end = time.monotonic() + timeout_seconds
        # In slices: on Windows, Ctrl-C does not interrupt a wait.
        while not self._over.wait(max(0.0, min(0.5, end - time.monotonic()))):
            if time.monotonic() >= end:
                self._settle(problem=self._timeout(timeout_seconds))
        if self._code is not None:
            return self._code
        raise self._problem or SignInError("the sign-in was ended")

    def cancel(self) -> None:
        """End the wait, from any thread; it raises `SignInError`. After the end it does nothing."""
        self._settle(problem=SignInError("the sign-in was given up before anybody signed in"))

    def __enter__(self) -> Self:
        if self._server is not None or self._over.is_set():
            raise SignInError("a receiver receives one redirect", hint="make a new one, with a new state")
        with ExitStack() as undo:
            listeners = self._listen(undo)
            server = _Server(listeners, self._answer, undo)
            undo.pop_all()
        try:
            server.start()
        except BaseException:
            server.stop()
            raise
        self._server = server
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.cancel()
        if self._server is not None:
            self._server.stop()

    @property
    def _authority(self) -> str:
        return f"[{self._host}]" if ":" in self._host else self._host

    def _settle(self, *, code: str | None = None, problem: SignInError | None = None) -> bool:
        """End the sign-in, once: what comes first counts."""
        with self._lock:
            if self._over.is_set():
                return False
            self._code, self._problem = code, problem
            self._over.set()
            return True

    def _timeout(self, seconds: float) -> SignInError:
        stray = f"; what did come was not of this sign-in: {self._stray.message}" if self._stray else ""
        return SignInError(
            f"nobody signed in within {seconds:g} seconds{stray}",
            hint="a blank page at SoundCloud means that the redirect URI is not, letter by letter, the one registered at "
            f"soundcloud.com/you/apps; this one is {self._registered_uri}",
        )

    def _listen(self, undo: ExitStack) -> list[socket.socket]:
        """Bind the port, at both addresses of localhost: a browser may take either, and another program the other."""
        addresses = ["127.0.0.1", "::1"] if self._host == "localhost" else [self._host]
        listeners: list[socket.socket] = []
        for address in addresses:
            try:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                listener = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
                if sys.platform == "win32":
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
                else:
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, self._port))
                listener.listen()
            except OSError as error:
                if listeners and error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
                    continue  # this machine has no IPv6
                raise self._cannot_listen(error) from None
            self._port = listener.getsockname()[1]
            listeners.append(listener)
        return listeners

    def _cannot_listen(self, error: OSError) -> SignInError:
        taken = error.errno == errno.EADDRINUSE
        return SignInError(
            f"port {self._port} cannot be listened on, so that the redirect to {self._registered_uri} cannot be received: "
            + ("another program uses it" if taken else error.strerror or "the system refuses"),
            hint=f"{'close that program' if taken else 'let this program listen there'}, "
            "or register a redirect URI with another port at soundcloud.com/you/apps",
        )

    def _answer(self, request: RedirectRequest | HTTPStatus) -> bytes:
        """Answer one request; runs in the server's thread."""
        if isinstance(request, HTTPStatus):
            return make_page(request)
        # A page of another origin whose name leads to this machine (DNS rebinding) has that name here.
        # With a forwarded port the browser names the registered one.
        ports = {self._port, self._registered_port}
        hosts = {f"{self._authority}:{port}" for port in ports}
        if 80 in ports:
            hosts.add(self._authority)
        if request.host.lower() not in hosts:
            return make_page(HTTPStatus.BAD_REQUEST, method=request.method)
        if request.path.removesuffix("/") != self._path.removesuffix("/"):
            return make_page(HTTPStatus.NOT_FOUND, method=request.method)
        if request.method not in {"GET", "POST"}:
            known = request.method == "HEAD"
            return make_page(HTTPStatus.OK if known else HTTPStatus.METHOD_NOT_ALLOWED, method=request.method)
        return self._answer_redirect(request.fields)

    def _answer_redirect(self, fields: str) -> bytes:
        """The first redirect of this sign-in ends it, one of another changes nothing, and after the end none counts."""
        fields = Secret(fields)
        if not self._over.is_set():
            try:
                counts = self._settle(code=read_redirect(fields, state=self._state))
                page = make_page(HTTPStatus.OK, "You are signed in", "You can close this tab.")
            except SignInError as problem:
                page = make_page(HTTPStatus.BAD_REQUEST, "You are not signed in", problem.message, problem.hint or "")
                if carries_state(fields, self._state):
                    counts = self._settle(problem=problem)
                else:
                    counts, self._stray = True, problem
            if counts:
                return page
        if self._code is not None:
            return make_page(HTTPStatus.OK, "You are signed in already", "You can close this tab.")
        return make_page(HTTPStatus.GONE, "This sign-in is over", "Go back to the program and start it again.")


class _Connection:
    __slots__ = ("answered", "deadline", "received", "stream", "unsent")

    def __init__(self, accepted: socket.socket) -> None:
        self.stream = accepted
        self.received = bytearray()
        self.unsent = b""
        self.answered = False
        self.deadline = time.monotonic() + _SECONDS_TO_ASK


class _Server(threading.Thread):
    """Serves HTTP until it is stopped; then its thread has ended and its sockets are closed."""

    def __init__(
        self,
        listeners: list[socket.socket],
        answer: Callable[[RedirectRequest | HTTPStatus], bytes],
        resources: ExitStack,
    ) -> None:
        super().__init__(name="soundcloud-loopback", daemon=True)
        self._listeners = listeners
        self._answer = answer
        self._connections: list[_Connection] = []
        self._stopping = False
        self._selector = resources.enter_context(selectors.DefaultSelector())
        ear, self._bell = (resources.enter_context(end) for end in socket.socketpair())
        for source in (*listeners, ear):
            source.setblocking(False)
            self._selector.register(source, selectors.EVENT_READ)
        self._ear = ear
        self._resources = resources.pop_all()

    def stop(self) -> None:
        """Send what is still to be sent, and close everything."""
        self._stopping = True
        with suppress(OSError):
            self._bell.send(b"!")
        if self.is_alive():
            self.join()
        self._resources.close()

    def run(self) -> None:
        """Serve; the thread's own method."""
        with self._resources:
            try:
                self._loop()
            finally:
                for connection in [*self._connections]:
                    self._drop(connection)

    def _loop(self) -> None:
        end = math.inf
        while end == math.inf or (self._connections and time.monotonic() < end):
            soonest = min([end, *(connection.deadline for connection in self._connections)])
            patience = None if soonest == math.inf else max(0.0, soonest - time.monotonic())
            for key, _ in self._selector.select(patience):
                if key.data is None:
                    self._accept(key.fileobj)
                elif key.data in self._connections:
                    self._proceed(key.data)
            if self._stopping and end == math.inf:
                end = time.monotonic() + _SECONDS_AFTER_THE_END
                for source in (*self._listeners, self._ear):
                    self._selector.unregister(source)
            for connection in [*self._connections]:
                if connection.deadline <= time.monotonic() or (self._stopping and not connection.answered):
                    self._drop(connection)

    def _accept(self, source: object) -> None:
        if source is self._ear:
            return
        listener = next(listener for listener in self._listeners if listener is source)
        try:
            accepted, _ = listener.accept()
        except OSError:
            return  # the browser thought better of it
        if len(self._connections) >= _MOST_CONNECTIONS:
            self._drop(self._connections[0])
        accepted.setblocking(False)
        connection = _Connection(accepted)
        self._connections.append(connection)
        self._selector.register(accepted, selectors.EVENT_READ, connection)

    def _proceed(self, connection: _Connection) -> None:
        try:
            if not connection.unsent:
                piece = connection.stream.recv(_PIECE)
                if not piece:
                    self._drop(connection)
                    return
                if connection.answered:
                    return  # read and forgotten: to close now would take the page away from the browser
                connection.received += piece
                request = read_request(bytes(connection.received))
                if request is None:
                    return
                connection.unsent, connection.answered = self._answer(request), True
                connection.deadline = time.monotonic() + _SECONDS_TO_CLOSE
            connection.unsent = connection.unsent[connection.stream.send(connection.unsent) :]
            if not connection.unsent:
                connection.stream.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass
        except OSError:
            self._drop(connection)
            return
        waits_for = selectors.EVENT_WRITE if connection.unsent else selectors.EVENT_READ
        self._selector.modify(connection.stream, waits_for, connection)

    def _drop(self, connection: _Connection) -> None:
        self._connections.remove(connection)
        self._selector.unregister(connection.stream)
        connection.stream.close()
