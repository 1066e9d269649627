"""A server for uploads, of plain sockets: counts and hashes what comes, and can answer early or hang up on the way."""

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

TRACK = {"kind": "track", "urn": "soundcloud:tracks:1", "title": "Night"}
_PATIENCE_SECONDS = 20.0
_KEPT = 1000
_RESET = struct.pack("ii", 1, 0)  # closes with a reset, at once


def reply(status: int, content: bytes, media_type: str = "application/json", *, close: bool = False) -> bytes:
    """Write a reply."""
    head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n"
    return f"{head}{'Connection: close' if close else 'X-Plain: yes'}\r\n\r\n".encode() + content


CREATED = reply(201, json.dumps(TRACK).encode())
ME = reply(200, json.dumps({"kind": "user", "urn": "soundcloud:users:1", "username": "ada"}).encode())


@dataclass
class Plan:
    """What happens to an upload.

    Args:
        at: After which share of its body; 1 is after the last byte.
        answer: What is answered then; None for a reset.
        stalls: Whether nothing is read after it, and the connection stays open.
    """

    at: float
    answer: bytes | None = None
    stalls: bool = False


@dataclass
class Upload:
    """What came of one.

    Attributes:
        head: The request's first line and headers.
        announced: How many bytes its body was to have.
        size: How many came.
        start: Its first bytes.
        end: Its last ones.
        digest: Takes all of them.
    """

    head: bytes
    announced: int
    size: int = 0
    start: bytes = b""
    end: bytes = b""
    digest: Any = field(default_factory=hashlib.sha256)

    @property
    def is_whole(self) -> bool:
        """Whether all of it came."""
        return self.size == self.announced


class UploadServer:
    """Takes uploads, and answers every other request with a person."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.uploads: list[Upload] = []
        self.connections = self.open = 0
        self.quiet = threading.Condition()
        self._closing = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        self._closing.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # a close alone does not wake who waits
        self._listening.close()
        self._thread.join(_PATIENCE_SECONDS)

    def all_closed(self) -> bool:
        """Wait until no connection is open any more; tells whether it came to that."""
        with self.quiet:
            return self.quiet.wait_for(lambda: self.open == 0, _PATIENCE_SECONDS)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with self.quiet:
                self.connections += 1
                self.open += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError):
                connection.settimeout(_PATIENCE_SECONDS)
                while self._one(connection):
                    pass
        finally:
            with self.quiet:
                self.open -= 1
                self.quiet.notify_all()

    def _one(self, connection: socket.socket) -> bool:
        """One request; tells whether another one may follow."""
        read = b""
        while b"\r\n\r\n" not in read:
            part = connection.recv(65536)
            if not part:
                return False
            read += part
        head, _, body = read.partition(b"\r\n\r\n")
        if not head.startswith((b"POST", b"PUT")):
            connection.sendall(ME)
            return True
        upload = Upload(head, int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        self.uploads.append(upload)
        plan = self.plan or Plan(1.0, CREATED)
        self._note(upload, body)
        buffer = bytearray(1 << 18)
        while upload.size < plan.at * upload.announced:
            size = connection.recv_into(buffer, min(len(buffer), upload.announced - upload.size))
            if not size:
                return False
            self._note(upload, memoryview(buffer)[:size])
        if plan.answer is None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            return False
        connection.sendall(plan.answer)
        if plan.stalls:
            self._closing.wait(_PATIENCE_SECONDS)
            return False
        if upload.is_whole:
            return True
        # Whoever closes with bytes unread makes the other side lose the answer (RFC 9112, section 9.6).
        connection.shutdown(socket.SHUT_WR)
        while size := connection.recv_into(buffer):
            self._note(upload, memoryview(buffer)[:size])
        return False

    def _note(self, upload: Upload, part: Any) -> None:
        upload.size += len(part)
        upload.digest.update(part)
        if len(upload.start) < _KEPT:
            upload.start += bytes(part[:_KEPT])
        upload.end = (upload.end + bytes(part[-_KEPT:]))[-_KEPT:]


@contextmanager
def upload_server() -> Generator[UploadServer, None, None]:
    """A server, until the block ends."""
    server = UploadServer()
    try:
        yield server
    finally:
        server.close()
