"""The order in which tracks are played: shuffle, loop, next and previous. It does no I/O of its own."""

import random
from collections.abc import Iterable
from itertools import islice
from typing import Generic, Literal, TypeAlias, TypeVar

from soundcloud.cli.player.playback import Outcome

Loop: TypeAlias = Literal["off", "all", "one"]

LOOPS: tuple[Loop, ...] = ("off", "all", "one")

T = TypeVar("T")

_BLOCK = 50
_SHUFFLED_BLOCK = 1000


class PlayQueue(Generic[T]):
    """A queue of items with a current one. `index` counts from 0, in the order of playback.

    Items are read from the iterable when they are needed, 50 at once. Shuffled, 1,000 at once are put into a random order.
    """

    def __init__(
        self, items: Iterable[T], *, shuffle: bool = False, loop: Loop = "off", chance: random.Random | None = None
    ) -> None:
        self._source = iter(items)
        self._items: list[T] = []
        self._order: list[int] = []
        self._chance = chance or random.Random()  # noqa: S311 - not for secrets
        self.shuffle, self.loop, self.index = shuffle, loop, 0
        self.is_complete = False
        self._read()

    def __len__(self) -> int:
        """Return the number of items that were read."""
        return len(self._items)

    @property
    def current(self) -> T:
        """The item to play."""
        return self._items[self._order[self.index]]

    @property
    def upcoming(self) -> list[T]:
        """The items after the current one, as far as they were read."""
        return [self._items[number] for number in self._order[self.index + 1 :]]

    def peek(self) -> T | None:
        """Return the item that follows when the current one ends; None if there is none, or if it was not read yet."""
        if self.loop == "one":
            return self.current
        return next(iter(self.upcoming), None)

    def toggle_shuffle(self) -> None:
        """Put the items after the current one into a random order, or all items back into their own."""
        self.shuffle = not self.shuffle
        if self.shuffle:
            self._read()
            rest = self._order[self.index + 1 :]
            self._chance.shuffle(rest)
            self._order[self.index + 1 :] = rest
        elif self._order:
            self.index = self._order[self.index]
            self._order.sort()

    def cycle_loop(self) -> None:
        """Go on from no loop to a loop of all items, to one of the current item, to none."""
        self.loop = LOOPS[(LOOPS.index(self.loop) + 1) % len(LOOPS)]

    def advance(self, outcome: Outcome, *, failed: bool = False) -> bool:
        """Move to the next item to play; return False if there is none. `failed` never repeats the current item."""
        if outcome == "quit":
            return False
        if outcome == "ended" and self.loop == "one" and not failed:
            return True
        if outcome == "previous":
            self.index = max(0, self.index - 1)
            return True
        if self.index + 1 == len(self._order):
            self._read()
        self.index += 1
        if self.index < len(self._order):
            return True
        self.index = 0
        if self.loop == "off":
            return False
        if self.shuffle:
            self._chance.shuffle(self._order)
        return True

    def _read(self) -> None:
        """Read the next items of the iterable."""
        if self.is_complete:
            return
        size = _SHUFFLED_BLOCK if self.shuffle else _BLOCK
        found = list(islice(self._source, size))
        self.is_complete = len(found) < size
        numbers = list(range(len(self._items), len(self._items) + len(found)))
        if self.shuffle:
            self._chance.shuffle(numbers)
        self._items += found
        self._order += numbers
