"""Waiting for one another, in pairs for the two shells: `async_x` and `AsyncX` for one, `x` and `X` for the other."""

import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from time import monotonic
from typing import Any, Self, TypeVar

from soundcloud._protocol.http.messages import Request
from soundcloud._synchronization import async_sleep
from soundcloud.errors import RequestTimeoutError

T = TypeVar("T")

HEAD_START = 0.001  # seconds for what is begun in a thread of its own


def _out_of_time(seconds: float, request: Request) -> RequestTimeoutError:
    return RequestTimeoutError(
        f"not done in {seconds:g} s, which is the total of its Timeout",
        hint="give the call more time: Timeout(total=...), or fewer retries",
        method=request.method,
        path=request.path,
    )


class AsyncDeadline:
    """A block that ends in time: what it waits for when its time is over is cancelled.

    Args:
        seconds: How long it may take; None for no end.
        request: What is done in it.

    Raises:
        RequestTimeoutError: The time was over.
    """

    __slots__ = ("_ends", "_request", "_scope", "_seconds")

    def __init__(self, seconds: float | None, request: Request) -> None:
        self._seconds, self._request = seconds, request
        self._scope: Any = None
        self._ends = 0.0

    def __enter__(self) -> Self:
        if self._seconds is not None:
            from anyio import CancelScope, current_time

            self._ends = monotonic() + self._seconds
            self._scope = CancelScope(deadline=current_time() + self._seconds)
            self._scope.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._scope is None or self._seconds is None:
            return
        self._scope.__exit__(*error)  # what it returns says yes on trio too where there was nothing to catch
        if self._scope.cancelled_caught:
            raise _out_of_time(self._seconds, self._request)

    def left(self) -> float | None:
        """Seconds that are left, or None for no end."""
        return None if self._seconds is None else self._ends - monotonic()

    def phases(self, timeouts: dict[str, float]) -> dict[str, float]:
        """How long each phase of a request may take: the whole is cancelled in time by itself."""
        return timeouts


class Deadline:
    """A block that ends in time: each wait in it asks how long it may take.

    Args:
        seconds: How long it may take; None for no end.
        request: What is done in it.
    """

    __slots__ = ("_ends", "_request", "_seconds")

    def __init__(self, seconds: float | None, request: Request) -> None:
        self._seconds, self._request = seconds, request
        self._ends = 0.0

    def __enter__(self) -> Self:
        if self._seconds is not None:
            self._ends = monotonic() + self._seconds
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def left(self) -> float | None:
        """Seconds that are left, or None for no end."""
        return None if self._seconds is None else self._ends - monotonic()

    def phases(self, timeouts: dict[str, float]) -> dict[str, float]:
        """How long each phase of a request may take: at most what is left.

        Raises:
            RequestTimeoutError: Nothing is left.
        """
        left = self.left()
        if left is None or self._seconds is None:
            return timeouts
        if left <= 0:
            raise _out_of_time(self._seconds, self._request)
        return {phase: Ending(min(seconds, left), self._ends) for phase, seconds in timeouts.items()}


class Ending(float):
    """Seconds for one step of a call that has an end: each step may take as long as this, or until that end.

    Args:
        seconds: How long a step may take.
        ends: When the whole is over, as `monotonic` tells it.
    """

    __slots__ = ("_ends",)
    _ends: float

    def __new__(cls, seconds: float, ends: float) -> Self:
        self = super().__new__(cls, seconds)
        self._ends = ends
        return self

    def left(self) -> float:
        """Seconds that the next step may take.

        Raises:
            TimeoutError: Nothing is left.
        """
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError("the call has taken all of its time")
        return min(self, left)


def seconds_left(seconds: float | None) -> float | None:
    """Seconds that the next step of a call may take, where they may come to an end."""
    return seconds.left() if isinstance(seconds, Ending) else seconds


class AsyncSignal:
    """Something that many wait for, and one tells."""

    def __init__(self) -> None:
        from anyio import Event

        self._event = Event()

    def set(self) -> None:
        """Tell all who wait, now and later."""
        self._event.set()

    async def wait(self, _seconds: float | None) -> bool:
        """Wait for it; a deadline cancels the wait."""
        await self._event.wait()
        return True


