"""Calls one method for many items: in batches where SoundCloud has them, otherwise concurrently."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Generic, TypeVar

from soundcloud._callbacks import async_call_user_function
from soundcloud._concurrency import AsyncBackgroundTask, async_map_concurrently
from soundcloud._protocol.validation import MAXIMUM_BATCH
from soundcloud._synchronization import AsyncChannel, AsyncLock
from soundcloud.errors import (
    InvalidGrantError,
    InvalidInputError,
    NotStartedError,
    RateLimitError,
    SoundCloudError,
    SubscriptionRequiredError,
)
from soundcloud.registry import batch_of
from soundcloud.results import Failure, Outcome, Success
from soundcloud.urn import to_urn

T = TypeVar("T")
V = TypeVar("V")

STOPPING = (RateLimitError, SubscriptionRequiredError, InvalidGrantError)
"""Errors that would repeat for the other items, or that repeating makes worse. Quotas and spam warnings are rate limits."""


class AsyncBatches(Generic[T, V]):
    """Calls a method for each of many items.

    Args:
        method: The method.
        items: The items.
        concurrency: The maximum number of concurrent calls.
        on_progress: Called with the numbers of finished items and of all items, or None.
    """

    def __init__(
        self,
        method: Callable[[Any], Awaitable[V]],
        items: list[T],
        concurrency: int,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> None:
        self._method, self._items, self._concurrency = method, items, concurrency
        self._on_progress = on_progress
        self._outcomes: dict[int, Outcome[T, V]] = {}
        self._urns: dict[int, str] = {}
        self._batch_method: Any = None
        self._reason: SoundCloudError | None = None
        self._abandoned = False
        self._channel: AsyncChannel | None = None
        self._lock = AsyncLock()

    async def outcomes(self) -> list[Outcome[T, V]]:
        """Make the calls and return their outcomes in order."""
        await self._run()
        return [self._outcomes[index] for index in range(len(self._items))]

    async def completed(self, running_tasks: set[Any]) -> AsyncGenerator[Outcome[T, V], None]:
        """Make the calls in the background and yield their outcomes as they finish.

        Args:
            running_tasks: Holds a reference to the background task.
        """
        channel = self._channel = AsyncChannel()
        task = AsyncBackgroundTask(self._run_and_close, running_tasks, name="soundcloud-map")
        try:
            while (outcome := await channel.get()) is not None:
                yield outcome
            await task.result()
        finally:
            self._abandoned = True
            await task.cancel()

    async def _run_and_close(self) -> None:
        try:
            await self._run()
        finally:
            if self._channel is not None:
                self._channel.put(None)

    async def _run(self) -> None:
        self._batch_method, kind = batch_of(self._method)
        if self._batch_method is not None and len(self._items) > 1:
            await self._fetch_batches(kind)
        rest = [index for index in range(len(self._items)) if index not in self._outcomes]
        await async_map_concurrently(self._call_method, rest, self._concurrency)

    async def _call_method(self, index: int) -> None:
        item = self._items[index]
        if self._abandoned:
            return
        if self._reason is not None:
            what = f"not started: {type(self._reason).__name__} of another item stopped the calls"
            await self._finish(index, Failure(item, NotStartedError(what, reason=self._reason)))
            return
        try:
            outcome: Outcome[T, V] = Success(item, await async_call_user_function(self._method, item))
        except SoundCloudError as error:
            if isinstance(error, STOPPING):
                self._reason = self._reason or error
            outcome = Failure(item, error)
        await self._finish(index, outcome)

    async def _finish(self, index: int, outcome: Outcome[T, V]) -> None:
        """Record an outcome and report it. The lock keeps the reports of several threads in order."""
        async with self._lock:
            self._outcomes[index] = outcome
            if self._channel is not None:
                self._channel.put(outcome)
            if self._on_progress is not None:
                await async_call_user_function(self._on_progress, len(self._outcomes), len(self._items))

    async def _fetch_batches(self, kind: str) -> None:
        """Fetch 200 items per request; invalid and missing items are left to the single calls."""
        for index, item in enumerate(self._items):
            try:
                self._urns[index] = to_urn(item, kind)  # type: ignore[arg-type] # to_urn checks the type of the item
            except InvalidInputError:
                continue
        indexes = list(self._urns)
        batches = [indexes[start : start + MAXIMUM_BATCH] for start in range(0, len(indexes), MAXIMUM_BATCH)]
        await async_map_concurrently(self._fetch_batch, batches, self._concurrency)

    async def _fetch_batch(self, indexes: list[int]) -> None:
        if self._reason is not None or self._abandoned:
            return  # `_call_method` reports the items
        try:
            page = await self._batch_method(list(dict.fromkeys(self._urns[index] for index in indexes)))
        except STOPPING as error:
            self._reason = self._reason or error
            for index in indexes:
                await self._finish(index, Failure(self._items[index], error))
            return
        except SoundCloudError:
            return  # the single calls report an error for each item
        found = {getattr(value, "urn", None): value for value in page.collection}
        for index in indexes:
            value = found.get(self._urns[index])
            if value is not None:
                await self._finish(index, Success(self._items[index], value))
