"""Pages that are fetched when they are awaited (async) or at once (sync)."""

import inspect
from collections.abc import Coroutine, Generator
from typing import Any, Protocol, Self, TypeVar


class AsyncLazyPage(Protocol):
    """A page that is fetched when it is awaited or iterated."""

    def _fetch(self) -> Coroutine[Any, Any, Self]: ...

    def __await__(self) -> Generator[Any, Any, Self]:
        """Fetch the page; awaiting it again does not fetch it again."""
        return self._fetch().__await__()


class LazyPage(Protocol):
    """A page that is fetched when it is created."""

    def _fetch(self) -> Self: ...


AsyncPageType = TypeVar("AsyncPageType", bound=AsyncLazyPage)
PageType = TypeVar("PageType", bound=LazyPage)


def async_make_lazy(page: AsyncPageType) -> AsyncPageType:
    """Return the page as it is: it is fetched when it is awaited or iterated."""
    return page


def make_lazy(page: PageType) -> PageType:
    """Fetch the page now, so that an error is raised where the method is called."""
    return page._fetch()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def async_is_lazy(value: object) -> bool:
    """Return whether awaiting the value may give a page."""
    return inspect.isawaitable(value)


def is_lazy(_value: object) -> bool:
    """Always False: the sync client takes pages only."""
    return False
