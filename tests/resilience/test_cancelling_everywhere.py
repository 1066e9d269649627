"""A call is cancelled at its first wait, at its second, and so on until it comes through: each time the client goes on as before.

The client has one connection, so that a place that is lost is a call that hangs.
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
from tests.resilience.calls import FULL, urn
from tests.resilience.server import ITEMS, PAGES, WeatherServer
from tests.stress.crowd import report

MOST_STEPS = 400
STRIDE = 1 if FULL else 4
PATIENCE_SECONDS = 30.0

pytestmark = pytest.mark.usefixtures("retrying")


class SlowCache:
    """An asynchronous cache that gives way to others at every call."""

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


def client_of(server, store, engine, **others):
    settings = {
        "base_url": server.url,
        "auth_url": server.url,
        "token_store": store,
        "limits": Limits(max_connections=1, max_keepalive=1),
        "timeout": Timeout(total=60, read=30),
        "retry": Retry(base_delay=0.0005, max_delay=0.001),
        "engine": engine,
    }
    return AsyncSoundCloudClient("id", "secret", **(settings | others))


async def plain(client, server):
    assert (await client.tracks.get_track(5)).title == f"ada {urn(5)}"


async def walk(client, server):
    items = await client.fetch_all(lambda: client.users.get_tracks(5), prefetch=True)
    assert len(items) == PAGES * ITEMS


async def retries(client, server):
    for fault in ("5xx-html", "reset-in-body", "429-bare"):
        server.script(f"/tracks/{urn(6)}", fault)
    await client.tracks.get_track(6)


async def write(client, server):
    await client.tracks.update(5, title="weather-5")
    await client.tracks.upload(b"sound", title="weather-6")


async def refresh(client, server):
    server.expire("ada")
    assert (await client.me.get_me()).username == "ada"


async def many(client, server):
    outcomes = await client.map(client.tracks.get_track, ["9", 8, 7], concurrency=2)
    assert len(outcomes) == 3


CALLS = [plain, walk, retries, write, refresh, many]


@types.coroutine
def stepping(coroutine, steps, on_step):
    """Run a coroutine, and tell of each of its waits."""
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
    """Make a call and cancel it at one of its waits; tells whether it had so many."""
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


async def in_company(step, company, client, server, native):
    """Make a call that others make too, and cancel it; the others get their reply. Tells whether it had so many waits."""
    more = False

    async def cancelled():
        nonlocal more
        more = await cancelled_at(step, plain, client, server, native)

    async with anyio.create_task_group() as tasks:
        first, then = (cancelled, [plain] * 2) if company == "leads" else (partial(plain, client, server), [cancelled])
        tasks.start_soon(first)
        for other in then:
            # Somebody else leads by now, or is done.
            await anyio.sleep(0)
            await anyio.sleep(0)
            tasks.start_soon(*((other, client, server) if other is plain else (other,)))
    return more


async def sweep(call, server, native, engine, cached):
    store = MemoryTokenStore()
    pair = server.sign_in("ada")
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    store.set(Token(pair["access_token"], pair["refresh_token"], expires_at, grant="user"))
    step = 1 - STRIDE
    async with client_of(server, store, engine, cache=SlowCache() if cached else None) as client:
        while True:
            step += STRIDE
            assert step < MOST_STEPS
            if cached:
                # What it has makes a call short: each turn begins with an empty one.
                client._pipeline.caching._cache = SlowCache()
            with anyio.fail_after(PATIENCE_SECONDS):
                if call in {"leads", "follows"}:
                    more = await in_company(step, call, client, server, native)
                else:
                    more = await cancelled_at(step, call, client, server, native)
                server.forget()
                # Usable, and signed in: the pair in the store is one that the server knows.
                assert (await client.me.get_me()).username == "ada"
                await plain(client, server)
            assert store.get().refresh_token in server.refreshes
            assert client._pipeline._flights._flights == {}
            if not more:
                break
        while client._pipeline.ahead:
            await anyio.sleep(0.001)
    return step


@pytest.mark.parametrize("cached", [False, True] if FULL else [True], ids=lambda cached: "cache" if cached else "")
@pytest.mark.parametrize("way", ["asyncio", "scope", "trio", "aiohttp"])
@pytest.mark.parametrize("call", [*CALLS, "leads", "follows"], ids=lambda call: getattr(call, "__name__", call))
def test_a_call(call, way, cached):
    """By asyncio's own cancelling, by a scope of anyio, on trio, and with the other engine."""
    with WeatherServer() as server:

        async def main():
            native, engine = way in {"asyncio", "aiohttp"}, "aiohttp" if way == "aiohttp" else "httpx"
            steps = await sweep(call, server, native, engine, cached)
            if way != "trio":
                others = asyncio.all_tasks() - {asyncio.current_task()}
                assert others == set()
            return steps

        steps = anyio.run(main, backend="trio" if way == "trio" else "asyncio")
    report(
        f"cancelled, {getattr(call, '__name__', call)}, {way}{', cache' if cached else ''}: at each of {steps - 1} waits"
    )
