"""A server of plain sockets, with TLS or without."""

import socket
import threading
from contextlib import contextmanager

BODY = b'{"urn":"soundcloud:users:1"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)


class Server:
    """A server of plain sockets that counts its connections and keeps what it reads."""

    def __init__(self, *, answers_of_each=None, hold=None, answer=HEAD + BODY, tls=None):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}" if tls is None else f"https://localhost:{self.port}"
        self.answers_of_each, self.hold, self.answer, self.tls = answers_of_each, hold, answer, tls
        self.connections, self.requests, self.open = 0, [], set()
        self.protocols = []  # that were agreed on with TLS
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            self.open.add(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        if self.tls is not None:
            try:
                connection = self.tls.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()
                return
            self.protocols.append(connection.selected_alpn_protocol())
        with connection:
            for _ in range(self.answers_of_each or 1_000_000):
                read = b""
                while b"\r\n\r\n" not in read:
                    part = connection.recv(65536)
                    if not part:
                        return
                    read += part
                self.requests.append(read)
                if self.hold is not None:
                    self.hold.wait(10)
                connection.sendall(self.answer)

    def close(self):
        # First the waiting for new ones: a close alone does not wake it.
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(5)


@contextmanager
def serving(**settings):
    server = Server(**settings)
    try:
        yield server
    finally:
        server.close()
