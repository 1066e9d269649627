"""Many clients on one sandbox: no call fails, no acknowledged write is lost, and its memory does not grow."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import anyio
import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, generate_code_challenge, generate_code_verifier
from tests.helpers.load import FULL, report
from tests.stress.workers import ROOT, TIMEOUT

pytestmark = pytest.mark.slow

CLIENTS, SECONDS = (200, 60.0) if FULL else (20, 2.0)
# Allowed growth of the process: allocator arenas, connection buffers, rows of comments; in the short run also the request log,
# which is full after 10,000 requests or 16 MB of bodies. In the long run it is full at the first measurement.
MAX_GROWTH = (16 if FULL else 16 + 64) * 2**20


def dataset():
    """Return a dataset with a user for each client and a host whose track they all write to."""
    users = [{"permalink": "host", "plan": "Pro Unlimited"}]
    users += [{"permalink": f"client-{number}"} for number in range(CLIENTS)]
    tracks = [{"user": "host", "title": "The one", "permalink": "the-one", "duration": 60_000}]
    return {"users": users, "tracks": tracks}


@contextmanager
def sandbox_process(folder):
    """Run a sandbox in a subprocess, so that its memory can be measured."""
    (folder / "dataset.json").write_text(json.dumps(dataset()), encoding="utf-8")
    options = ("--port=0", "--auth-port=0", "--print-env", f"--dataset={folder / 'dataset.json'}")
    program = subprocess.Popen(
        [sys.executable, "-m", "soundcloud.sandbox", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        environment = {}
        while "SOUNDCLOUD_REDIRECT_URI" not in environment:
            line = program.stdout.readline()
            assert line, program.stderr.read()
            name, _, value = line.removeprefix("export ").strip().partition("=")
            environment[name] = value
        yield program.pid, environment
        program.send_signal(signal.SIGTERM)
        assert program.wait(TIMEOUT) == 0
        assert program.stderr.read() == ""
    finally:
        program.kill()
        program.communicate(timeout=TIMEOUT)


def resident(pid):
    """Return the resident memory of a process in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


class SimulatedUser:
    """A client that reads and writes, and remembers the acknowledged writes.

    Attributes:
        comments: The URNs of its comments.
        likes: Whether it likes the track.
        playlists: The URNs of its playlists.
        rounds: How many rounds it has finished.
        calls: How many calls succeeded.
    """

    def __init__(self, number, environment):
        self.name = f"client-{number}"
        self.comments = []
        self.likes = False
        self.playlists = set()
        self.rounds = self.calls = 0
        self.client = AsyncSoundCloudClient(
            environment["SOUNDCLOUD_CLIENT_ID"],
            environment["SOUNDCLOUD_CLIENT_SECRET"],
            environment["SOUNDCLOUD_REDIRECT_URI"],
            base_url=environment["SOUNDCLOUD_API_URL"],
            auth_url=environment["SOUNDCLOUD_AUTH_URL"],
        )

    async def sign_in(self, browser):
        """Sign in through the consent page as this user."""
        verifier = generate_code_verifier()
        url = self.client.auth.get_authorization_url(state="s", code_challenge=generate_code_challenge(verifier))
        form = {**dict(parse_qsl(urlsplit(url).query)), "username": self.name, "decision": "allow"}
        response = await browser.post(url.partition("?")[0], data=form)
        code = parse_qs(urlsplit(response.headers["location"]).query)["code"][0]
        await self.client.set_token(await self.client.auth.get_user_token(code, verifier))

    async def run(self, track, deadline):
        """Read and write until the deadline."""
        client = self.client
        while time.monotonic() < deadline:
            await client.likes.like_track(track)
            self.likes = True
            playlist = await client.playlists.create(title="Load test", tracks=[track])
            self.playlists.add(playlist.urn)
            found = await client.search.tracks("the one", limit=1)
            assert [each.urn for each in found.collection] == [track]
            if self.rounds % 5 == 0:
                self.comments.append((await client.tracks.create_comment(track, "Here", 100)).urn)
                self.calls += 1
            # Delete one playlist for each new one, so that one remains to be counted.
            if len(self.playlists) > 1:
                oldest = min(self.playlists)
                await client.playlists.delete(oldest)
                self.playlists.remove(oldest)
                self.calls += 1
            if self.rounds % 2 == 0:
                await client.likes.unlike_track(track)
                self.likes = False
                self.calls += 1
            await client.me.get_me()
            self.rounds += 1
            self.calls += 4


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_many_concurrent_clients(tmp_path):
    with sandbox_process(tmp_path) as (pid, environment):
        users, memory = anyio.run(run_clients, pid, environment)
    calls = sum(user.calls for user in users)
    comments = sum(len(user.comments) for user in users)
    report(
        f"{CLIENTS} clients, {SECONDS:.0f} s: {calls} calls, {comments} comments, no errors; memory"
        f" {memory[0] / 2**20:.1f} MB after a quarter of the time, {memory[1] / 2**20:.1f} MB at the end"
    )
    assert memory[1] - memory[0] < MAX_GROWTH


async def run_clients(pid, environment):
    users = [SimulatedUser(number, environment) for number in range(CLIENTS)]
    try:
        async with httpx.AsyncClient(trust_env=False) as browser:
            for user in users:
                await user.sign_in(browser)
        first = users[0].client
        track = (await first.search.tracks("the one")).collection[0].urn
        start = time.monotonic()
        memory = []
        async with anyio.create_task_group() as group:
            for user in users:
                group.start_soon(user.run, track, start + SECONDS)
            await anyio.sleep(SECONDS / 4)
            memory.append(resident(pid))
        memory.append(resident(pid))
        await check_counts(users, track)
    finally:
        for user in users:
            await user.client.aclose()
    return users, memory


async def check_counts(users, track):
    """Compare the data of the sandbox with the acknowledged writes of each client."""
    first = users[0].client
    shared = await first.tracks.get_track(track)
    comments = Counter([comment.urn async for comment in first.tracks.get_comments(track, 200)])
    likers = {user.permalink async for user in first.tracks.get_likes(track, 200)}

    assert all(user.rounds > 0 for user in users)
    assert comments == Counter(urn for user in users for urn in user.comments)
    assert shared.comment_count == comments.total()
    assert likers == {user.name for user in users if user.likes}
    assert shared.favoritings_count == len(likers)
    for user in users:
        playlists = {playlist.urn async for playlist in user.client.me.get_playlists(200, show_tracks=False)}
        assert playlists == user.playlists
