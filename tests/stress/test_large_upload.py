"""Uploads of a gigabyte with both clients: the bytes arrive unchanged, and the memory of the client does not grow."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.load import FULL, report
from tests.helpers.servers import UploadServer
from tests.stress.workers import ROOT

MEGABYTE = 2**20
SIZE = (1024 if FULL else 48) * MEGABYTE
MAX_GROWTH = 20 * MEGABYTE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc"),
]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of megabytes that all differ."""
    path, block = tmp_path_factory.mktemp("large") / "large.wav", os.urandom(MEGABYTE)
    with path.open("wb") as file:
        for number in range(SIZE // MEGABYTE):
            file.write(number.to_bytes(8) + block[8:])
    yield path
    path.unlink()


def expected_digest(upload, path):
    """Return the hash of the received form with the content of this file."""
    head, end_of_head, _ = upload.start.partition(b"\r\n\r\n")
    digest = hashlib.sha256(head + end_of_head)
    with path.open("rb") as file:
        while piece := file.read(MEGABYTE):
            digest.update(piece)
    digest.update(upload.end[len(head) + len(end_of_head) + SIZE - upload.length :])
    return digest.hexdigest()


@pytest.mark.parametrize("variant", ["sync", "sync stream", "async", "async stream", "async httpx"])
def test_memory_does_not_grow_with_the_upload(large, variant):
    with UploadServer() as server:
        start = time.monotonic()
        # In a subprocess: the server runs in this one.
        done = subprocess.run(
            [sys.executable, "-m", "tests.stress.upload_process", variant, server.url, str(large)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        )
        seconds = time.monotonic() - start
        upload = server.uploads[1]
    growth = int(done.stdout)
    report(f"{variant}: {SIZE / MEGABYTE:,.0f} MB in {seconds:.1f} s, memory growth {growth / MEGABYTE:.1f} MB")

    assert upload.is_complete
    assert b'name="track[asset_data]"' in upload.start.partition(b"\r\n\r\n")[0]
    assert upload.digest.hexdigest() == expected_digest(upload, large)
    assert growth < MAX_GROWTH
