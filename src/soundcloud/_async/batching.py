"""Calls one method for many items: in batches where SoundCloud has them, otherwise concurrently."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from soundcloud._callbacks import async_call_user_function
from soundcloud._concurrency import async_map_concurrently
from soundcloud._protocol.validation import MAXIMUM_BATCH
from soundcloud.errors import InvalidInputError, SoundCloudError
from soundcloud.registry import batch_of
from soundcloud.results import Outcome
from soundcloud.urn import to_urn

T = TypeVar("T")
V = TypeVar("V")


class AsyncBatches(Generic[T, V]):
    """Calls a method for each of many items.

    Args:
        method: The method.
        items: The items.
        concurrency: The maximum number of concurrent calls.
    """

    def __init__(self, method: Callable[[Any], Awaitable[V]], items: list[T], concurrency: int) -> None:
        self._method, self._items, self._concurrency = method, items, concurrency
        self._outcomes: dict[int, Outcome[T, V]] = {}
        self._urns: dict[int, str] = {}
        self._batch_method: Any = None

    async def outcomes(self) -> list[Outcome[T, V]]:
        """Make the calls and return their outcomes in order."""
        self._batch_method, kind = batch_of(self._method)
        if self._batch_method is not None and len(self._items) > 1:
            await self._fetch_batches(kind)
        rest = [index for index in range(len(self._items)) if index not in self._outcomes]
        await async_map_concurrently(self._call_method, rest, self._concurrency)
        return [self._outcomes[index] for index in range(len(self._items))]

    async def _call_method(self, index: int) -> None:
        item = self._items[index]
        try:
            self._outcomes[index] = Outcome(item, await async_call_user_function(self._method, item))
        except SoundCloudError as error:
            self._outcomes[index] = Outcome(item, error=error)

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
        try:
            page = await self._batch_method(list(dict.fromkeys(self._urns[index] for index in indexes)))
        except SoundCloudError:
            return  # the single calls report an error for each item
        found = {value.urn: value for value in page.collection}
        for index in indexes:
            value = found.get(self._urns[index])
            if value is not None:
                self._outcomes[index] = Outcome(self._items[index], value)
