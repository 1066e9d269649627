"""`soundcloud likes --all` prints any number of likes in constant memory."""

import json
import os
import socket
import subprocess
import sys
import threading
from tempfile import TemporaryFile
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers import memory
from tests.stress.crowd import FULL

pytestmark = pytest.mark.slow

PAGE = 200
MANY = 100_000 if FULL else 10_000
FORMS = [("--jsonl",), ("--csv",), ()]
TRACK = {"kind": "track", "title": "A track", "duration": 1000, "description": "x" * 1000, "user": {"username": "Bo"}}


class LikesServer(threading.Thread):
    """A server of a number of likes."""

    def __init__(self, number):
        super().__init__(daemon=True)
        self.number = number
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def run(self):
        connection, _ = self.server.accept()
        with connection, connection.makefile("rb") as requests:
            while line := requests.readline():
                start = int(parse_qs(urlsplit(line.split()[1].decode()).query).get("cursor", ["0"])[0])
                while requests.readline().strip():
                    pass
                end = min(start + PAGE, self.number)
                items = [{**TRACK, "urn": f"soundcloud:tracks:{number + 1}"} for number in range(start, end)]
                link = f"{self.url}/me/likes/tracks?cursor={end}" if end < self.number else None
                body = json.dumps({"collection": items, "next_href": link}).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def print_likes(number, form):
    """Print a number of likes; return the number of lines and the peak memory in bytes."""
    server = LikesServer(number)
    server.start()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder),
        "SOUNDCLOUD_ACCESS_TOKEN": "t",
        "SOUNDCLOUD_API_URL": server.url,
        "SOUNDCLOUD_AUTH_URL": server.url,
    }
    command = [*memory.COMMAND, "likes", "--all", *form]
    with TemporaryFile("w+") as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment) as program:
            lines = sum(1 for _ in program.stdout)
        errors.seek(0)
        output = errors.read()
    server.join(10)
    server.server.close()
    assert program.returncode == 0, output
    return lines, memory.bytes_in(output)


@pytest.mark.parametrize("form", FORMS if FULL else FORMS[:1], ids=str)
def test_memory_is_constant(form):
    header = 0 if form == ("--jsonl",) else 1
    few_lines, few_bytes = print_likes(2_000, form)
    many_lines, many_bytes = print_likes(MANY, form)

    assert (few_lines, many_lines) == (2_000 + header, MANY + header)
    # A like has 1,200 bytes: kept in memory, they would take at least ten times as much.
    assert many_bytes - few_bytes < 8_000_000, f"{few_bytes:,} bytes for 2,000, {many_bytes:,} for {MANY:,}"
