"""`soundcloud likes --all --jsonl` of very many likes: every one of them, in memory that does not grow with their number."""

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


class Likes(threading.Thread):
    """A SoundCloud with so many likes."""

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


def peak_of(number, form):
    """Read all of so many likes, and tell how many lines there were and how many bytes it took at most."""
    likes = Likes(number)
    likes.start()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder),
        "SOUNDCLOUD_ACCESS_TOKEN": "t",
        "SOUNDCLOUD_API_URL": likes.url,
        "SOUNDCLOUD_AUTH_URL": likes.url,
    }
    command = [*memory.COMMAND, "likes", "--all", *form]
    with TemporaryFile("w+") as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment) as program:
            lines = sum(1 for _ in program.stdout)
        errors.seek(0)
        said = errors.read()
    likes.join(10)
    likes.server.close()
    assert program.returncode == 0, said
    return lines, memory.peak_bytes(said)


@pytest.mark.parametrize("form", FORMS if FULL else FORMS[:1], ids=str)
def test_very_many_likes(form):
    heading = 0 if form == ("--jsonl",) else 1
    few, little = peak_of(2_000, form)
    many, much = peak_of(MANY, form)

    assert (few, many) == (2_000 + heading, MANY + heading)
    # A like of these is 1,200 bytes: kept, they would be ten times as much, and more.
    assert much - little < 8_000_000, f"{little:,} bytes for 2,000, {much:,} for {MANY:,}"
