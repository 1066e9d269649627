"""A process that calls the API: it waits for a line on stdin, calls until stdin is closed, and writes a byte for each call."""

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


def store_of(options: dict[str, Any], *, asynchronous: bool) -> Any:
    """Return the token store that all processes share."""
    if options["store"] == "memory":
        return MemoryTokenStore(Token.from_dict(options["token"]))
    if options["store"] == "file":
        return FileTokenStore(options["path"])
    from soundcloud.stores import AsyncRedisTokenStore, RedisTokenStore

    store = AsyncRedisTokenStore if asynchronous else RedisTokenStore
    return store.from_url(options["url"], lock_seconds=options["lock_seconds"])


def main(options: dict[str, Any]) -> None:
    """Wait for the start, then call until stdin is closed."""
    stopped = Event()
    sys.stdin.readline()
    reader = Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True)
    reader.start()

    def count(number: int) -> None:
        os.write(1, bytes([number]))

    if options["asynchronous"]:
        anyio.run(partial(call_in_tasks, options, stopped, count), backend=options.get("backend", "asyncio"))
    else:
        call_in_threads(options, stopped, count)


def call_in_threads(options: dict[str, Any], stopped: Event, count: Callable[[int], None]) -> None:
    """Call from threads that share a client."""
    failed = False

    def work(client: SoundCloudClient, number: int) -> None:
        nonlocal failed
        try:
            while not stopped.is_set():
                client.me.get_me()
                count(number)
        except BaseException:
            failed = True
            stopped.set()
            raise

    store = store_of(options, asynchronous=False)
    with SoundCloudClient(**options["settings"], token_store=store) as client:
        threads = [Thread(target=work, args=(client, number)) for number in range(options["workers"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if hasattr(store, "close"):
        store.close()
    if failed:
        sys.exit(1)


async def call_in_tasks(options: dict[str, Any], stopped: Event, count: Callable[[int], None]) -> None:
    """Call from tasks that share a client."""
    store = store_of(options, asynchronous=True)

    async def work(client: AsyncSoundCloudClient, number: int) -> None:
        while not stopped.is_set():
            await client.me.get_me()
            count(number)

    async with AsyncSoundCloudClient(**options["settings"], token_store=store) as client:
        async with anyio.create_task_group() as tasks:
            for number in range(options["workers"]):
                tasks.start_soon(work, client, number)
    if hasattr(store, "aclose"):
        await store.aclose()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
