"""The ways of a client beyond its namespaces: any operation, whole lists, many items at once."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar, cast

from soundcloud._async.batching import AsyncBatches
from soundcloud._async.pages import AsyncItems, AsyncPage, AsyncPages
from soundcloud._async.pipeline import AsyncPipeline
from soundcloud._protocol.validation import repr_value
from soundcloud._synchronization import async_startable
from soundcloud.errors import InvalidInputError
from soundcloud.results import Outcome
from soundcloud_api.types import Operation

T = TypeVar("T")
V = TypeVar("V")


class AsyncWalking:
    """What a client offers beyond its namespaces."""

    _pipeline: AsyncPipeline

    async def send(self, operation: Operation[T], *, token: str | None = None) -> T:
        """Send an operation of `soundcloud_api`: the typed way to anything that the namespaces do not offer.

        Args:
            operation: What a function of `soundcloud_api.api` returned.
            token: The access token to act with instead of the client's own.

        Returns:
            What the operation's type says.

        Raises:
            SoundCloudError: The call failed.

        Example:
            >>> from soundcloud_api.api.tracks import get_tracks_track_urn
            >>> track = await client.send(get_tracks_track_urn("soundcloud:tracks:308946187"))
        """
        if not isinstance(operation, Operation):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(
                f"{repr_value(operation)} is no operation: give what a function of soundcloud_api.api returns"
            )
        return await self._pipeline.send(operation, token)

    def paginate(
        self, first: "AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]]", *, prefetch: bool = False
    ) -> AsyncPages[T]:
        """Walk the pages of a list.

        Args:
            first: A page of this client, or a callable that gets one.
            prefetch: Whether the next page is fetched while you work on this one; default False. One page at most is
                fetched in vain when you leave early.

        Returns:
            An iterator over the pages.

        Raises:
            InvalidInputError: The page belongs to another client.
            PaginationError: A link repeats or leads elsewhere.
            SoundCloudError: A call failed.

        Example:
            >>> async for page in client.paginate(lambda: client.search.tracks("lofi")):
            ...     print(len(page.collection))
        """
        return AsyncPages(self._own(first), prefetch=prefetch)

    def paginate_items(
        self, first: "AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]]", *, prefetch: bool = False
    ) -> AsyncItems[T]:
        """Walk the items of all pages of a list.

        Args:
            first: A page of this client, or a callable that gets one.
            prefetch: Whether the next page is fetched while you work on this one; default False. One page at most is
                fetched in vain when you leave early.

        Returns:
            An iterator over the items.

        Raises:
            InvalidInputError: The page belongs to another client.
            PaginationError: A link repeats or leads elsewhere.
            SoundCloudError: A call failed.
        """
        return AsyncItems(self.paginate(first, prefetch=prefetch))

    async def fetch_all(
        self,
        first: "AsyncPage[T] | Callable[[], Awaitable[AsyncPage[T]]]",
        *,
        max_items: int | None = None,
        prefetch: bool = False,
    ) -> list[T]:
        """Collect the items of all pages of a list.

        Args:
            first: A page of this client, or a callable that gets one.
            max_items: Stop after this many, 0 or above; None collects all.
            prefetch: Whether the next page is fetched while this one is put together; default False.

        Returns:
            The items; no page beyond those that are needed is fetched.

        Raises:
            InvalidInputError: The page belongs to another client, or `max_items` is below 0.
            PaginationError: A link repeats or leads elsewhere.
            SoundCloudError: A call failed.

        Example:
            >>> tracks = await client.fetch_all(client.search.tracks("lofi"), max_items=120)
        """
        if max_items is not None and (max_items.__class__ is not int or max_items < 0):
            raise InvalidInputError(
                f"max_items={repr_value(max_items)}: give a number of items, 0 or above, or None for all"
            )
        items: list[T] = []
        if max_items == 0:
            return items
        async for page in self.paginate(first, prefetch=prefetch):
            items.extend(page.collection)
            if max_items is not None and len(items) >= max_items:
                return items[:max_items]
        return items

    async def map(
        self,
        method: "Callable[[Any], Awaitable[V]]",
        items: Iterable[T],
        *,
        concurrency: int = 8,
    ) -> list[Outcome[T, V]]:
        """Call a method for each of many items, some at a time; what fails does not lose the rest.

        `tracks.get_track` and `users.get_user` of this client are asked for by 200 with one call; what that leaves out is asked
        for by itself.

        Args:
            method: A method of this client, or any callable that takes one item.
            items: What to call it with.
            concurrency: How many calls at a time, 1 to 1,000; default 8.

        Returns:
            An `Outcome` for each item, in their order: its `value`, or the `error` of its call.

        Raises:
            InvalidInputError: `concurrency` is out of its range, `method` cannot be called, or `items` are none.
            Exception: What the method raised, where it is no `SoundCloudError`; what was not begun is not done.

        Example:
            >>> for outcome in await client.map(client.tracks.get_track, [308946187, 293]):
            ...     print(outcome.item, outcome.value.title if outcome.ok else outcome.error)
        """
        if concurrency.__class__ is not int or not 1 <= concurrency <= 1000:
            raise InvalidInputError(f"concurrency={concurrency!r}: give a number of calls at a time, 1 to 1000")
        if not callable(method):  # pyright: ignore[reportUnnecessaryComparison]
            raise InvalidInputError(f"method={repr_value(method)}: give a method, for example client.tracks.get_track")
        if isinstance(items, str | bytes) or not isinstance(items, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"items={repr_value(items)}: give a list")
        return await AsyncBatches(method, list(items), concurrency).outcomes()

    def _own(self, first: Any) -> Any:
        page = first() if callable(first) else first
        if isinstance(page, AsyncPage):
            if not page.belongs_to(self._pipeline):
                raise InvalidInputError("this page belongs to another client; walk it with the client that fetched it")
        elif not async_startable(page):
            raise InvalidInputError(f"a page, or a callable that gets one, is needed here, not {type(page).__name__}")
        return cast("Any", page)
