"""Calls of all kinds while a fifth of all replies is spoiled: each ends right or in an error of ours, in time; writes are done
as often as reported, and nothing is left behind.
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
from tests.resilience.calls import FULL, KINDS, Kind, Ledger, settings_of
from tests.resilience.server import Schedule, WeatherServer
from tests.stress.crowd import report

CALLS = 10_000 if FULL else 250
SHARE = 0.2
WORKERS = 16
MEMORY_BYTES = 20_000_000

pytestmark = pytest.mark.usefixtures("retrying")


def kinds(seed: int, calls: int) -> list[tuple[Kind, int]]:
    """So many calls, mixed by a seed; each has a number of its own."""
    chance = Random(seed)
    return [(chance.choice(KINDS), number) for number in range(1, calls + 1)]


def resident() -> int:
    """The bytes of memory that this process holds."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Storm:
    """Makes the calls, and watches the memory.

    Args:
        ledger: Takes what they came to.
        calls: How many.
    """

    def __init__(self, ledger: Ledger, calls: int) -> None:
        self.ledger, self.work = ledger, iter(kinds(4, calls))
        self.warm_at, self.warm = calls // 4, 0
        self.made = 0

    def _enter(self, *outcome: Any) -> None:
        self.ledger.enter(*outcome)
        self.made += 1
        if self.made == self.warm_at:
            # The journal is the server's, and grows.
            self.warm = resident()

    def be_thread(self, client: SoundCloudClient) -> None:
        for kind, number in self.work:
            start, value, failure = time.monotonic(), None, None
            try:
                value = kind.make(client, number)
            except Exception as error:
                failure = error
            self._enter(kind, number, value, failure, time.monotonic() - start)

    async def be_task(self, client: AsyncSoundCloudClient) -> None:
        for kind, number in self.work:
            start, value, failure = time.monotonic(), None, None
            try:
                value = await kind.make(client, number)
            except Exception as error:
                failure = error
            self._enter(kind, number, value, failure, time.monotonic() - start)

    def check(self, name: str, start: float) -> None:
        growth = resident() - self.warm
        ledger = self.ledger
        ledger.check()
        assert self.made == CALLS
        if FULL:
            assert growth < MEMORY_BYTES
        spoiled = sum(entry.fault is not None for entry in ledger.server.journal)
        report(
            f"mixed calls, {name}: {self.made} calls, {len(ledger.server.journal)} requests, {spoiled} spoiled, "
            f"{ledger.right} right, {ledger.failed} typed errors, {sum(ledger.server.applied.values())} writes done, "
            f"memory {growth / 1e6:+.1f} MB; {time.monotonic() - start:.0f} s"
        )


def test_threads():
    start = time.monotonic()
    with WeatherServer(Schedule(1, SHARE)) as server:
        storm = Storm(Ledger(server, "ada"), CALLS)
        with SoundCloudClient(**settings_of(server, "ada")) as client:
            with ThreadPoolExecutor(WORKERS) as threads:
                for done in [threads.submit(storm.be_thread, client) for _ in range(WORKERS)]:
                    done.result()
    storm.check("SoundCloudClient, 16 threads", start)


@pytest.mark.parametrize(("backend", "engine"), [("asyncio", "httpx"), ("trio", "httpx"), ("asyncio", "aiohttp")])
def test_tasks(backend, engine):
    start = time.monotonic()
    with WeatherServer(Schedule(2, SHARE)) as server:
        storm = Storm(Ledger(server, "ada"), CALLS)

        async def main() -> None:
            settings = settings_of(server, "ada", engine=engine, limits=Limits(max_connections=8))
            async with AsyncSoundCloudClient(**settings) as client:
                async with anyio.create_task_group() as tasks:
                    for _ in range(WORKERS):
                        tasks.start_soon(storm.be_task, client)
            if backend == "asyncio":
                assert asyncio.all_tasks() == {asyncio.current_task()}

        anyio.run(main, backend=backend)
    storm.check(f"AsyncSoundCloudClient, {WORKERS} tasks on {backend}, {engine}", start)
