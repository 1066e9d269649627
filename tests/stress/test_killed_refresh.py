"""Processes killed during a token refresh: the store stays readable, the lock is released, and a stored token pair works."""

import time
from collections import Counter
from random import Random

import pytest

from soundcloud import InvalidGrantError, SoundCloudClient
from soundcloud.stores import FileTokenStore, RedisTokenStore
from tests.helpers.load import report
from tests.stress.workers import KILLS, WorkerProcess, settings_of, sign_in

pytestmark = pytest.mark.slow

LOCK_SECONDS = 0.7
MAX_DELAY_SECONDS = 0.030  # most refreshes take less
# The time of a call on a busy machine, without the wait for the lock.
CALL_SECONDS = 2.0


def test_kills_with_a_file_store(sandbox, tmp_path):
    path = tmp_path / "tokens.json"
    kill_repeatedly(sandbox, FileTokenStore(path), 0.0, store="file", path=str(path))
    # At most the tokens, two lock files and a temporary file.
    assert len(list(tmp_path.iterdir())) <= 4
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


def test_kills_with_a_redis_store(sandbox, redis_server, tmp_path):
    store = RedisTokenStore.from_url(redis_server.url, lock_seconds=LOCK_SECONDS)
    try:
        kill_repeatedly(sandbox, store, LOCK_SECONDS, store="redis", url=redis_server.url, lock_seconds=LOCK_SECONDS)
    finally:
        store.clear()
        store.close()


def kill_repeatedly(sandbox, shared, max_wait, **options):
    """Kill a process shortly after its token expired; then check the store, the lock and the next client."""
    random, outcomes, longest_wait = Random(7), Counter(), 0.0
    sign_in(sandbox, shared)
    options |= {"settings": settings_of(sandbox), "workers": 1}
    standby = WorkerProcess(asynchronous=False, **options)
    try:
        for number in range(KILLS):
            # Start the next process in advance; every second one uses the async client.
            worker, standby = standby, WorkerProcess(asynchronous=number % 2 == 0, **options)
            worker.start()
            worker.wait_for_call()
            before = shared.get()
            refreshes_before = sandbox.token_requests()["refresh_token"]
            sandbox.expire_tokens()
            time.sleep(random.uniform(0, MAX_DELAY_SECONDS))
            worker.kill()

            left = shared.get()
            if number % 3:
                # Every third time the next client waits for the lock itself.
                longest_wait = max(longest_wait, wait_for_lock(shared, max_wait))
            outcomes[next_client(sandbox, shared, max_wait, before, left, refreshes_before)] += 1
    finally:
        standby.kill()
    assert sum(outcomes.values()) == KILLS
    figures = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
    report(
        f"kill, {type(shared).__name__}: {KILLS} kills: {figures}; "
        f"the lock was released within {longest_wait * 1000:.0f} ms (documented {max_wait * 1000:.0f} ms)"
    )


def wait_for_lock(shared, max_wait):
    """Acquire and release the lock; return how long that took in seconds."""
    start = time.monotonic()
    while (lease := shared.try_lock()) is None:
        assert time.monotonic() - start < max_wait + 0.5, "the lock was not released"
        time.sleep(0.005)
    lease.release()
    return time.monotonic() - start


def next_client(sandbox, shared, max_wait, before, left, refreshes_before):
    """Call with a new client; return what the killed process had done."""
    stored = left.access_token != before.access_token
    start = time.monotonic()
    try:
        with SoundCloudClient(**settings_of(sandbox), token_store=shared) as client:
            assert client.me.get_me().permalink == "ada-night"
    except InvalidGrantError:
        # The killed process used the refresh token and lost the response.
        assert not stored
        assert sandbox.token_requests()["refresh_token"] == refreshes_before + 1
        sign_in(sandbox, shared)
        return "refreshed but not stored (signed out)"
    assert time.monotonic() - start < max_wait + CALL_SECONDS
    refreshes = sandbox.token_requests()["refresh_token"] - refreshes_before
    assert refreshes == 1
    # A stored token pair is used as it is.
    assert not stored or shared.get() == left
    return "stored (signed in)" if stored else "not yet refreshed (signed in)"
