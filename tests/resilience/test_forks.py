"""Forks of a process whose other threads are in the middle of something: the child's calls work, and nothing hangs."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from soundcloud._synchronization import Lock
from soundcloud._transport import tls
from soundcloud.stores import MemoryTokenStore
from tests.helpers.load import FULL, report
from tests.helpers.servers import USER, ScriptedServer, json_response
from tests.helpers.servers import Response as ScriptedResponse

CHILD_SECONDS = 30  # a child that hangs is killed by its alarm

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

CHILD = """
import os, signal, threading, time
from itertools import count
def fork(call):
    child = os.fork()
    if child == 0:
        signal.alarm(30)  # a child that hangs is killed
        status = 1
        try:
            call()
            status = 0
        finally:
            os._exit(status)
    return child
def statuses(children):
    return [os.waitpid(child, 0)[1] for child in children]
"""
CLIENTS = {
    "sync": """
from soundcloud import SoundCloudClient
client = SoundCloudClient(**settings)
def call(number):
    client.users.get_user(number)
def forked():
    for number in (1, 2):  # 1 is also in flight in the parent
        call(number)
""",
    "asyncio": """
import asyncio
from soundcloud import AsyncSoundCloudClient
client = AsyncSoundCloudClient(**settings)
def call(number):
    asyncio.run(client.users.get_user(number))
def forked():
    for number in (1, 2):
        call(number)
""",
}
SETTINGS = """
import sys, warnings
warnings.simplefilter("ignore")  # Python 3.12 and later warn of a fork with threads; event loops leave connections
from soundcloud.caches import MemoryCache
from soundcloud.stores import MemoryTokenStore
from soundcloud import Token
from datetime import UTC, datetime, timedelta
url, forks = sys.argv[1], int(sys.argv[2])
now = datetime.now(UTC)
store = MemoryTokenStore(Token("old", "refresh", now + timedelta(hours=1), grant="user"))
settings = {"client_id": "id", "client_secret": "secret", "base_url": url, "auth_url": url, "token_store": store}
settings |= {"cache": MemoryCache(max_entries=2), "cache_ttl": 0.001}
"""
BUSY = """
stopped, calls = threading.Event(), [0] * 8
def work(thread):
    for number in count(1):
        if stopped.is_set():
            return
        call(1 if number % 2 else number)
        calls[thread] += 1
threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
for thread in threads:
    thread.start()
results = []
for _ in range(forks):
    before = sum(calls)
    while sum(calls) < before + 3:
        time.sleep(0.0005)
    results += statuses([fork(forked)])
stopped.set()
for thread in threads:
    thread.join()
print(*results)
"""
FIRST_CALL = """
thread = threading.Thread(target=call, args=(1,))
thread.start()
children = []
while len(children) < forks:
    children.append(fork(forked))
thread.join()
print(*statuses(children))
"""

NAMESPACE = """
from soundcloud._concurrency import namespace
creating, may_end = threading.Event(), threading.Event()
os.register_at_fork(before=may_end.set)  # called before the fork waits for the property
class Client:
    @namespace
    def users(self):
        creating.set()
        may_end.wait()
        time.sleep(0.05)  # in which a fork that did not wait would take place
        return ["users"]
clients = [Client(), Client()]
thread = threading.Thread(target=lambda: clients[0].users)
thread.start()
creating.wait()
children = [fork(lambda: [client.users for client in clients])]
thread.join()
print(*statuses(children))
"""


def run(kind, program, url, forks):
    """Run a program that forks; return the exit statuses of its children."""
    code = CHILD + SETTINGS + CLIENTS[kind] + program
    done = subprocess.run([sys.executable, "-c", code, url, str(forks)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture
def server():
    class UserServer(ScriptedServer):
        def respond(self, connection, received):
            path = received.split(b" ")[1].decode()
            self.responses.setdefault(path, [ScriptedResponse(200, USER, {"Content-Type": "application/json"})])
            return super().respond(connection, received)

    with UserServer() as server:
        server.set_responses("/oauth/token", json_response({"access_token": "new", "refresh_token": "next"}))
        yield server


@pytest.mark.parametrize("kind", CLIENTS)
def test_forks_while_other_threads_are_busy(kind, server):
    forks = 300 if FULL else 8

    statuses = run(kind, BUSY, server.url, forks)

    assert statuses == ["0"] * forks
    report(f"forks, {kind}: {forks} forks among 8 busy threads, {len(server.requests)} requests")


@pytest.mark.parametrize("kind", CLIENTS)
def test_forks_during_the_first_call_of_another_thread(kind, server):
    runs, forks = (40 if FULL else 2), 6

    for _ in range(runs):
        assert run(kind, FIRST_CALL, server.url, forks) == ["0"] * forks

    report(f"forks, {kind}: {runs} processes with {forks} forks each during a first call")


def test_a_fork_while_another_thread_creates_a_namespace(server):
    assert run("sync", NAMESPACE, server.url, 1) == ["0"]


def in_a_child(function):
    """Call a function in a forked child; return the status with which the child ends."""
    child = os.fork()
    if child == 0:
        signal.alarm(CHILD_SECONDS)
        status = 1
        try:
            function()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


def test_a_held_lock_is_free_in_a_child():
    lock = Lock()

    def acquire_twice():
        assert lock.acquire(0)
        assert not lock.acquire(0)

    with lock:
        assert in_a_child(acquire_twice) == 0
        assert not lock.acquire(0)


def test_the_lock_of_a_memory_store_is_free_in_a_child():
    store = MemoryTokenStore()
    lease = store.try_lock()

    def acquire():
        assert store.try_lock() is not None

    assert in_a_child(acquire) == 0
    assert store.try_lock() is None
    lease.release()


def test_a_fork_while_another_thread_loads_the_certificates(monkeypatch):
    settings, loading, may_end = tls.TlsSettings(False), threading.Event(), threading.Event()
    create, parent = tls._create_context, os.getpid()

    def slow(verify):
        loading.set()
        if os.getpid() == parent:
            assert may_end.wait(CHILD_SECONDS)
        return create(verify)

    monkeypatch.setattr(tls, "_create_context", slow)
    thread = threading.Thread(target=settings.context)
    thread.start()
    assert loading.wait(CHILD_SECONDS)

    assert in_a_child(settings.context) == 0

    may_end.set()
    thread.join()
    assert settings.is_loaded
