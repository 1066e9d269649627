"""The memory of `soundcloud likes --all` does not grow with the number of likes."""

import json
import os
import subprocess
import sys
from tempfile import TemporaryFile
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers import memory
from tests.helpers.load import FULL
from tests.helpers.servers import JSON, SocketServer, http_response

pytestmark = pytest.mark.slow

PAGE = 200
LARGE_COUNT = 100_000 if FULL else 10_000
FORMATS = [("--jsonl",), ("--csv",), ()]
TRACK = {"kind": "track", "title": "A track", "duration": 1000, "description": "x" * 1000, "user": {"username": "Bo"}}


class LikesServer(SocketServer):
    """Serves `count` likes in pages."""

    def __init__(self, count):
        super().__init__()
        self.count = count

    def respond(self, connection, received):
        query = parse_qs(urlsplit(received.split()[1].decode()).query)
        start = int(query.get("cursor", ["0"])[0])
        end = min(start + PAGE, self.count)
        items = [{**TRACK, "urn": f"soundcloud:tracks:{number + 1}"} for number in range(start, end)]
        link = f"{self.url}/me/likes/tracks?cursor={end}" if end < self.count else None
        connection.sendall(http_response(200, json.dumps({"collection": items, "next_href": link}).encode(), JSON))
        return True


def run_likes(count, format_option):
    """Run the command with `count` likes; return its lines and its peak memory in bytes."""
    command = [*memory.COMMAND, "likes", "--all", *format_option]
    with LikesServer(count) as server, TemporaryFile("w+") as errors:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder),
            "SOUNDCLOUD_ACCESS_TOKEN": "t",
            "SOUNDCLOUD_API_URL": server.url,
            "SOUNDCLOUD_AUTH_URL": server.url,
        }
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment) as program:
            lines = sum(1 for _ in program.stdout)
        errors.seek(0)
        stderr = errors.read()
    assert program.returncode == 0, stderr
    return lines, memory.peak_bytes(stderr)


@pytest.mark.parametrize("format_option", FORMATS if FULL else FORMATS[:1], ids=str)
def test_memory_does_not_grow_with_the_number_of_likes(format_option):
    heading = 0 if format_option == ("--jsonl",) else 1
    few, small_peak = run_likes(2_000, format_option)
    many, large_peak = run_likes(LARGE_COUNT, format_option)

    assert (few, many) == (2_000 + heading, LARGE_COUNT + heading)
    # A like has 1,200 bytes: 98,000 of them in memory would need more than 100 MB, 8,000 about 10 MB.
    assert large_peak - small_peak < 8_000_000, f"{small_peak:,} bytes for 2,000, {large_peak:,} for {LARGE_COUNT:,}"
