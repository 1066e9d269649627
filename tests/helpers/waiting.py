"""Waiting for a condition."""

from collections.abc import Callable
from time import monotonic, sleep

import anyio

TIMEOUT = 20.0


def wait_until(condition: Callable[[], object], timeout: float = TIMEOUT) -> None:
    """Check a condition every millisecond until it is true; fail after `timeout` seconds."""
    deadline = monotonic() + timeout
    while not condition():
        assert monotonic() < deadline, f"the condition was not met within {timeout} s"
        sleep(0.001)


async def async_wait_until(condition: Callable[[], object], timeout: float = TIMEOUT) -> None:
    """Do the same as `wait_until` on asyncio and trio."""
    deadline = monotonic() + timeout
    while not condition():
        assert monotonic() < deadline, f"the condition was not met within {timeout} s"
        await anyio.sleep(0.001)
