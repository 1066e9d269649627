"""Fixtures of the stress tests: a sandbox and a Redis server."""

import sys
from collections.abc import Iterator

import pytest

from soundcloud.sandbox import Sandbox
from tests.helpers.redis_server import PROGRAM, RedisServer


@pytest.fixture(autouse=True)
def _fast_thread_switching() -> Iterator[None]:
    """Switch threads more often: the sandbox is a thread, and a busy event loop delays it by 5 ms each time."""
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
        sys.__stderr__.write("\n*** redis-server is not installed: the stress tests WITH REDIS ARE NOT RUN ***\n")
        pytest.skip("redis-server is not installed; on Debian: apt-get install redis-server")
    with RedisServer() as server:
        yield server
