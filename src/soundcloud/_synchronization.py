"""Locks, events, semaphores, shielding and sleep in async/sync pairs; unasync maps `AsyncX` to `X` and `async_x` to `x`."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from queue import SimpleQueue
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet

T = TypeVar("T")

POLL_SECONDS = 0.005

Event = threading.Event
Semaphore = threading.BoundedSemaphore


class AsyncLock:
    """A lock for tasks, also of several event loops in threads of their own. Any task of the loop may release it.

    A primitive of anyio belongs to one loop. So each loop has one, and its holder then polls a lock that all threads share.
    """

    def __init__(self) -> None:
        self._locks: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._shared = Lock()

    async def acquire(self, _seconds: float | None = None) -> bool:
        """Acquire the lock. The deadline of the call cancels the wait, so the timeout is not used."""
        scope = current_event_loop()
        lock = self._locks.get(scope)
        if lock is None:
            from anyio import Semaphore as AnyioSemaphore

            lock = self._locks[scope] = AnyioSemaphore(1)
        await lock.acquire()
        try:
            while not self._shared.acquire(0):
                await async_sleep(POLL_SECONDS)
        except BaseException:
            lock.release()
            raise
        return True

    def release(self) -> None:
        """Release the lock."""
        self._shared.release()
        self._locks[current_event_loop()].release()

    async def __aenter__(self) -> None:
        await self.acquire()

    async def __aexit__(self, *error: object) -> None:
        self.release()


class Lock:
    """A lock for threads. Any thread may release it.

    A forked child gets a new one: the thread that held the old one does not exist there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        _locks.add(self)

    def acquire(self, seconds: float | None = None) -> bool:
        """Acquire the lock within `seconds`, None for no limit; return whether that succeeded."""
        return self._lock.acquire(timeout=-1 if seconds is None else max(0.0, seconds))

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()

    def renew(self) -> None:
        """Replace the lock by a new one, which is not held."""
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


_locks: WeakSet[Lock] = WeakSet()


def _renew_locks() -> None:
    """Renew all locks in a forked child, before it starts a thread."""
    for lock in list(_locks):
        lock.renew()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_renew_locks)


def current_event_loop() -> Any:
    """Return the running event loop of asyncio, or the token of the one of trio."""
    try:
        import asyncio

        return asyncio.get_running_loop()
    except RuntimeError:
        import trio

        return trio.lowlevel.current_trio_token()


class AsyncEvent:
    """An event: one task sets it, any number of tasks wait for it."""

    def __init__(self) -> None:
        from anyio import Event as AnyioEvent

        self._event = AnyioEvent()

    def set(self) -> None:
        """Wake all waiters, present and future."""
        self._event.set()

    async def wait(self, _seconds: float | None) -> bool:
        """Wait for the event. The deadline of the call cancels the wait, so the timeout is not used."""
        await self._event.wait()
        return True


class AsyncChannel:
    """A queue without a limit, from any number of tasks to one task of the same event loop."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._event = AsyncEvent()

    def put(self, item: Any) -> None:
        """Append an item."""
        self._items.append(item)
        self._event.set()

    async def get(self) -> Any:
        """Wait for the next item and return it."""
        while not self._items:
            self._event = AsyncEvent()
            await self._event.wait(None)
        return self._items.popleft()


class Channel:
    """A queue without a limit, from any number of threads to one thread."""

    def __init__(self) -> None:
        self._items: SimpleQueue[Any] = SimpleQueue()

    def put(self, item: Any) -> None:
        """Append an item."""
        self._items.put(item)

    def get(self) -> Any:
        """Wait for the next item and return it."""
        return self._items.get()


class AsyncSemaphore:
    """Limits how many tasks hold a connection at once."""

    def __init__(self, count: int) -> None:
        from anyio import Semaphore as AnyioSemaphore
        from anyio import WouldBlock, move_on_after

        self._semaphore = AnyioSemaphore(count, fast_acquire=True)
        self._would_block, self._move_on_after = WouldBlock, move_on_after

    async def acquire(self, *, timeout: float) -> bool:
        """Acquire a slot within some seconds; return whether that succeeded."""
        try:
            self._semaphore.acquire_nowait()
        except self._would_block:
            with self._move_on_after(timeout):
                await self._semaphore.acquire()
                return True
            return False
        return True

    def release(self) -> None:
        """Release a slot; the task that has waited longest gets it."""
        self._semaphore.release()


async def async_shield(function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
    """Shield a coroutine from cancellation; re-raise the cancellation when the coroutine is done."""
    import asyncio

    from anyio import CancelScope

    # anyio and trio cancel through scopes. asyncio's own `Task.cancel` ignores scopes, so there the coroutine runs in a task
    # of its own and this one waits for it.
    with CancelScope(shield=True):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return await function(*arguments)
        task = asyncio.ensure_future(function(*arguments))
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            if not task.cancelled():
                task.exception()  # retrieved, or asyncio logs "exception was never retrieved"
            raise cancelled
        return task.result()


def shield(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function; a thread cannot be cancelled."""
    return function(*arguments)


async def async_sleep(seconds: float) -> None:
    """Sleep for some seconds."""
    from anyio import sleep

    await sleep(seconds)


def sleep(seconds: float) -> None:
    """Sleep for some seconds."""
    time.sleep(seconds)


async def async_run_in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function that reads files in a thread, so that the event loop goes on."""
    from anyio.to_thread import run_sync

    return await run_sync(function, *arguments)


def run_in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function; the thread of the caller may wait."""
    return function(*arguments)
