"""Tokens that expire repeatedly under constant load: each is refreshed once, and no call fails."""

from contextlib import ExitStack
from functools import partial
from threading import Thread

import anyio
import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.stores import FileTokenStore, MemoryTokenStore, RedisTokenStore
from tests.helpers.load import FULL
from tests.stress.workers import EXPIRIES, TIMEOUT, CallCounter, WorkerProcess, processes, settings_of, sign_in

pytestmark = pytest.mark.slow

PROCESSES = 8
WORKERS_PER_PROCESS = 2


@pytest.mark.parametrize("clients", [1, 4])
def test_threads_share_a_user_token(sandbox, clients):
    store, counter = MemoryTokenStore(), CallCounter(64)
    sign_in(sandbox, store)
    with ExitStack() as stack:
        created = [
            stack.enter_context(SoundCloudClient(**settings_of(sandbox), token_store=store)) for _ in range(clients)
        ]
        with counter.threads([created[number % clients].me.get_me for number in range(64)]):
            counter.expire(sandbox, f"64 threads, SoundCloudClient x {clients}, MemoryTokenStore")


def test_threads_share_an_app_token(sandbox):
    store, counter = MemoryTokenStore(), CallCounter(32)
    with ExitStack() as stack:
        created = [stack.enter_context(SoundCloudClient(**settings_of(sandbox), token_store=store)) for _ in range(4)]
        track = created[0].search.tracks("lofi").collection[0].urn
        calls = [partial(created[number % 4].tracks.get_track, track) for number in range(32)]
        with counter.threads(calls):
            counter.expire(sandbox, "32 threads, app token, SoundCloudClient x 4", first="client_credentials")


@pytest.mark.parametrize(("backend", "tasks"), [("asyncio", 200), ("trio", 50)])
def test_tasks_share_a_user_token(sandbox, backend, tasks):
    store, counter = MemoryTokenStore(), CallCounter(tasks)
    sign_in(sandbox, store)

    # In a subprocess: the sandbox is a thread of this process, and a busy event loop would delay it.
    options = {"settings": settings_of(sandbox), "workers": tasks, "asynchronous": True, "backend": backend}
    worker = WorkerProcess(store="memory", token=store.get().to_dict(), **options)
    with processes(counter, [worker], tasks):
        name = f"{tasks} {backend} tasks, AsyncSoundCloudClient, MemoryTokenStore"
        # httpx serves 200 tasks with a few hundred calls per second, in no fair order.
        counter.expire(sandbox, name, expiries=EXPIRIES if FULL else 1)


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
        counter = CallCounter(48)

        async def main():
            async with AsyncSoundCloudClient(**settings_of(sandbox), token_store=store) as client:
                async with anyio.create_task_group() as group:
                    for number in range(32):
                        group.start_soon(counter.call_in_task, number, client.me.get_me)

        client = stack.enter_context(SoundCloudClient(**settings_of(sandbox), token_store=store))
        loop = Thread(target=anyio.run, args=(main,), name="loop")
        with counter.threads([client.me.get_me] * 16, first=32):
            loop.start()
            try:
                counter.expire(sandbox, f"16 threads and 32 tasks, both clients, {kind} store")
            finally:
                counter.stopped.set()
                loop.join(TIMEOUT)


def test_processes_share_a_file(sandbox, tmp_path):
    path = tmp_path / "tokens.json"
    sign_in(sandbox, FileTokenStore(path))
    expire_under_processes(sandbox, "FileTokenStore", store="file", path=str(path))


def test_processes_share_redis(sandbox, redis_server):
    store = RedisTokenStore.from_url(redis_server.url)
    try:
        sign_in(sandbox, store)
        expire_under_processes(sandbox, "Redis", store="redis", url=redis_server.url, lock_seconds=30.0)
    finally:
        store.clear()
        store.close()


def expire_under_processes(sandbox, name, **options):
    """Expire the tokens of processes, half of which use the async client."""
    counter = CallCounter(PROCESSES * WORKERS_PER_PROCESS)
    workers = [
        WorkerProcess(
            settings=settings_of(sandbox), workers=WORKERS_PER_PROCESS, asynchronous=bool(number % 2), **options
        )
        for number in range(PROCESSES)
    ]
    with processes(counter, workers, WORKERS_PER_PROCESS):
        counter.expire(sandbox, f"{PROCESSES} processes, both clients, {name}")
