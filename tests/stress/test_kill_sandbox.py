"""A sandbox that is killed while people write: the next one on its file has all that was answered, and nothing half."""

import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from soundcloud.sandbox import Sandbox
from tests.stress.crowd import KILLS, ROOT, report

pytestmark = pytest.mark.slow

# A start takes most of a round.
ROUNDS = max(3, KILLS // 4)
WRITERS = 4
LIST = "/me/playlists?linked_partitioning=true&limit=200"


def start(path):
    command = [sys.executable, "-m", "soundcloud.sandbox", "--port=0", "--auth-port=0", "--print-env", f"--data={path}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def kill(program):
    program.kill()
    return program.communicate(timeout=30)


def client_of(address, token):
    headers = {"Authorization": f"OAuth {token}"}
    return httpx.Client(base_url=address, headers=headers, trust_env=False, verify=False)


def written(client):
    """The playlists that the writers made: how many tracks are in each."""
    found, href = {}, LIST
    while href:
        page = client.get(href).raise_for_status().json()
        found |= {item["title"]: len(item["tracks"]) for item in page["collection"]}
        href = page["next_href"]
    return {title: count for title, count in found.items() if title.startswith("kill ")}


def keep_writing(address, token, name, tracks):
    """Write until nobody answers any more; give back what was answered."""
    done = []
    try:
        with client_of(address, token) as client:
            while True:
                title = f"kill {name} {len(done)}"
                reply = client.post("/playlists", json={"playlist": {"title": title, "tracks": tracks}})
                assert reply.status_code == 201
                done.append(title)
    except httpx.TransportError:
        return done


def test_killed_while_people_write(tmp_path):
    path, source, acknowledged = tmp_path / "world.db", random.Random(5), set()
    with Sandbox(data=path) as sandbox:
        token = sandbox.user_token()
    for number in range(ROUNDS):
        program = start(path)
        address = program.stdout.readline().rstrip("\n").partition("=")[2]
        assert address, program.stderr.read()
        try:
            with client_of(address, token) as client:
                found = written(client)
                tracks = [{"urn": item["urn"]} for item in client.get("/tracks?limit=2").json()]
            assert acknowledged <= found.keys()
            # A playlist and its tracks come together or not at all.
            assert set(found.values()) <= {2}
            with ThreadPoolExecutor(WRITERS) as pool:
                writers = [
                    pool.submit(keep_writing, address, token, f"{number} {writer}", tracks) for writer in range(WRITERS)
                ]
                time.sleep(source.uniform(0.05, 0.6))
                program.kill()
                for writer in writers:
                    acknowledged |= set(writer.result())
        finally:
            assert kill(program)[1] == ""
    with Sandbox(data=path) as sandbox, client_of(sandbox.api_url, token) as client:
        found = written(client)
    assert acknowledged
    assert acknowledged <= found.keys()
    # Beside them, each writer may have had one that was written and not answered.
    assert len(found) <= len(acknowledged) + ROUNDS * WRITERS
    report(f"sandbox killed {ROUNDS} times: {len(acknowledged)} writes answered, {len(found)} there")


def test_killed_while_it_starts(tmp_path):
    source, kinds = random.Random(6), {"no file": 0, "empty": 0, "whole": 0}
    for number in range(ROUNDS):
        path = tmp_path / f"world-{number}.db"
        program = start(path)
        deadline = time.monotonic() + 30
        while not path.exists() and time.monotonic() < deadline and number % 3:
            time.sleep(0.001)
        # Mostly into the moment when the file is made.
        time.sleep(source.uniform(0, 0.2))
        kill(program)
        kinds["no file" if not path.exists() else "whole" if path.stat().st_size else "empty"] += 1
        with Sandbox(data=path) as sandbox:
            assert len(sandbox.usernames()) == 40
    report(f"sandbox killed {ROUNDS} times while it started; it left: {kinds}")
