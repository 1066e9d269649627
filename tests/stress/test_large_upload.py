"""A gigabyte goes up, by every way: it arrives as it was, and the memory of who sends it hardly grows."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.helpers.servers import UploadServer

from tests.stress.crowd import FULL, ROOT, report

MEGABYTE = 2**20
SIZE = (1024 if FULL else 48) * MEGABYTE
GROWTH = 20 * MEGABYTE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc"),
]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file whose megabytes all differ."""
    path, block = tmp_path_factory.mktemp("large") / "large.wav", os.urandom(MEGABYTE)
    with path.open("wb") as file:
        for number in range(SIZE // MEGABYTE):
            file.write(number.to_bytes(8) + block[8:])
    yield path
    path.unlink()


def form_around(upload, path):
    """The hash that a form has which holds this file, and around it what came around it."""
    head, end_of_head, _ = upload.start.partition(b"\r\n\r\n")
    digest = hashlib.sha256(head + end_of_head)
    with path.open("rb") as file:
        while piece := file.read(MEGABYTE):
            digest.update(piece)
    digest.update(upload.end[len(head) + len(end_of_head) + SIZE - upload.length :])
    return digest.hexdigest()


@pytest.mark.parametrize("way", ["sync", "sync stream", "async", "async stream", "async aiohttp"])
def test_memory_stays(large, way):
    with UploadServer() as server:
        start = time.monotonic()
        # A process of its own: this one holds the server.
        done = subprocess.run(
            [sys.executable, "-m", "tests.stress.uploader", way, server.url, str(large)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        )
        seconds = time.monotonic() - start
        upload = server.uploads[1]
    grown = int(done.stdout)
    report(f"{way}: {SIZE / MEGABYTE:,.0f} MB in {seconds:.1f} s, memory grew by {grown / MEGABYTE:.1f} MB at most")

    assert upload.is_complete
    assert b'name="track[asset_data]"' in upload.start.partition(b"\r\n\r\n")[0]
    assert upload.digest.hexdigest() == form_around(upload, large)
    assert grown < GROWTH
