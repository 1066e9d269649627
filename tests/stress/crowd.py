"""Many workers that call all the time, and somebody who makes their tokens expire meanwhile."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from soundcloud import SoundCloudClient
from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state
from soundcloud.sandbox import Sandbox

FULL = os.environ.get("SOUNDCLOUD_STRESS") == "1"
EXPIRIES = 60 if FULL else 3
KILLS = 200 if FULL else 5
PATIENCE_SECONDS = 120.0
ROOT = Path(__file__).parent.parent.parent


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    """What a client of a sandbox is made with, as plain values."""
    return {
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "redirect_uri": sandbox.redirect_uri,
        "base_url": sandbox.api_url,
        "auth_url": sandbox.auth_url,
    }


def sign_in(sandbox: Sandbox, store: Any) -> None:
    """Sign a person in, with a code, and leave the pair in a store."""
    verifier, state = generate_code_verifier(), generate_state()
    with SoundCloudClient(**settings_of(sandbox), token_store=store) as client:
        url = client.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier))
        answer = parse_qs(urlsplit(sandbox.approve(url)).query)
        client.set_token(client.auth.get_user_token(answer["code"][0], verifier))


def report(text: str) -> None:
    """Write a line of figures; pytest shows it with -s."""
    sys.stdout.write(f"\n  {text}")


class Tally:
    """What each worker has done: its good calls, and everything that failed."""

    def __init__(self, workers: int) -> None:
        self.calls = [0] * workers
        self.problems: list[str] = []
        self.over = Event()

    def keep_calling(self, number: int, call: Callable[[], object]) -> None:
        """Be a worker, in this thread, until it is over."""
        try:
            while not self.over.is_set():
                call()
                self.calls[number] += 1
        except BaseException as error:
            self.problems.append(repr(error))

    async def keep_awaiting(self, number: int, call: Callable[[], Any]) -> None:
        """Be a worker, in this task, until it is over."""
        try:
            while not self.over.is_set():
                await call()
                self.calls[number] += 1
        except Exception as error:
            self.problems.append(repr(error))

    def wait_for_all(self) -> None:
        """Wait until each worker has begun and ended a call; that of two the second began after this did."""
        before = list(self.calls)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(now < then + 2 for now, then in zip(self.calls, before, strict=True)):
            assert not self.problems, self.problems[:3]
            assert time.monotonic() < deadline, f"a worker stands still: {self.calls}"
            time.sleep(0.005)

    @contextmanager
    def threads(self, calls: list[Callable[[], object]], first: int = 0) -> Iterator[None]:
        """Run a worker for each call, in threads, as long as the block."""
        threads = [
            Thread(target=self.keep_calling, args=(number, call), name=f"worker-{number}")
            for number, call in enumerate(calls, first)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)

    def expire(
        self, sandbox: Sandbox, name: str, *, first: str = "authorization_code", expiries: int = EXPIRIES
    ) -> None:
        """Let the tokens expire again and again under the workers' calls, and check that each was refreshed once."""
        try:
            self.wait_for_all()
            start = time.perf_counter()
            calls = sum(self.calls)
            for _ in range(expiries):
                sandbox.expire_tokens()
                self.wait_for_all()
            took = time.perf_counter() - start
            calls = sum(self.calls) - calls
        finally:
            self.over.set()
        assert not self.problems, self.problems[:3]
        assert sandbox.token_requests() == {first: 1, "refresh_token": expiries}
        report(
            f"storm, {name}: {expiries} expiries, {expiries} refreshes, {calls} calls by {len(self.calls)} workers, "
            f"none failed; {took:.1f} s"
        )


class Worker:
    """A process that calls as soon as it is told to, see `tests.stress.worker`."""

    def __init__(self, **what: Any) -> None:
        path = os.pathsep.join(str(ROOT / name) for name in ("src", "generated", ""))
        self._process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "tests.stress.worker", json.dumps(what)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
        )

    def start(self) -> None:
        """Tell it to begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()

    def follow(self, tally: Tally, first: int) -> None:
        """Count its calls, until it ends: it writes the number of its worker for each."""
        assert self._process.stdout is not None
        while said := os.read(self._process.stdout.fileno(), 4096):
            for number in said:
                tally.calls[first + number] += 1
        if not tally.over.is_set():
            assert self._process.stderr is not None
            said = self._process.stderr.read().decode()[-6000:]
            tally.problems.append(f"a process ended with {self._process.wait(PATIENCE_SECONDS)}: {said}")

    def wait_for_call(self) -> None:
        """Wait for its next good call."""
        assert self._process.stdout is not None
        said = os.read(self._process.stdout.fileno(), 1)
        assert said, self.end()

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self._process.kill()
        self._close()

    def end(self) -> str:
        """Let it finish its call and end; gives back what it complained of."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        assert self._process.stderr is not None
        said = self._process.stderr.read().decode()
        self._close()
        return said

    def _close(self) -> None:
        self._process.wait(PATIENCE_SECONDS)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()


@contextmanager
def processes(tally: Tally, workers: list[Worker], threads_of_each: int) -> Iterator[None]:
    """Let processes call as long as the block, and count their calls."""
    followers = [
        Thread(target=worker.follow, args=(tally, number * threads_of_each), name=f"follower-{number}")
        for number, worker in enumerate(workers)
    ]
    for worker, follower in zip(workers, followers, strict=True):
        worker.start()
        follower.start()
    try:
        yield
    finally:
        tally.over.set()
        complaints = [complaint for worker in workers if (complaint := worker.end())]
        for follower in followers:
            follower.join(PATIENCE_SECONDS)
    assert not complaints, complaints[0]
