"""The order in which tracks are played: shuffle, loop, next and previous. It does no I/O."""

import random
from collections.abc import Sequence
from typing import Generic, Literal, TypeAlias, TypeVar

from soundcloud.cli.player.playback import Outcome

Loop: TypeAlias = Literal["off", "all", "one"]

T = TypeVar("T")


class PlayQueue(Generic[T]):
    """A queue of items with a current one. `index` counts from 0, in the order of playback."""

    def __init__(
        self, items: Sequence[T], *, shuffle: bool = False, loop: Loop = "off", chance: random.Random | None = None
    ) -> None:
        self._items, self._shuffle, self._loop = [*items], shuffle, loop
        self._chance = chance or random.Random()  # noqa: S311 - not for secrets
        self.index = 0
        if shuffle:
            self._chance.shuffle(self._items)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def current(self) -> T:
        """The item to play."""
        return self._items[self.index]

    def advance(self, outcome: Outcome, *, failed: bool = False) -> bool:
        """Move to the next item to play; return False if there is none. `failed` never repeats the current item."""
        if outcome == "quit":
            return False
        if outcome == "ended" and self._loop == "one" and not failed:
            return True
        self.index = max(0, self.index - 1) if outcome == "previous" else self.index + 1
        if self.index < len(self._items):
            return True
        self.index = 0
        if self._loop == "off":
            return False
        if self._shuffle:
            self._chance.shuffle(self._items)
        return True
