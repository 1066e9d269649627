"""Storms: tokens expire again and again under constant calls; each is refreshed once, and no call fails."""

from contextlib import ExitStack
from functools import partial
from threading import Thread

import anyio
import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.stores import FileTokenStore, MemoryTokenStore, RedisTokenStore
from tests.stress.crowd import EXPIRIES, FULL, PATIENCE_SECONDS, Tally, Worker, processes, settings_of, sign_in

pytestmark = pytest.mark.slow

PROCESSES = 8
WORKERS_OF_EACH = 2


@pytest.mark.parametrize("clients", [1, 4])
def test_threads(sandbox, clients):
    store, tally = MemoryTokenStore(), Tally(64)
    sign_in(sandbox, store)
    with ExitStack() as stack:
        made = [
            stack.enter_context(SoundCloudClient(**settings_of(sandbox), token_store=store)) for _ in range(clients)
        ]
        with tally.threads([made[number % clients].me.get_me for number in range(64)]):
            tally.expire(sandbox, f"64 threads, SoundCloudClient x {clients}, MemoryTokenStore")


def test_threads_with_the_apps_own_token(sandbox):
    store, tally = MemoryTokenStore(), Tally(32)
    with ExitStack() as stack:
        made = [stack.enter_context(SoundCloudClient(**settings_of(sandbox), token_store=store)) for _ in range(4)]
        track = made[0].search.tracks("lofi").collection[0].urn
        calls = [partial(made[number % 4].tracks.get_track, track) for number in range(32)]
        with tally.threads(calls):
            tally.expire(sandbox, "32 threads, app token, SoundCloudClient x 4", first="client_credentials")


@pytest.mark.parametrize(("backend", "tasks"), [("asyncio", 200), ("trio", 50)])
def test_tasks(sandbox, backend, tasks):
    store, tally = MemoryTokenStore(), Tally(tasks)
    sign_in(sandbox, store)

    # In a process of its own: the sandbox is a thread of this one, and an event loop that is busy lets it wait.
    what = {"settings": settings_of(sandbox), "workers": tasks, "asynchronous": True, "backend": backend}
    worker = Worker(store="memory", token=store.get().to_dict(), **what)
    with processes(tally, [worker], tasks):
        name = f"{tasks} {backend} tasks, AsyncSoundCloudClient, MemoryTokenStore"
        # httpx serves 200 tasks at a few hundred calls a second, and not in turn.
        tally.expire(sandbox, name, expiries=EXPIRIES if FULL else 1)


@pytest.mark.parametrize("kind", ["memory", "file", "redis"])
def test_both_clients_share_a_store(sandbox, kind, tmp_path, request):
    with ExitStack() as stack:
        if kind == "redis":
            url = request.getfixturevalue("redis_server").url
            store = RedisTokenStore.from_url(url, prefix=f"both-{tmp_path.name}:")
            stack.callback(store.close)
        else:
            store = MemoryTokenStore() if kind == "memory" else FileTokenStore(tmp_path / "tokens.json")
        sign_in(sandbox, store)
        tally = Tally(48)

        async def main():
            async with AsyncSoundCloudClient(**settings_of(sandbox), token_store=store) as client:
                async with anyio.create_task_group() as group:
                    for number in range(32):
                        group.start_soon(tally.keep_awaiting, number, client.me.get_me)

        client = stack.enter_context(SoundCloudClient(**settings_of(sandbox), token_store=store))
        loop = Thread(target=anyio.run, args=(main,), name="loop")
        with tally.threads([client.me.get_me] * 16, first=32):
            loop.start()
            try:
                tally.expire(sandbox, f"16 threads and 32 tasks, both clients, {kind} store")
            finally:
                tally.over.set()
                loop.join(PATIENCE_SECONDS)


def test_processes_share_a_file(sandbox, tmp_path):
    path = tmp_path / "tokens.json"
    sign_in(sandbox, FileTokenStore(path))
    storm_of_processes(sandbox, "FileTokenStore", store="file", path=str(path))


def test_processes_share_redis(sandbox, redis_server):
    store = RedisTokenStore.from_url(redis_server.url)
    try:
        sign_in(sandbox, store)
        storm_of_processes(sandbox, "Redis", store="redis", url=redis_server.url, lock_seconds=30.0)
    finally:
        store.clear()
        store.close()


def storm_of_processes(sandbox, name, **what):
    """Half of the processes have the one client, half the other."""
    tally = Tally(PROCESSES * WORKERS_OF_EACH)
    workers = [
        Worker(settings=settings_of(sandbox), workers=WORKERS_OF_EACH, asynchronous=bool(number % 2), **what)
        for number in range(PROCESSES)
    ]
    with processes(tally, workers, WORKERS_OF_EACH):
        tally.expire(sandbox, f"{PROCESSES} processes, both clients, {name}")
