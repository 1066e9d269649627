"""A sandbox killed during writes: its file has every acknowledged write and no partial one."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from random import Random

import httpx
import pytest

from soundcloud.sandbox import Sandbox
from tests.helpers.load import report
from tests.helpers.waiting import wait_until
from tests.stress.workers import KILLS, ROOT

pytestmark = pytest.mark.slow

# Most of a round is the start of the sandbox.
ROUNDS = max(3, KILLS // 4)
WRITERS = 4
LIST = "/me/playlists?linked_partitioning=true&limit=200"


def start(path):
    command = [sys.executable, "-m", "soundcloud.sandbox", "--port=0", "--auth-port=0", "--print-env", f"--data={path}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def kill(program):
    program.kill()
    return program.communicate(timeout=30)


def client_of(url, token):
    headers = {"Authorization": f"OAuth {token}"}
    return httpx.Client(base_url=url, headers=headers, trust_env=False, verify=False)


def read_playlists(client):
    """Return the number of tracks of each playlist of the writers."""
    found, href = {}, LIST
    while href:
        page = client.get(href).raise_for_status().json()
        found |= {item["title"]: len(item["tracks"]) for item in page["collection"]}
        href = page["next_href"]
    return {title: count for title, count in found.items() if title.startswith("kill ")}


def keep_writing(url, token, name, tracks, acknowledged):
    """Create playlists until the connection fails; add the acknowledged titles to a set."""
    with suppress(httpx.TransportError), client_of(url, token) as client:
        for number in count():
            title = f"kill {name} {number}"
            response = client.post("/playlists", json={"playlist": {"title": title, "tracks": tracks}})
            assert response.status_code == 201
            acknowledged.add(title)


def test_kills_during_writes(tmp_path):
    path, random, acknowledged = tmp_path / "dataset.db", Random(5), set()
    with Sandbox(data=path) as sandbox:
        token = sandbox.user_token()
    for number in range(ROUNDS):
        program = start(path)
        url = program.stdout.readline().rstrip("\n").partition("=")[2]
        assert url, program.stderr.read()
        try:
            with client_of(url, token) as client:
                found = read_playlists(client)
                tracks = [{"urn": item["urn"]} for item in client.get("/tracks?limit=2").json()]
            assert acknowledged <= found.keys()
            # A playlist is stored with its tracks or not at all.
            assert set(found.values()) <= {2}
            with ThreadPoolExecutor(WRITERS) as pool:
                writers = [
                    pool.submit(keep_writing, url, token, f"{number} {writer}", tracks, acknowledged)
                    for writer in range(WRITERS)
                ]
                try:
                    wait_until(
                        lambda name=f"kill {number} ": any(title.startswith(name) for title in set(acknowledged))
                    )
                    time.sleep(random.uniform(0, 0.5))
                finally:
                    program.kill()
                for writer in writers:
                    writer.result()
        finally:
            assert kill(program)[1] == ""
    with Sandbox(data=path) as sandbox, client_of(sandbox.api_url, token) as client:
        found = read_playlists(client)
    assert acknowledged
    assert acknowledged <= found.keys()
    # Each writer may have stored one more playlist whose response was lost.
    assert len(found) <= len(acknowledged) + ROUNDS * WRITERS
    report(f"sandbox killed {ROUNDS} times: {len(acknowledged)} writes acknowledged, {len(found)} stored")


def test_kills_during_startup(tmp_path):
    random, kinds = Random(6), {"no file": 0, "empty": 0, "complete": 0}
    for number in range(ROUNDS):
        path = tmp_path / f"dataset-{number}.db"
        program = start(path)
        deadline = time.monotonic() + 30
        while not path.exists() and time.monotonic() < deadline and number % 3:
            time.sleep(0.001)
        # Most kills happen while the file is being created.
        time.sleep(random.uniform(0, 0.2))
        kill(program)
        kinds["no file" if not path.exists() else "complete" if path.stat().st_size else "empty"] += 1
        with Sandbox(data=path) as sandbox:
            assert len(sandbox.usernames()) == 40
    report(f"sandbox killed {ROUNDS} times while it started; files left: {kinds}")
