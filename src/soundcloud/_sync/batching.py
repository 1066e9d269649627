"""One method for many items: by the batch where SoundCloud has one, else so many calls at a time."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from soundcloud._concurrency import concurrently
from soundcloud._protocol.validation import MAXIMUM_BATCH
from soundcloud._synchronization import invoke
from soundcloud.errors import InvalidInputError, SoundCloudError
from soundcloud.registry import batch_of
from soundcloud.results import Outcome
from soundcloud.urn import to_urn

T = TypeVar("T")
V = TypeVar("V")


class Batches(Generic[T, V]):
    """Calls a method for each of many items.

    Args:
        method: The method.
        items: The items.
        concurrency: How many calls at a time.
    """

    def __init__(self, method: Callable[[Any], V], items: list[T], concurrency: int) -> None:
        self._method, self._items, self._concurrency = method, items, concurrency
        self._found: dict[int, Outcome[T, V]] = {}
        self._urns: dict[int, str] = {}
        self._batch: Any = None

    def outcomes(self) -> list[Outcome[T, V]]:
        """Make the calls, and give back what came of them, in order."""
        self._batch, kind = batch_of(self._method)
        if self._batch is not None and len(self._items) > 1:
            self._ask_by_the_batch(kind)
        rest = [number for number in range(len(self._items)) if number not in self._found]
        concurrently(self._one, rest, self._concurrency)
        return [self._found[number] for number in range(len(self._items))]

    def _one(self, number: int) -> None:
        item = self._items[number]
        try:
            self._found[number] = Outcome(item, invoke(self._method, item))
        except SoundCloudError as error:
            self._found[number] = Outcome(item, error=error)

    def _ask_by_the_batch(self, kind: str) -> None:
        """Ask for 200 at a time; what is no resource, or is not answered, is left to the single calls."""
        for number, item in enumerate(self._items):
            try:
                self._urns[number] = to_urn(item, kind)  # type: ignore[arg-type] # what it is is what is found out
            except InvalidInputError:
                continue
        numbers = list(self._urns)
        batches = [numbers[start : start + MAXIMUM_BATCH] for start in range(0, len(numbers), MAXIMUM_BATCH)]
        concurrently(self._ask, batches, self._concurrency)

    def _ask(self, numbers: list[int]) -> None:
        """Ask for one batch."""
        try:
            page = self._batch(list(dict.fromkeys(self._urns[number] for number in numbers)))
        except SoundCloudError:
            return  # each is asked for by itself, and has an error of its own
        answered = {value.urn: value for value in page.collection}
        for number in numbers:
            value = answered.get(self._urns[number])
            if value is not None:
                self._found[number] = Outcome(self._items[number], value)
