"""What the tests in bad weather share: the server, and the count of what is left open."""

import gc
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resilience.server import WeatherServer


@pytest.fixture(autouse=True)
def _quick_switches() -> Iterator[None]:
    """The server is a thread of this process: without it, a busy event loop lets it wait 5 ms for each turn."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """After a test there are no more sockets and threads than before it."""
    before = (sockets(), {thread.name for thread in threading.enumerate()})
    yield
    after = (sockets_left(len(before[0])), {thread.name for thread in threading.enumerate() if not thread.daemon})
    assert len(after[0]) <= len(before[0]), after[0]
    assert after[1] <= before[1]


def sockets() -> list[str]:
    """The sockets that this process has open."""
    found: list[str] = []
    for name in Path("/proc/self/fd").iterdir():
        try:
            target = str(name.readlink())
        except OSError:
            continue
        if target.startswith("socket:"):
            found.append(target)
    return found


def sockets_left(most: int) -> list[str]:
    """The sockets that are open when there are no more than so many, or after a while."""
    if len(sockets()) > most:
        gc.collect()
    patience = time.monotonic() + 10
    while len(sockets()) > most and time.monotonic() < patience:
        time.sleep(0.01)  # what a loop of the server closes at its very end
    return sockets()


@pytest.fixture
def weather() -> Iterator[WeatherServer]:
    """A server in good weather, that spoils what it is told to."""
    with WeatherServer() as server:
        yield server
