"""Fixtures of the resilience tests: the faulty server, and a check for leaked sockets and threads."""

import gc
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resilience.server import FaultyServer


@pytest.fixture(autouse=True)
def _fast_thread_switching() -> Iterator[None]:
    """Switch threads more often: the server is a thread, and a busy event loop delays it by 5 ms each time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(autouse=True)
def check_for_leaks() -> Iterator[None]:
    """Check that a test leaves no sockets or threads open."""
    before = (sockets(), {thread.name for thread in threading.enumerate()})
    yield
    after = (
        sockets_after_closing(len(before[0])),
        {thread.name for thread in threading.enumerate() if not thread.daemon},
    )
    assert len(after[0]) <= len(before[0]), after[0]
    assert after[1] <= before[1]


def sockets() -> list[str]:
    """Return the open sockets of this process."""
    found: list[str] = []
    descriptors = Path("/proc/self/fd")  # of Linux; elsewhere no sockets are found
    for name in descriptors.iterdir() if descriptors.exists() else ():
        try:
            target = str(name.readlink())
        except OSError:
            continue
        if target.startswith("socket:"):
            found.append(target)
    return found


def sockets_after_closing(most: int) -> list[str]:
    """Wait up to 10 seconds until at most `most` sockets are open; return the open sockets."""
    if len(sockets()) > most:
        gc.collect()
    deadline = time.monotonic() + 10
    while len(sockets()) > most and time.monotonic() < deadline:
        time.sleep(0.01)  # the event loop of the server closes sockets when it ends
    return sockets()


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """A server without faults, unless a test scripts them."""
    with FaultyServer() as server:
        yield server
