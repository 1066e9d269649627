"""Processes that are killed while they refresh: the store still parses, the lock comes free, and whoever wrote stays signed in."""

import random
import time
from collections import Counter

import pytest

from soundcloud import InvalidGrantError, SoundCloudClient
from soundcloud.stores import FileTokenStore, RedisTokenStore
from tests.stress.crowd import KILLS, Worker, report, settings_of, sign_in

pytestmark = pytest.mark.slow

LOCK_SECONDS = 0.7
LONGEST_SECONDS = 0.030  # a refresh is over by then, mostly
# What a call takes beside the wait for the lock, on a machine that is busy.
CALL_SECONDS = 2.0


def test_killed_with_a_file(sandbox, tmp_path):
    path = tmp_path / "tokens.json"
    kill_again_and_again(sandbox, FileTokenStore(path), 0.0, store="file", path=str(path))
    # Nothing piles up: the tokens, the two locks, and a draft at most.
    assert len(list(tmp_path.iterdir())) <= 4
    assert all(neighbour.stat().st_mode & 0o077 == 0 for neighbour in tmp_path.iterdir())


def test_killed_with_redis(sandbox, redis_server, tmp_path):
    store = RedisTokenStore.from_url(redis_server.url, lock_seconds=LOCK_SECONDS)
    try:
        kill_again_and_again(
            sandbox, store, LOCK_SECONDS, store="redis", url=redis_server.url, lock_seconds=LOCK_SECONDS
        )
    finally:
        store.clear()
        store.close()


def kill_again_and_again(sandbox, shared, free_after, **what):
    """Kill a process a moment after its token expired; then look at the store, at the lock and at the next client."""
    source, classes, longest_wait = random.Random(7), Counter(), 0.0
    sign_in(sandbox, shared)
    what |= {"settings": settings_of(sandbox), "workers": 1}
    standby = Worker(asynchronous=False, **what)
    try:
        for number in range(KILLS):
            # The next one gets ready meanwhile; each second is of the other client.
            worker, standby = standby, Worker(asynchronous=number % 2 == 0, **what)
            worker.start()
            worker.wait_for_call()
            before = shared.get()
            spent_before = sandbox.token_requests()["refresh_token"]
            sandbox.expire_tokens()
            time.sleep(source.uniform(0, LONGEST_SECONDS))
            worker.kill()

            left = shared.get()
            if number % 3:
                # Each third time the next client has to wait itself.
                longest_wait = max(longest_wait, wait_for_lock(shared, free_after))
            classes[next_client(sandbox, shared, free_after, before, left, spent_before)] += 1
    finally:
        standby.kill()
    assert sum(classes.values()) == KILLS
    figures = ", ".join(f"{count} {name}" for name, count in sorted(classes.items()))
    report(
        f"kill, {type(shared).__name__}: {KILLS} kills: {figures}; "
        f"the lock was free after {longest_wait * 1000:.0f} ms at most (stated {free_after * 1000:.0f} ms)"
    )


def wait_for_lock(shared, free_after):
    """Take the lock as soon as it is free, and give it back; how long that took."""
    start = time.monotonic()
    while (lease := shared.try_lock()) is None:
        assert time.monotonic() - start < free_after + 0.5, "the lock stays"
        time.sleep(0.005)
    lease.release()
    return time.monotonic() - start


def next_client(sandbox, shared, free_after, before, left, spent_before):
    """Call with the next client, and say what the kill had met."""
    written = left.access_token != before.access_token
    start = time.monotonic()
    try:
        with SoundCloudClient(**settings_of(sandbox), token_store=shared) as client:
            assert client.me.get_me().permalink == "ada-night"
    except InvalidGrantError:
        # The dead one's request was the one that counted, and what it was answered is lost.
        assert not written
        assert sandbox.token_requests()["refresh_token"] == spent_before + 1
        sign_in(sandbox, shared)
        return "spent but not written (signed out)"
    assert time.monotonic() - start < free_after + CALL_SECONDS
    spent = sandbox.token_requests()["refresh_token"] - spent_before
    assert spent == 1
    # A pair that was written is used as it is.
    assert not written or shared.get() == left
    return "written (signed in)" if written else "not yet asked for (signed in)"
