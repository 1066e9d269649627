"""Calls of all kinds while a fifth of all responses has a fault: each returns the right result or raises a SoundCloudError in time,
writes are applied as reported, and nothing leaks.
"""

import asyncio
import gc
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest

from soundcloud import AsyncSoundCloudClient, Limits, SoundCloudClient
from tests.helpers.load import FULL, report
from tests.helpers.platforms import linux_only
from tests.resilience.calls import BACKENDS, CALLS, CallLog, anyio_backend, settings_of, transport_of
from tests.resilience.server import FaultSchedule, FaultyServer

COUNT = 10_000 if FULL else 250
SHARE = 0.2
WORKERS = 16
MEMORY_BYTES = 20_000_000

pytestmark = [pytest.mark.usefixtures("retrying"), linux_only]


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Workload:
    """Makes random calls from several workers and measures the memory.

    Args:
        log: Makes and checks the calls.
    """

    def __init__(self, log: CallLog) -> None:
        random = Random(4)
        self.log = log
        self.calls = iter([(random.choice(CALLS), number) for number in range(1, COUNT + 1)])
        self.warm_memory = 0
        self.start = time.monotonic()

    def run_in_thread(self, client: SoundCloudClient) -> None:
        for call, number in self.calls:
            self.log.make(client, call, number)
            self._measure(number)

    async def run_in_task(self, client: AsyncSoundCloudClient) -> None:
        for call, number in self.calls:
            await self.log.async_make(client, call, number)
            self._measure(number)

    def _measure(self, number: int) -> None:
        if number == COUNT // 4:
            self.warm_memory = resident()

    def check(self, name: str) -> None:
        growth = resident() - self.warm_memory
        log, server = self.log, self.log.server
        log.check()
        assert log.right + log.failed == COUNT
        if FULL:
            assert growth < MEMORY_BYTES
        faults = sum(request.fault is not None for request in server.requests)
        report(
            f"mixed calls, {name}: {COUNT} calls, {len(server.requests)} requests, {faults} faults, "
            f"{log.right} right, {log.failed} errors, {sum(server.applied.values())} writes applied, "
            f"memory {growth / 1e6:+.1f} MB; {time.monotonic() - self.start:.0f} s"
        )


def test_threads():
    with FaultyServer(FaultSchedule(1, SHARE)) as server:
        workload = Workload(CallLog(server, "ada"))
        with SoundCloudClient(**settings_of(server, "ada")) as client:
            with ThreadPoolExecutor(WORKERS) as threads:
                for future in [threads.submit(workload.run_in_thread, client) for _ in range(WORKERS)]:
                    future.result()
    workload.check(f"SoundCloudClient, {WORKERS} threads")


@pytest.mark.parametrize("backend", BACKENDS)
def test_tasks(backend):
    with FaultyServer(FaultSchedule(2, SHARE)) as server:
        workload = Workload(CallLog(server, "ada"))

        async def main() -> None:
            settings: dict[str, Any] = settings_of(
                server, "ada", limits=Limits(max_connections=8), **transport_of(backend, max_connections=8)
            )
            async with AsyncSoundCloudClient(**settings) as client:
                async with anyio.create_task_group() as tasks:
                    for _ in range(WORKERS):
                        tasks.start_soon(workload.run_in_task, client)
            if backend != "trio":
                assert asyncio.all_tasks() == {asyncio.current_task()}

        anyio.run(main, backend=anyio_backend(backend))
    workload.check(f"AsyncSoundCloudClient, {WORKERS} tasks on {backend}")
