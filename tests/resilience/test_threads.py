"""Many threads on one client while a fifth of all responses has a fault."""

import sys
import threading
import time
from itertools import count

import pytest

from soundcloud import Limits, SoundCloudClient
from tests.helpers.load import FULL, report
from tests.resilience.calls import CALLS, CallLog, settings_of
from tests.resilience.server import FaultSchedule, FaultyServer

THREADS = 64
COUNT = 20_000 if FULL else 600

pytestmark = pytest.mark.usefixtures("retrying")


def run_in_threads(count, function):
    """Run a function in threads that start at the same time."""
    barrier = threading.Barrier(count)

    def run():
        barrier.wait()
        function()

    threads = [threading.Thread(target=run, name=f"worker-{number}") for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("limits", [Limits(), Limits(max_connections=8, max_keepalive=3)], ids=["100", "8"])
def test_many_threads_share_a_client(limits):
    sys.setswitchinterval(1e-5)  # switch threads as often as possible to provoke races
    start = time.monotonic()
    with FaultyServer(FaultSchedule(3, 0.2)) as server:
        log, numbers = CallLog(server, "ada"), count(1)
        with SoundCloudClient(**settings_of(server, "ada", limits=limits)) as client:

            def work():
                for number in numbers:
                    if number > COUNT:
                        return
                    log.make(client, CALLS[number % len(CALLS)], number)

            run_in_threads(THREADS, work)
    log.check()
    assert log.right + log.failed == COUNT
    report(
        f"threads: {THREADS} threads, at most {limits.max_connections} connections, {COUNT} calls, "
        f"{len(server.requests)} requests, {log.right} right, {log.failed} errors {dict(log.errors)}, "
        f"{sum(server.applied.values())} writes applied; {time.monotonic() - start:.0f} s"
    )


def test_threads_race_for_the_last_idle_connection(server):
    sys.setswitchinterval(1e-6)  # a thread may find the last connection gone
    errors = []
    settings = settings_of(server, "ada", limits=Limits(max_keepalive=1), dedupe=False)
    with SoundCloudClient(**settings) as client:

        def work():
            try:
                for number in range(1, 26):
                    client.tracks.get_track(number)
            except Exception as error:
                errors.append(error)

        run_in_threads(16, work)

    assert errors == []
