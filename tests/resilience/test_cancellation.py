"""Calls cancelled at their first await, at their second, and so on: each time the client still works.

The client has one connection, so a leaked connection makes the next call hang.
"""

import asyncio
import types
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import anyio
import pytest

from soundcloud import AsyncSoundCloudClient, Limits, Retry, Timeout, Token
from soundcloud.caches import MemoryCache
from soundcloud.stores import MemoryTokenStore
from tests.helpers.load import FULL, report
from tests.helpers.waiting import async_wait_until
from tests.resilience.calls import anyio_backend, transport_of, urn
from tests.resilience.server import ITEMS, PAGES, FaultyServer

MAX_STEPS = 400
STRIDE = 1 if FULL else 4
TIMEOUT = 30.0

pytestmark = pytest.mark.usefixtures("retrying")


class YieldingCache:
    """An asynchronous cache that yields to the event loop in every method."""

    def __init__(self):
        self._cache = MemoryCache()

    async def get(self, key):
        await anyio.sleep(0)
        return self._cache.get(key)

    async def set(self, key, value, ttl):
        await anyio.sleep(0)
        self._cache.set(key, value, ttl)

    async def delete(self, key):
        await anyio.sleep(0)
        self._cache.delete(key)

    def clear(self):
        self._cache.clear()


def client_of(server, store, backend, **others):
    settings = {
        "base_url": server.url,
        "auth_url": server.url,
        "token_store": store,
        "limits": Limits(max_connections=1, max_keepalive=1),
        "timeout": Timeout(total=60, read=30),
        "retry": Retry(base_delay=0.0005, max_delay=0.001),
        **transport_of(backend, max_connections=1),
    }
    return AsyncSoundCloudClient("id", "secret", **(settings | others))


async def get_track(client, server):
    assert (await client.tracks.get_track(5)).title == f"ada {urn(5)}"


async def paginate(client, server):
    items = await client.fetch_all(lambda: client.users.get_tracks(5), prefetch=True)
    assert len(items) == PAGES * ITEMS


async def retries(client, server):
    for fault in ("5xx-html", "reset-in-body", "429-bare"):
        server.script(f"/tracks/{urn(6)}", fault)
    await client.tracks.get_track(6)


async def write(client, server):
    await client.tracks.update(5, title="write-5")
    await client.tracks.upload(b"sound", title="write-6")


async def refresh(client, server):
    server.expire("ada")
    assert (await client.me.get_me()).username == "ada"


async def map_items(client, server):
    results = await client.map(client.tracks.get_track, ["9", 8, 7], concurrency=2)
    assert len(results) == 3


CALLS = [get_track, paginate, retries, write, refresh, map_items]


@types.coroutine
def stepping(coroutine, steps, on_step):
    """Run a coroutine; count its awaits in `steps` and call `on_step` with the count."""
    sent, raised = None, None
    while True:
        try:
            waited = coroutine.throw(raised) if raised is not None else coroutine.send(sent)
        except StopIteration as done:
            return done.value
        steps[0] += 1
        on_step(steps[0])
        sent = raised = None
        try:
            sent = yield waited
        except BaseException as error:
            raised = error


async def cancelled_at(step, call, client, server, native):
    """Make a call and cancel it at its nth await; return whether it had that many."""
    steps = [0]
    if not native:
        with anyio.CancelScope() as scope:
            await stepping(call(client, server), steps, lambda now: scope.cancel() if now == step else None)
        return steps[0] >= step

    async def run():
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        await stepping(call(client, server), steps, lambda now: loop.call_soon(task.cancel) if now == step else None)

    with suppress(asyncio.CancelledError):
        await asyncio.ensure_future(run())
    return steps[0] >= step


async def cancelled_while_shared(step, role, client, server, native):
    """Cancel one of several deduplicated calls; the others get their response. Return whether it had that many awaits."""
    more = False

    async def cancelled():
        nonlocal more
        more = await cancelled_at(step, get_track, client, server, native)

    async with anyio.create_task_group() as tasks:
        first, then = (
            (cancelled, [get_track] * 2) if role == "leader" else (partial(get_track, client, server), [cancelled])
        )
        tasks.start_soon(first)
        for other in then:
            # Let the leader send its request first, or finish.
            await anyio.sleep(0)
            await anyio.sleep(0)
            tasks.start_soon(*((other, client, server) if other is get_track else (other,)))
    return more


async def cancel_at_each_step(call, server, backend, cached):
    # httpcore leaks connections when a task is cancelled without a cancel scope, so `httpx` uses a scope.
    native = backend == "asyncio"
    store = MemoryTokenStore()
    tokens = server.issue_tokens("ada")
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    store.set(Token(tokens["access_token"], tokens["refresh_token"], expires_at, grant="user"))
    step = 1 - STRIDE
    cache = YieldingCache()
    async with client_of(server, store, backend, cache=cache if cached else None) as client:
        while True:
            step += STRIDE
            assert step < MAX_STEPS
            cache.clear()  # a hit would skip most awaits
            with anyio.fail_after(TIMEOUT):
                if call in {"leader", "follower"}:
                    more = await cancelled_while_shared(step, call, client, server, native)
                else:
                    more = await cancelled_at(step, call, client, server, native)
                server.clear_scripts()
                # The client works and is signed in.
                assert (await client.me.get_me()).username == "ada"
                await get_track(client, server)
            assert store.get().refresh_token in server.refreshes
            assert client._pipeline.state.in_flight_calls.get()._calls == {}
            if not more:
                break
        await async_wait_until(lambda: not client._pipeline.state.running_tasks)
    return step


@pytest.mark.parametrize("cached", [False, True] if FULL else [True], ids=lambda cached: "cache" if cached else "")
@pytest.mark.parametrize("backend", ["asyncio", "scope", "trio", "httpx"])
@pytest.mark.parametrize("call", [*CALLS, "leader", "follower"], ids=lambda call: getattr(call, "__name__", call))
def test_cancelling_a_call(call, backend, cached):
    with FaultyServer() as server:

        async def main():
            steps = await cancel_at_each_step(call, server, backend, cached)
            if backend != "trio":
                others = asyncio.all_tasks() - {asyncio.current_task()}
                assert others == set()
            return steps

        steps = anyio.run(main, backend=anyio_backend(backend))
    report(
        f"cancelled, {getattr(call, '__name__', call)}, {backend}{', cache' if cached else ''}: at each of {steps - 1} awaits"
    )
