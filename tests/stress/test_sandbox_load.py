"""Many clients on one sandbox: none fails, nothing that was answered is lost, and its memory does not grow."""

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
from tests.stress.crowd import FULL, PATIENCE_SECONDS, ROOT, report

pytestmark = pytest.mark.slow

CLIENTS, SECONDS = (200, 60.0) if FULL else (20, 2.0)
# What the programs' own memory may do meanwhile: arenas, buffers of connections, rows of comments.
GROWTH = 16 * 2**20


def catalogue():
    """A world with a person for each client, and one who made what they all write to."""
    users = [{"permalink": "host", "plan": "Pro Unlimited"}]
    users += [{"permalink": f"client-{number}"} for number in range(CLIENTS)]
    tracks = [{"user": "host", "title": "The one", "permalink": "the-one", "duration": 60_000}]
    return {"users": users, "tracks": tracks}


@contextmanager
def sandbox_process(folder):
    """A sandbox as a program of its own: its memory is nobody else's."""
    (folder / "world.json").write_text(json.dumps(catalogue()), encoding="utf-8")
    options = ("--port=0", "--auth-port=0", "--print-env", f"--catalogue={folder / 'world.json'}")
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
        assert program.wait(PATIENCE_SECONDS) == 0
        assert program.stderr.read() == ""
    finally:
        program.kill()
        program.communicate(timeout=PATIENCE_SECONDS)


def resident(pid):
    """How much memory a process holds, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


class Visitor:
    """One client: what it has written, as it was answered.

    Attributes:
        comments: The URNs of its comments.
        likes: Whether it likes the track.
        playlists: The URNs of the playlists that it has not deleted.
        rounds: How often it has done all that it does.
        calls: How many calls were answered meanwhile.
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
        """Sign in through the consent page, as this person."""
        verifier = generate_code_verifier()
        url = self.client.auth.get_authorization_url(state="s", code_challenge=generate_code_challenge(verifier))
        answered = {**dict(parse_qsl(urlsplit(url).query)), "username": self.name, "decision": "allow"}
        reply = await browser.post(url.partition("?")[0], data=answered)
        code = parse_qs(urlsplit(reply.headers["location"]).query)["code"][0]
        await self.client.set_token(await self.client.auth.get_user_token(code, verifier))

    async def visit(self, track, deadline):
        """Read and write until it is time to go; what fails fails the test."""
        client = self.client
        while time.monotonic() < deadline:
            await client.likes.like_track(track)
            self.likes = True
            made = await client.playlists.create(title="Meanwhile", tracks=[track])
            self.playlists.add(made.urn)
            found = await client.search.tracks("the one", limit=1)
            assert [each.urn for each in found.collection] == [track]
            if self.rounds % 5 == 0:
                self.comments.append((await client.tracks.create_comment(track, "Here", 100)).urn)
                self.calls += 1
            # One stays for each that goes, so that there is something to count, and not more and more.
            if len(self.playlists) > 1:
                gone = min(self.playlists)
                await client.playlists.delete(gone)
                self.playlists.remove(gone)
                self.calls += 1
            if self.rounds % 2 == 0:
                await client.likes.unlike_track(track)
                self.likes = False
                self.calls += 1
            await client.me.get_me()
            self.rounds += 1
            self.calls += 4


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_many_clients_at_once(tmp_path):
    with sandbox_process(tmp_path) as (pid, environment):
        visitors, memory = anyio.run(crowd, pid, environment)
    calls = sum(visitor.calls for visitor in visitors)
    comments = sum(len(visitor.comments) for visitor in visitors)
    report(
        f"{CLIENTS} clients, {SECONDS:.0f} s: {calls} calls, {comments} comments kept, none failed; memory"
        f" {memory[0] / 2**20:.1f} MB after a quarter of the time, {memory[1] / 2**20:.1f} MB at the end"
    )
    assert memory[1] - memory[0] < GROWTH


async def crowd(pid, environment):
    visitors = [Visitor(number, environment) for number in range(CLIENTS)]
    try:
        async with httpx.AsyncClient(trust_env=False) as browser:
            for visitor in visitors:
                await visitor.sign_in(browser)
        first = visitors[0].client
        track = (await first.search.tracks("the one")).collection[0].urn
        start = time.monotonic()
        memory = []
        async with anyio.create_task_group() as group:
            for visitor in visitors:
                group.start_soon(visitor.visit, track, start + SECONDS)
            await anyio.sleep(SECONDS / 4)
            memory.append(resident(pid))
        memory.append(resident(pid))
        await check_counts(visitors, track)
    finally:
        for visitor in visitors:
            await visitor.client.aclose()
    return visitors, memory


async def check_counts(visitors, track):
    """Compare what the sandbox has with what was answered to each client."""
    first = visitors[0].client
    kept = await first.tracks.get_track(track)
    comments = Counter([comment.urn async for comment in first.tracks.get_comments(track, 200)])
    likers = {user.permalink async for user in first.tracks.get_likes(track, 200)}

    assert all(visitor.rounds > 0 for visitor in visitors)
    assert comments == Counter(urn for visitor in visitors for urn in visitor.comments)
    assert kept.comment_count == comments.total()
    assert likers == {visitor.name for visitor in visitors if visitor.likes}
    assert kept.favoritings_count == len(likers)
    for visitor in visitors:
        playlists = {playlist.urn async for playlist in visitor.client.me.get_playlists(200, show_tracks=False)}
        assert playlists == visitor.playlists
