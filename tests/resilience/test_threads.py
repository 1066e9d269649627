"""Many threads on one client while a fifth of all responses has a fault."""

import json
import subprocess
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


# As in Django: each request of a WSGI server runs its async view in an event loop of its own.
ASYNC_TO_SYNC = """
import json, sys, threading, warnings
from asgiref.sync import async_to_sync
from soundcloud import AsyncSoundCloudClient, Token
from soundcloud.stores import MemoryTokenStore
warnings.simplefilter("ignore")  # event loops that end with open connections
url, tokens, threads, rounds, calls = json.loads(sys.argv[1])
store = MemoryTokenStore(Token(tokens["access_token"], tokens["refresh_token"], grant="user"))
client = AsyncSoundCloudClient("id", "secret", base_url=url, auth_url=url, token_store=store)
results = [0] * threads
async def view(number):
    track = await client.tracks.get_track(number)
    user = await client.me.get_me()
    assert track.title == f"{user.username} soundcloud:tracks:{number}", track.title
def work(thread):
    for _ in range(rounds):
        barrier.wait()
        for number in range(calls):
            async_to_sync(view)(7 if number % 2 else thread + 10)
            results[thread] += 1
def wait_for_line():
    print(flush=True)
    sys.stdin.readline()
barrier = threading.Barrier(threads, wait_for_line, timeout=300)
running = [threading.Thread(target=work, args=(thread,), daemon=True) for thread in range(threads)]
for thread in running:
    thread.start()
for thread in running:
    thread.join(600)
print(json.dumps(results))
"""


def test_one_async_client_under_async_to_sync_in_many_threads(server):
    """The threads make the same calls and others; before each round the token expires, so that all notice at once."""
    pytest.importorskip("asgiref", reason="asgiref comes with Django")
    threads, rounds, calls = 16, (60 if FULL else 3), 4
    start = time.monotonic()
    command = [sys.executable, "-c", ASYNC_TO_SYNC]
    command.append(json.dumps([server.url, server.issue_tokens("ada"), threads, rounds, calls]))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(rounds):
            assert process.stdout.readline() == "\n"
            server.expire("ada")
            process.stdin.write("\n")
            process.stdin.flush()
        results = json.loads(process.communicate()[0])

    assert results == [rounds * calls] * threads
    assert [request.path for request in server.requests].count("/oauth/token") == rounds
    report(
        f"async_to_sync: {threads} threads, {sum(results)} views with 2 calls each, {len(server.requests)} requests, "
        f"{rounds} refreshes; {time.monotonic() - start:.0f} s"
    )
