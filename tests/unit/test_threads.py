"""The first calls of many threads at the same time, in a fresh interpreter."""

import subprocess
import sys

import pytest

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
