"""A server that discards uploads: `python -m benchmarks.sink` prints its port.

It is faster than any client: one buffer for each connection, and nothing is looked at but the heads.
"""

import json
import socket
import threading

TOKEN = json.dumps({"access_token": "token", "expires_in": 3600, "token_type": "bearer"}).encode()
TRACK = json.dumps({"kind": "track", "urn": "soundcloud:tracks:1", "title": "Night"}).encode()


def serve(connection: socket.socket) -> None:
    """Answer the requests of one connection until it is closed."""
    buffer = bytearray(1 << 20)
    with connection:
        while True:
            read = b""
            while b"\r\n\r\n" not in read:
                part = connection.recv(65536)
                if not part:
                    return
                read += part
            head, _, rest = read.partition(b"\r\n\r\n")
            left = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0) - len(rest)
            while left > 0:
                size = connection.recv_into(buffer)
                if not size:
                    return
                left -= size
            content = TRACK if b" /tracks " in head else TOKEN
            response = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
            connection.sendall(response.encode() + content)


def main() -> None:
    """Serve until the process is terminated."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
