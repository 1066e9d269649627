"""Many threads on one client, while a fifth of all replies is spoiled."""

import sys
import threading
import time
from itertools import count

import pytest

from soundcloud import Limits, SoundCloudClient
from tests.resilience.calls import FULL, KINDS, Ledger, settings_of
from tests.resilience.server import Schedule, WeatherServer
from tests.stress.crowd import report

THREADS = 64
CALLS = 20_000 if FULL else 600

pytestmark = pytest.mark.usefixtures("retrying")


def work(client, ledger, numbers, barrier):
    barrier.wait()
    for number in numbers:
        if number > CALLS:
            return
        kind = KINDS[number % len(KINDS)]
        start, value, failure = time.monotonic(), None, None
        try:
            value = kind.make(client, number)
        except Exception as error:
            failure = error
        ledger.enter(kind, number, value, failure, time.monotonic() - start)


@pytest.mark.parametrize("limits", [Limits(), Limits(max_connections=8, max_keepalive=3)], ids=["100", "8"])
def test_one_client(limits):
    # Threads give way to one another as often as can be: what is not safe shows itself.
    sys.setswitchinterval(1e-5)
    begin = time.monotonic()
    with WeatherServer(Schedule(3, 0.2)) as server:
        ledger, numbers, barrier = Ledger(server, "ada"), count(1), threading.Barrier(THREADS)
        with SoundCloudClient(**settings_of(server, "ada", limits=limits)) as client:
            threads = [
                threading.Thread(target=work, args=(client, ledger, numbers, barrier), name=f"worker-{number}")
                for number in range(THREADS)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    ledger.check()
    assert ledger.right + ledger.failed == CALLS
    report(
        f"threads: {THREADS} threads, at most {limits.max_connections} connections, {CALLS} calls, "
        f"{len(server.journal)} requests, {ledger.right} right, {ledger.failed} typed errors {ledger.kinds}, "
        f"{sum(server.applied.values())} writes done; {time.monotonic() - begin:.0f} s"
    )


def test_the_stack_of_connections_is_emptied_by_many_at_once(weather):
    # Each thread finds the last connection gone now and then.
    sys.setswitchinterval(1e-6)
    problems = []

    def call(client, barrier):
        barrier.wait()
        try:
            for number in range(1, 26):
                client.tracks.get_track(number)
        except Exception as error:
            problems.append(error)

    limits = Limits(max_keepalive=1)
    with SoundCloudClient(**settings_of(weather, "ada", limits=limits, dedupe=False)) as client:
        barrier = threading.Barrier(16)
        threads = [threading.Thread(target=call, args=(client, barrier)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert problems == []