class Signal:
    """Something that many wait for, and one tells."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Tell all who wait, now and later."""
        self._event.set()

    def wait(self, seconds: float | None) -> bool:
        """Wait for it, for a time at most; tells whether it came."""
        return self._event.wait(seconds)


class AsyncSlots:
    """So many places, each for one task at a time.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        from anyio import Semaphore, WouldBlock, move_on_after

        self._semaphore = Semaphore(count, fast_acquire=True)
        self._none_free, self._move_on_after = WouldBlock, move_on_after

    async def take(self, seconds: float) -> bool:
        """Take a place, or wait for one for a time at most; tells whether there was one."""
        try:
            self._semaphore.acquire_nowait()
        except self._none_free:
            with self._move_on_after(seconds):
                await self._semaphore.acquire()
                return True
            return False
        return True

    def give(self) -> None:
        """Give a place back, to the one who waits longest."""
        self._semaphore.release()


class Slots:
    """So many places, each for one thread at a time.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._semaphore = threading.BoundedSemaphore(count)

    def take(self, seconds: float) -> bool:
        """Take a place, or wait for one for a time at most; tells whether there was one."""
        return self._semaphore.acquire(timeout=seconds)

    def give(self) -> None:
        """Give a place back."""
        self._semaphore.release()


def async_owner() -> object:
    """Whose connections they are: those of one event loop are of no use to another."""
    try:
        import asyncio

        return asyncio.get_running_loop()
    except RuntimeError:
        import trio

        return trio.lowlevel.current_trio_token()


def owner() -> object:
    """Whose connections they are: a process that was forked must not touch those of its parent."""
    return os.getpid()


class AsyncAhead:
    """Something that is done meanwhile, and asked for later.

    Args:
        function: What to do.
        kept: Takes it until it is done: a loop itself forgets its tasks.
    """

    def __init__(self, function: Callable[[], Coroutine[Any, Any, Any]], kept: set[Any]) -> None:
        self._function, self._kept = function, kept
        self._done = AsyncSignal()
        self._value: Any = None
        self._error: BaseException | None = None
        self._task: Any = None
        kept.add(self)
        try:
            import asyncio

            self._task = asyncio.get_running_loop().create_task(self._run())
        except RuntimeError:
            import trio

            trio.lowlevel.spawn_system_task(self._run)

    async def _run(self) -> None:
        try:
            self._value = await self._function()
        except BaseException as error:
            self._error = error
            if not isinstance(error, Exception):
                raise  # the loop ends
        finally:
            self._kept.discard(self)
            self._done.set()

    async def begin(self) -> None:
        """Let it come to the network: whoever works on without a pause would keep the loop, and it would not even begin."""
        for _ in range(2):  # trio chooses by chance who is first in a turn
            await async_sleep(0)

    async def result(self) -> Any:
        """Wait for it, and give back what came of it."""
        await self._done.wait(None)
        if self._error is not None:
            raise self._error
        return self._value


class Ahead:
    """Something that is done meanwhile, and asked for later.

    Args:
        function: What to do.
        kept: Takes it until it is done.
    """

    def __init__(self, function: Callable[[], Any], kept: set[Any]) -> None:
        self._function, self._kept = function, kept
        self._value: Any = None
        self._error: BaseException | None = None
        kept.add(self)
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._run,), name="soundcloud-prefetch", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = self._function()
        except BaseException as error:
            self._error = error
        finally:
            self._kept.discard(self)

    def begin(self) -> None:
        """Let it come to the network: whoever works on without a pause would keep the interpreter for a while."""
        self._thread.join(HEAD_START)

    def result(self) -> Any:
        """Wait for it, and give back what came of it."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._value


async def async_concurrently(work: Callable[[T], Coroutine[Any, Any, None]], items: list[T], concurrency: int) -> None:
    """Do something for each item, so many at a time; the first failure ends it.

    Args:
        work: What to do.
        items: What to do it for.
        concurrency: How many at a time.
    """
    from anyio import create_task_group

    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
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


def concurrently(work: Callable[[T], None], items: list[T], concurrency: int) -> None:
    """Do something for each item, so many at a time; the first failure ends it."""
    if not items:
        return
    executor = ThreadPoolExecutor(min(concurrency, len(items)), "soundcloud-map")
    try:
        for done in [executor.submit(copy_context().run, work, item) for item in items]:
            done.result()
    finally:
        executor.shutdown(cancel_futures=True)
