"""Background tasks and bounded concurrency in async/sync pairs, and the properties that create namespaces."""

import os
import threading
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from functools import cached_property
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from soundcloud._synchronization import AsyncEvent, Lock, async_shield, async_sleep, current_event_loop
from soundcloud_api.imports import IMPORT_LOCK

T = TypeVar("T")

HEAD_START = 0.001  # seconds that a caller yields to a thread it has just started


class namespace(cached_property[T]):  # noqa: N801 - a decorator
    """A cached property that a fork waits for, because its function imports a module.

    The property of Python 3.11 holds a lock of its own, which a child process can inherit locked.
    """

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with IMPORT_LOCK:
            values = instance.__dict__
            if self.attrname not in values:
                values[self.attrname] = self.func(instance)
            return values[self.attrname]


class AsyncPerScope(Generic[T]):
    """One value per event loop, so that several threads with loops of their own can share a client."""

    __slots__ = ("_factory", "_lock", "_values")

    def __init__(self, factory: Callable[[], T]) -> None:
        self._factory, self._lock = factory, Lock()
        self._values: WeakKeyDictionary[Any, T] = WeakKeyDictionary()

    def get(self) -> T:
        """Return the value of the running event loop."""
        scope = current_event_loop()
        try:
            return self._values[scope]
        except KeyError:
            with self._lock:
                # The value of a closed loop may refer to the loop, so it would never be collected.
                for other in list(self._values):
                    if getattr(other, "is_closed", bool)():
                        self._values.pop(other, None)
                value = self._values[scope] = self._factory()  # only the thread of this loop gets here with it
            return value

    def all(self) -> list[T]:
        """Return all values."""
        with self._lock:
            return list(self._values.values())


class PerScope(Generic[T]):
    """One value per process: a forked child must not use its parent's connections, nor locks that a lost thread holds."""

    __slots__ = ("_factory", "_pid", "_value")

    def __init__(self, factory: Callable[[], T]) -> None:
        self._factory, self._pid, self._value = factory, os.getpid(), factory()

    def get(self) -> T:
        """Return the value of this process."""
        pid = os.getpid()
        if self._pid != pid:  # no race: a forked child begins with one thread
            self._value = self._factory()
            self._pid = pid
        return self._value

    def all(self) -> list[T]:
        """Return all values."""
        return [self.get()]


class AsyncBackgroundTask:
    """Runs a function in the background; `result` waits for it. `running_tasks` refers to it, as an event loop does so weakly."""

    def __init__(
        self,
        function: Callable[[], Coroutine[Any, Any, Any]],
        running_tasks: set[Any],
        *,
        name: str = "",  # noqa: ARG002
        daemon: bool = True,  # noqa: ARG002
        inline: bool = False,  # noqa: ARG002
    ) -> None:
        from anyio import CancelScope

        self._function, self._running_tasks = function, running_tasks
        self._done = AsyncEvent()
        self._finished = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._task: Any = None
        self._scope = CancelScope()
        running_tasks.add(self)
        try:
            import asyncio

            self._task = asyncio.get_running_loop().create_task(self._run())
        except RuntimeError:
            import trio

            trio.lowlevel.spawn_system_task(self._run, context=copy_context())

    async def _run(self) -> None:
        try:
            with self._scope:
                self._value = await self._function()
        except BaseException as error:
            self._error = error
            if not isinstance(error, Exception):
                raise  # the event loop is shutting down
        finally:
            self._running_tasks.discard(self)
            self._finished = True
            self._done.set()

    async def wait(self, seconds: float | None) -> bool:
        """Wait for the task, at most `seconds`; return whether it is done. A cancellation of the wait does not reach the task."""
        from anyio import move_on_after

        with move_on_after(seconds):
            await self._done.wait(None)
        return self._finished

    async def wait_shielded(self) -> None:
        """Wait for the task; raise a cancellation of the wait when the task is done."""
        await async_shield(self._done.wait, None)

    async def cancel(self) -> None:
        """Cancel the task, and wait until it has ended."""
        self._scope.cancel()
        await self.wait_shielded()

    async def start(self) -> None:
        """Yield to the event loop so that the request is sent before the caller goes on."""
        for _ in range(2):  # trio runs the tasks of a turn in random order
            await async_sleep(0)

    async def result(self) -> Any:
        """Wait for the task and return its result, or raise its error."""
        await self._done.wait(None)
        if self._error is not None:
            raise self._error
        return self._value


class BackgroundTask:
    """Runs a function in a thread; `result` waits for it. It is in `running_tasks` until it is done.

    `daemon` tells whether the process may end before the thread does; `inline` runs the function in the caller's thread instead.
    """

    def __init__(
        self,
        function: Callable[[], Any],
        running_tasks: set[Any],
        *,
        name: str = "soundcloud-prefetch",
        daemon: bool = True,
        inline: bool = False,
    ) -> None:
        self._function, self._running_tasks = function, running_tasks
        self._value: Any = None
        self._error: BaseException | None = None
        running_tasks.add(self)
        self._thread: threading.Thread | None = None
        if inline:
            self._run()
        else:
            self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name=name, daemon=daemon)
            self._thread.start()

    def _run(self) -> None:
        try:
            self._value = self._function()
        except BaseException as error:
            self._error = error
        finally:
            self._running_tasks.discard(self)

    def wait(self, seconds: float | None) -> bool:
        """Wait for the thread, at most `seconds`; return whether it is done."""
        if self._thread is None or self._thread.ident is None:  # inline, or the thread could not be started
            return True
        self._thread.join(seconds if seconds is None else max(0.0, seconds))
        return not self._thread.is_alive()

    def wait_shielded(self) -> None:
        """Wait for the thread."""
        self.wait(None)

    def cancel(self) -> None:
        """Wait for the thread, which cannot be cancelled."""
        self.wait(None)

    def start(self) -> None:
        """Yield to the thread so that the request is sent before the caller goes on."""
        if self._thread is not None:
            self._thread.join(HEAD_START)

    def result(self) -> Any:
        """Wait for the thread and return its result, or raise its error."""
        self.wait(None)
        if self._error is not None:
            raise self._error
        return self._value


async def async_map_concurrently(
    work: Callable[[T], Coroutine[Any, Any, None]], items: list[T], concurrency: int
) -> None:
    """Call `work` for each item, at most `concurrency` at a time; re-raise the first error."""
    from anyio import create_task_group

    remaining = iter(items)

    async def worker() -> None:
        for item in remaining:
            await work(item)

    failure: BaseException | None = None
    try:
        async with create_task_group() as tasks:
            for _ in range(min(concurrency, len(items))):
                tasks.start_soon(worker)
    except BaseExceptionGroup as group:
        failure = group.exceptions[0]
    if failure is not None:
        raise failure


def map_concurrently(work: Callable[[T], None], items: list[T], concurrency: int) -> None:
    """Call `work` for each item, at most `concurrency` at a time; re-raise the first error."""
    if not items:
        return
    with IMPORT_LOCK:
        from concurrent.futures import ThreadPoolExecutor

    executor = ThreadPoolExecutor(min(concurrency, len(items)), "soundcloud-map")
    try:
        for done in [executor.submit(copy_context().run, work, item) for item in items]:
            done.result()
    finally:
        executor.shutdown(cancel_futures=True)
