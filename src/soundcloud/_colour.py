"""What the two shells do differently, in pairs: `async_x` and `AsyncX` for one, `x` and `X` for the other.

Everything else of the synchronous shell is made from the asynchronous one by renaming, see tools/unasync.py.
"""

import inspect
from collections.abc import Coroutine, Generator
from typing import Any, Protocol, Self, TypeVar


class AsyncLoads(Protocol):
    """Something that is asked for when it is awaited."""

    def load(self) -> Coroutine[Any, Any, Self]: ...

    def __await__(self) -> Generator[Any, Any, Self]:
        """Ask for it; awaiting it again does not ask again."""
        return self.load().__await__()


class Loads(Protocol):
    """Something that is asked for at once."""

    def load(self) -> Self: ...


AsyncLoaded = TypeVar("AsyncLoaded", bound=AsyncLoads)
Loaded = TypeVar("Loaded", bound=Loads)


def async_start(value: AsyncLoaded) -> AsyncLoaded:
    """Give it back as it is: it is asked for when it is awaited or iterated."""
    return value


def start(value: Loaded) -> Loaded:
    """Ask for it now, so that what goes wrong is raised where the call stands."""
    return value.load()


def async_startable(value: object) -> bool:
    """Whether it may give a page when it is awaited."""
    return inspect.isawaitable(value)


def startable(_value: object) -> bool:
    """Whether it may give a page although it is none: never."""
    return False
