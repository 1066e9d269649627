"""A process that calls: it waits for a line, calls until its input ends, and writes one byte for each good call."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any

import anyio

from soundcloud import AsyncSoundCloudClient, SoundCloudClient, Token
from soundcloud.stores import FileTokenStore, MemoryTokenStore


def store_of(what: dict[str, Any], *, asynchronous: bool) -> Any:
    """The store that all the processes share."""
    if what["store"] == "memory":
        return MemoryTokenStore(Token.from_dict(what["token"]))
    if what["store"] == "file":
        return FileTokenStore(what["path"])
    from soundcloud.stores import AsyncRedisTokenStore, RedisTokenStore

    store = AsyncRedisTokenStore if asynchronous else RedisTokenStore
    return store.from_url(what["url"], lock_seconds=what["lock_seconds"])


def main(what: dict[str, Any]) -> None:
    """Wait, then call."""
    over = Event()
    sys.stdin.readline()
    ears = Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True)
    ears.start()

    def tell(number: int) -> None:
        os.write(1, bytes([number]))

    if what["asynchronous"]:
        anyio.run(partial(call_in_tasks, what, over, tell), backend=what.get("backend", "asyncio"))
    else:
        call_in_threads(what, over, tell)


def call_in_threads(what: dict[str, Any], over: Event, tell: Callable[[int], None]) -> None:
    """Call from threads, with one client."""
    failed = False

    def work(client: SoundCloudClient, number: int) -> None:
        nonlocal failed
        try:
            while not over.is_set():
                client.me.get_me()
                tell(number)
        except BaseException:
            failed = True
            over.set()
            raise

    store = store_of(what, asynchronous=False)
    with SoundCloudClient(**what["settings"], token_store=store) as client:
        threads = [Thread(target=work, args=(client, number)) for number in range(what["workers"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if hasattr(store, "close"):
        store.close()
    if failed:
        sys.exit(1)


async def call_in_tasks(what: dict[str, Any], over: Event, tell: Callable[[int], None]) -> None:
    """Call from tasks, with one client."""
    store = store_of(what, asynchronous=True)

    async def work(client: AsyncSoundCloudClient, number: int) -> None:
        while not over.is_set():
            await client.me.get_me()
            tell(number)

    async with AsyncSoundCloudClient(**what["settings"], token_store=store) as client:
        async with anyio.create_task_group() as tasks:
            for number in range(what["workers"]):
                tasks.start_soon(work, client, number)
    if hasattr(store, "aclose"):
        await store.aclose()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
