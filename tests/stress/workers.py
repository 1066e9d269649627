"""Workers in threads, tasks and processes that call the API continuously while their tokens expire."""

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
from tests.helpers.load import FULL, report
from tests.helpers.waiting import wait_until

EXPIRIES = 60 if FULL else 3
KILLS = 200 if FULL else 5
TIMEOUT = 120.0
ROOT = Path(__file__).parent.parent.parent


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    """Return the settings of a client of the sandbox, as JSON values."""
    return {
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "redirect_uri": sandbox.redirect_uri,
        "base_url": sandbox.api_url,
        "auth_url": sandbox.auth_url,
    }


def sign_in(sandbox: Sandbox, store: Any) -> None:
    """Sign a user in with an authorization code and store the token pair."""
    verifier, state = generate_code_verifier(), generate_state()
    with SoundCloudClient(**settings_of(sandbox), token_store=store) as client:
        url = client.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier))
        query = parse_qs(urlsplit(sandbox.approve(url)).query)
        client.set_token(client.auth.get_user_token(query["code"][0], verifier))


class CallCounter:
    """Counts the successful calls of each worker and collects the errors."""

    def __init__(self, workers: int) -> None:
        self.calls = [0] * workers
        self.errors: list[str] = []
        self.stopped = Event()

    def call_in_thread(self, number: int, call: Callable[[], object]) -> None:
        """Call in this thread until `stopped` is set."""
        try:
            while not self.stopped.is_set():
                call()
                self.calls[number] += 1
        except BaseException as error:
            self.errors.append(repr(error))

    async def call_in_task(self, number: int, call: Callable[[], Any]) -> None:
        """Call in this task until `stopped` is set."""
        try:
            while not self.stopped.is_set():
                await call()
                self.calls[number] += 1
        except Exception as error:
            self.errors.append(repr(error))

    def wait_for_all(self) -> None:
        """Wait until each worker has finished two calls; the second one started after this wait."""
        before = list(self.calls)
        wait_until(
            lambda: self.errors or all(now >= then + 2 for now, then in zip(self.calls, before, strict=True)), TIMEOUT
        )
        assert not self.errors, self.errors[:3]

    @contextmanager
    def threads(self, calls: list[Callable[[], object]], first: int = 0) -> Iterator[None]:
        """Run a thread for each call during the block."""
        threads = [
            Thread(target=self.call_in_thread, args=(number, call), name=f"worker-{number}")
            for number, call in enumerate(calls, first)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            for thread in threads:
                thread.join(TIMEOUT)

    def expire(
        self, sandbox: Sandbox, name: str, *, first: str = "authorization_code", expiries: int = EXPIRIES
    ) -> None:
        """Expire the tokens repeatedly while the workers call; check that each was refreshed once."""
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
            self.stopped.set()
        assert not self.errors, self.errors[:3]
        assert sandbox.token_requests() == {first: 1, "refresh_token": expiries}
        report(
            f"token refresh, {name}: {expiries} expiries, {expiries} refreshes, {calls} calls by {len(self.calls)} workers, "
            f"no errors; {took:.1f} s"
        )


class WorkerProcess:
    """A process that starts to call when `start` is called, see `tests.stress.worker_process`."""

    def __init__(self, **options: Any) -> None:
        path = os.pathsep.join(str(ROOT / name) for name in ("src", "generated", ""))
        self._process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "tests.stress.worker_process", json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
        )

    def start(self) -> None:
        """Start the calls."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()

    def follow(self, counter: CallCounter, first: int) -> None:
        """Count the calls until the process ends; for each call it writes the number of the worker as a byte."""
        assert self._process.stdout is not None
        while output := os.read(self._process.stdout.fileno(), 4096):
            for number in output:
                counter.calls[first + number] += 1
        if not counter.stopped.is_set():
            assert self._process.stderr is not None
            output = self._process.stderr.read().decode()[-6000:]
            counter.errors.append(f"a process ended with {self._process.wait(TIMEOUT)}: {output}")

    def wait_for_call(self) -> None:
        """Wait for the next successful call."""
        assert self._process.stdout is not None
        output = os.read(self._process.stdout.fileno(), 1)
        assert output, self.stop()

    def kill(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._close()

    def stop(self) -> str:
        """Let the process finish its calls and exit; return its stderr."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        assert self._process.stderr is not None
        output = self._process.stderr.read().decode()
        self._close()
        return output

    def _close(self) -> None:
        self._process.wait(TIMEOUT)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()


@contextmanager
def processes(counter: CallCounter, workers: list[WorkerProcess], threads_of_each: int) -> Iterator[None]:
    """Let the processes call during the block; count their calls."""
    followers = [
        Thread(target=worker.follow, args=(counter, number * threads_of_each), name=f"follower-{number}")
        for number, worker in enumerate(workers)
    ]
    for worker, follower in zip(workers, followers, strict=True):
        worker.start()
        follower.start()
    try:
        yield
    finally:
        counter.stopped.set()
        errors = [stderr for worker in workers if (stderr := worker.stop())]
        for follower in followers:
            follower.join(TIMEOUT)
    assert not errors, errors[0]
