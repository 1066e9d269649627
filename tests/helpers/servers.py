"""HTTP servers on plain sockets, one thread per connection: fixed responses, scripted paths, uploads."""

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Self

import attrs

TIMEOUT = 20.0  # seconds that a connection may be idle
RESET = struct.pack("ii", 1, 0)  # the SO_LINGER value that makes close() send a TCP reset
JSON = {"Content-Type": "application/json"}
USER = b'{"urn":"soundcloud:users:1","username":"ada"}'
_HEAD_END = b"\r\n\r\n"
_KEPT_BYTES = 1000


def free_port() -> int:
    """Return a port of 127.0.0.1 that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def http_response(status: int, content: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a response."""
    fields = {**(headers or {}), "Content-Length": str(len(content))}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


CREATED = http_response(201, b'{"urn":"soundcloud:tracks:1","title":"Night"}', JSON)


class SocketServer:
    """Serves each connection to a free port in a thread; a context manager.

    Args:
        serve: Serves one connection; by default each request is read and passed to `respond`.
        tls: An SSL context.
        responses_per_connection: After how many responses a connection is closed.

    Attributes:
        connections: How many connections were accepted.
        protocols: The ALPN protocol of each TLS connection.
    """

    def __init__(
        self,
        serve: Callable[[socket.socket], None] | None = None,
        *,
        tls: Any = None,
        responses_per_connection: int | None = None,
    ) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}" if tls is None else f"https://localhost:{self.port}"
        self.connections = 0
        self.protocols: list[str | None] = []
        self.closing = threading.Event()
        self._serve, self._tls, self._responses = serve or self.serve_requests, tls, responses_per_connection
        self._open = 0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake accept()
        self._listener.close()
        self._thread.join(TIMEOUT)

    def wait_until_closed(self) -> bool:
        """Wait until no connection is open; return False after a timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, TIMEOUT)

    def serve_requests(self, connection: socket.socket) -> None:
        """Read requests and respond to them until `respond` returns False."""
        responses = 0
        while (received := read_head(connection)) and self.respond(connection, received):
            responses += 1
            if responses == self._responses:
                return

    def respond(self, connection: socket.socket, received: bytes) -> bool:
        """Respond to a request, of which a head and perhaps some of the body were received; return whether to go on."""
        raise NotImplementedError

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self.connections += 1
                self._open += 1
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(TIMEOUT)
            with suppress(OSError):
                if self._tls is not None:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                    self.protocols.append(connection.selected_alpn_protocol())
                self._serve(connection)
        finally:
            connection.close()
            with self._changed:
                self._open -= 1
                self._changed.notify_all()


def read_head(connection: socket.socket) -> bytes:
    """Receive until the head of a request is complete; return nothing at the end of the connection."""
    received = b""
    while _HEAD_END not in received:
        part = connection.recv(65536)
        if not part:
            return b""
        received += part
    return received


class FixedServer(SocketServer):
    """Sends the same response to every request.

    Args:
        response: The bytes of the response.
        hold: An event to wait for before each response.
        options: Options of `SocketServer`.

    Attributes:
        requests: The bytes of each request.
    """

    def __init__(
        self, response: bytes = http_response(200, USER, JSON), *, hold: threading.Event | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.response, self.hold = response, hold
        self.requests: list[bytes] = []

    def respond(self, connection: socket.socket, received: bytes) -> bool:
        self.requests.append(received)
        if self.hold is not None:
            self.hold.wait(TIMEOUT)
        connection.sendall(self.response)
        return True


@attrs.frozen
class Response:
    """A scripted response."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Request:
    """A received request."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    return Response(status, json.dumps(value).encode(), {**JSON, **headers})


def redirect(location: str | None, status: int = 302) -> Response:
    """Return a redirect as SoundCloud sends it: the URL is in the header and in the body."""
    if location is None:
        return json_response({"status": "302 - Found"}, status)
    return json_response({"status": "302 - Found", "location": location}, status, Location=location)


class ScriptedServer(SocketServer):
    """Sends the responses that were set for a path, the last one again and again; other paths are 404.

    Attributes:
        requests: The received requests.
    """

    def __init__(self) -> None:
        super().__init__()
        self.responses: dict[str, list[Response]] = {}
        self.requests: list[Request] = []

    def set_responses(self, path: str, *responses: Response) -> None:
        self.responses[path] = list(responses)

    def tokens(self) -> list[str | None]:
        """Return the Authorization header of each request."""
        return [request.headers.get("authorization") for request in self.requests]

    def respond(self, connection: socket.socket, received: bytes) -> bool:
        head, _, body = received.partition(_HEAD_END)
        line, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = line.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += connection.recv(65536)
        request = Request(method, target, headers)
        self.requests.append(request)
        responses = self.responses.get(request.path, [json_response({"code": 404, "message": "404 - Not Found"}, 404)])
        response = responses.pop(0) if len(responses) > 1 else responses[0]
        connection.sendall(http_response(response.status, response.content, response.headers))
        return True


@attrs.define
class Plan:
    """What happens to an upload.

    Args:
        share: After which share of the body; 1 is after the last byte.
        response: The response to send then; None for a reset.
        stalls: Whether the server stops reading afterwards and keeps the connection open.
    """

    share: float
    response: bytes | None = None
    stalls: bool = False


@attrs.define
class Upload:
    """A received upload.

    Attributes:
        length: The length in its header.
        size: How many bytes of the body were received.
        start: The first bytes of the body.
        end: The last bytes of the body.
        digest: The SHA-256 hash of the body.
    """

    length: int
    size: int = 0
    start: bytes = b""
    end: bytes = b""
    digest: Any = attrs.field(factory=hashlib.sha256)

    @property
    def is_complete(self) -> bool:
        return self.size == self.length

    def add(self, part: bytes | memoryview) -> None:
        """Count and hash a part of the body."""
        self.size += len(part)
        self.digest.update(part)
        if len(self.start) < _KEPT_BYTES:
            self.start += bytes(part[:_KEPT_BYTES])
        self.end = (self.end + bytes(part[-_KEPT_BYTES:]))[-_KEPT_BYTES:]


class UploadServer(SocketServer):
    """Receives uploads, which it hashes and does not keep; responds with a user to every other request.

    Attributes:
        plan: What happens to the next uploads; None receives all of it and responds with a track.
        uploads: The received uploads.
    """

    def __init__(self) -> None:
        super().__init__()
        self.plan: Plan | None = None
        self.uploads: list[Upload] = []

    def respond(self, connection: socket.socket, received: bytes) -> bool:
        head, _, body = received.partition(_HEAD_END)
        if not head.startswith((b"POST", b"PUT")):
            connection.sendall(http_response(200, USER, JSON))
            return True
        upload = Upload(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        self.uploads.append(upload)
        plan = self.plan or Plan(1.0, CREATED)
        upload.add(body)
        buffer = bytearray(1 << 18)
        while upload.size < plan.share * upload.length:
            size = connection.recv_into(buffer, min(len(buffer), upload.length - upload.size))
            if not size:
                return False
            upload.add(memoryview(buffer)[:size])
        if plan.response is None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            return False
        connection.sendall(plan.response)
        if plan.stalls:
            self.closing.wait(TIMEOUT)
            return False
        if upload.is_complete:
            return True
        # Closing with unread bytes resets the connection and loses the response (RFC 9112, section 9.6).
        connection.shutdown(socket.SHUT_WR)
        while size := connection.recv_into(buffer):
            upload.add(memoryview(buffer)[:size])
        return False
