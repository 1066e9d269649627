"""Threads: the first calls of many at the same time, in a fresh interpreter; and caches and prompts that may block."""

import subprocess
import sys
import threading

import anyio
import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, SignInError
from soundcloud.caches import MemoryCache

PROGRAM = """
import sys, threading
sys.setswitchinterval(1e-6)
import httpx
from soundcloud import SoundCloudClient

track = {"kind": "track", "urn": "soundcloud:tracks:1", "title": "Night", "user": {"username": "ada", "subscriptions": [{}]}}
feed = {"collection": [{"type": "track", "origin": track}, {"type": "track", "origin": track | {"title": 3}}]}
transport = httpx.MockTransport(lambda request: httpx.Response(200, json=feed))
client = SoundCloudClient(access_token="token", transport=transport)
client.me
barrier, titles = threading.Barrier(16), []

def work():
    barrier.wait()
    titles.extend(activity.origin.title for activity in client.me.get_feed().collection)

threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(titles))
"""


@pytest.mark.parametrize("run", range(10))
def test_concurrent_first_calls(run):
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout, result.stderr) == (0, "32\n", "")


class ThreadCache(MemoryCache):
    """A cache that records the threads that use it.

    Args:
        blocking: Whether it may block, and so must not be used on the event loop.
    """

    def __init__(self, *, blocking):
        super().__init__()
        self.blocking, self.threads = blocking, set()

    def get(self, key):
        self.threads.add(threading.get_ident())
        return super().get(key)

    def set(self, key, value, ttl):
        self.threads.add(threading.get_ident())
        super().set(key, value, ttl)


@pytest.mark.parametrize("blocking", [False, True])
def test_the_event_loop_does_not_wait_for_a_blocking_cache(blocking):
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"urn": "soundcloud:users:1"}))
    cache = ThreadCache(blocking=blocking)

    async def main():
        async with AsyncSoundCloudClient(access_token="own", transport=transport, cache=cache) as client:
            await client.users.get_user(1)
            await client.users.get_user(1)

    anyio.run(main)

    assert (threading.get_ident() in cache.threads) == (not blocking)
    assert cache.threads


def test_the_event_loop_does_not_wait_for_a_pasted_url():
    threads = []

    def ask(prompt):
        threads.append(threading.get_ident())
        return ""

    async def main():
        async with AsyncSoundCloudClient("id", "secret", "http://127.0.0.1:8765/callback") as client:
            with pytest.raises(SignInError, match="the redirect is empty"):
                await client.auth.login(paste=True, show=lambda message: None, ask=ask)

    anyio.run(main)

    assert len(threads) == 1
    assert threads != [threading.get_ident()]
