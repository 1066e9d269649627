"""What the soak tests share: a sandbox, and a Redis of their own."""

import sys
from collections.abc import Iterator

import pytest

from soundcloud.sandbox import Sandbox
from tests.helpers.redis_server import PROGRAM, RedisServer


@pytest.fixture(autouse=True)
def _quick_switches() -> Iterator[None]:
    """The sandbox is a thread of this process: without it, a busy event loop lets it wait 5 ms for each turn."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    if PROGRAM is None:
        sys.__stderr__.write("\n*** redis-server is not installed: the soak tests WITH REDIS ARE NOT RUN ***\n")
        pytest.skip("redis-server is not installed; on Debian: apt-get install redis-server")
    with RedisServer() as server:
        yield server
