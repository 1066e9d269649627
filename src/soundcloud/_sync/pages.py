"""Pages of lists, and iterators over pages and items."""

# The iterators are part of the pages, but users must not see what they need.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, Self, TypeVar, cast

import attrs

from soundcloud._concurrency import BackgroundTask
from soundcloud._lazy_page import LazyPage
from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.pagination import MAX_EMPTY_PAGES, next_href_of, next_page_url
from soundcloud._protocol.validation import check_max_items
from soundcloud._synchronization import Lock
from soundcloud.errors import InvalidInputError, PaginationError
from soundcloud_api.imports import IMPORT_LOCK
from soundcloud_api.types import Model, html_table, redact

if TYPE_CHECKING:
    from soundcloud.responses import ResponseInfo

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class PageModel(Protocol[T_co]):
    """A generated model that holds a page: `Tracks`, `Users`, `Playlists`, `Comments`, `Activities`."""

    @property
    def collection(self) -> Sequence[T_co] | None:
        """The items."""
        ...


class PageSource(Protocol):
    """Fetches pages; the pipeline of a client."""

    @property
    def base_url(self) -> str:
        """The origin of the API."""
        ...

    @property
    def state(self) -> Any:
        """The state that a client shares with its copies; its `running_tasks` holds the prefetching tasks."""
        ...

    def send(self, operation: Request, *, received: Callable[[ResponseInfo], object] | None = None) -> Any:
        """Send a request, pass the description of its response to `received`, and decode it."""
        ...


class Page(LazyPage, Generic[T]):
    """A page of a list, and the way to the following pages.

    Iterating over it yields the items of all pages; `pages()` yields the pages; `collection` holds the items of this page only.
    A page is always true. It has no length and no index, because the number of all items is not known.

    With `max_items=` of the method that returned it, the page and those after it hold that many items at most.

    Example:
        >>> page = client.search.tracks("lofi")
        >>> print(len(page.collection))
        50
        >>> for track in client.search.tracks("lofi"):
        ...     print(track.title)

    Source:
        https://developers.soundcloud.com/docs/api/guide#pagination
    """

    def __init__(self, source: PageSource, request: Request, max_items: int | None = None) -> None:
        """Pages are created by the methods of the client."""
        self._source = source
        self._request = request
        self._max_items = max_items  # of this page and those after it
        self._model: Any = None
        self._response: ResponseInfo | None = None

    def _fetch(self) -> Self:
        """Fetch the page unless it has been fetched, or may not hold any item."""
        if self._model is None:
            self._model = (
                [] if self._max_items == 0 else self._source.send(self._request, received=self._received)
            )
        return self

    def _received(self, response: ResponseInfo) -> None:
        self._response = response

    def _limited(self, max_items: int) -> Page[T]:
        """Return this page with a maximum number of items; a lower one of its own stays."""
        own = self._max_items
        page: Page[T] = Page(self._source, self._request, max_items if own is None else min(own, max_items))
        page._model, page._response = self._model, self._response
        return page

    @property
    def _fetched_model(self) -> Any:
        if self._model is None:
            raise InvalidInputError("this page has not been fetched: it first, or iterate over it")
        return self._model

    @property
    def collection(self) -> list[T]:
        """The items of this page, at most `max_items`."""
        model = self._fetched_model
        items: Any = getattr(model, "collection", model)
        if not isinstance(items, list):
            return []
        found = cast("list[T]", items)
        return found if self._max_items is None or len(found) <= self._max_items else found[: self._max_items]

    @property
    def url(self) -> str:
        """The URL of this page."""
        return self._request.url

    @property
    def next_href(self) -> str | None:
        """The URL of the next page, or None on the last. It is opaque."""
        return next_href_of(self._fetched_model)

    @property
    def future_href(self) -> str | None:
        """The URL of the items that are newer than this page; only on feeds and activities."""
        link = getattr(self._fetched_model, "future_href", None)
        return link if isinstance(link, str) and link else None

    @property
    def response(self) -> ResponseInfo:
        """The status, headers, request id and rate limit of the response that this page came from."""
        _ = self._fetched_model
        if self._response is None:
            raise InvalidInputError("this page has no response: with max_items=0 nothing was requested")
        return self._response

    @property
    def raw(self) -> Any:
        """The page as it was received, as plain JSON values."""
        model = self._fetched_model
        items: list[Any] = self.collection
        return getattr(model, "raw", None) or [item.raw for item in items]

    def next_page(self) -> Page[T] | None:
        """Fetch the page after this one.

        Returns:
            The next page, or None if this is the last or `max_items` is reached.

        Raises:
            PaginationError: The link leads to another host.
            SoundCloudError: The request failed.
        """
        page = _page_after(self._fetch())
        return None if page is None else page._fetch()

    def pages(self, *, max_items: int | None = None, prefetch: bool = False) -> Pages[T]:
        """Iterate over the pages, this one first.

        Args:
            max_items: The maximum number of items on all pages together, 0 or above; default None, for all. The last page
                is cut, and no page is fetched that is not needed.
            prefetch: Whether the next page is fetched in the background while you work on this one; default False. If you
                stop early, one page may have been fetched in vain.

        Returns:
            An iterator over fetched pages. An empty page does not end it, a missing link does.

        Raises:
            InvalidInputError: `max_items` is negative or not a whole number.
            PaginationError: A link repeats or leads to another host, or 100 pages in a row were empty.
            SoundCloudError: A request failed; the pages before it were yielded.
        """
        return Pages(self, max_items=max_items, prefetch=prefetch)

    def items(self, *, max_items: int | None = None, prefetch: bool = False) -> Items[T]:
        """Iterate over the items of all pages, as iterating over the page itself does.

        Args:
            max_items: The maximum number of items, 0 or above; default None, for all. No page is fetched that is not needed.
            prefetch: Whether the next page is fetched in the background; default False.

        Returns:
            An iterator over the items.

        Raises:
            InvalidInputError: `max_items` is negative or not a whole number.
            PaginationError: A link repeats or leads to another host, or 100 pages in a row were empty.
            SoundCloudError: A request failed; the items before it were yielded.
        """
        return Items(self.pages(max_items=max_items, prefetch=prefetch))

    def to_dicts(
        self, *, flat: bool = False, secrets: bool = False, max_items: int | None = None
    ) -> list[dict[str, Any]]:
        """Return the items of this page and all following ones as plain JSON values, for example for a table.

        Args:
            flat: Whether the fields of nested objects become fields of their owner, such as `user_username`; default False.
            secrets: Whether URLs keep the secret of a share link; default False.
            max_items: The maximum number of items; default all.

        Returns:
            The items in order; see `Model.to_dict`.

        Raises:
            SoundCloudError: A page cannot be fetched.

        Example:
            >>> rows = client.search.tracks("lofi").to_dicts(flat=True, max_items=100)
        """
        items: Items[Any] = self.items(max_items=max_items)
        return [item.to_dict(flat=flat, secrets=secrets) if isinstance(item, Model) else item for item in items]

    def _repr_html_(self) -> str:
        """Return a table of this page's items for a notebook; nothing is fetched."""
        if self._model is None:
            with IMPORT_LOCK:
                from html import escape

            return f"<p>{escape(repr(self))}</p>"
        return html_table(self.collection, more=self.next_href is not None)

    def __iter__(self) -> Items[T]:
        return Items(Pages(self))

    def __bool__(self) -> bool:
        return True

    if not TYPE_CHECKING:  # a type checker reports both

        def __len__(self) -> NoReturn:
            raise TypeError(
                "a page has no len(), because the number of all items is not known: "
                "use len(page.collection) for the items of this page, or collect all items with client.fetch_all(page)"
            )

        def __getitem__(self, index: object) -> NoReturn:
            raise TypeError(
                "a page cannot be indexed: use page.collection[0] for the items of this page, or iterate over the page "
                "(for in async code) for those of all pages"
            )

    def __repr__(self) -> str:
        if self._model is None:
            return f"<{type(self).__name__} of {redact(self._request.path)}, not fetched>"
        count = len(self.collection)
        items = "1 item" if count == 1 else f"{count} items"
        more = "more pages follow" if self.next_href and self._remaining() != 0 else "the last page"
        return f"<{type(self).__name__} of {redact(self._request.path)}: {items}, {more}>"

    def _remaining(self) -> int | None:
        """Return how many items the pages after this one may hold; None for any number."""
        return None if self._max_items is None else self._max_items - len(self.collection)


class Pages(Generic[T]):
    """An iterator over pages. It holds no resources: you can stop at any time.

    Several tasks or threads may share it: each page is yielded once.
    """

    def __init__(self, first: Page[T], *, max_items: int | None = None, prefetch: bool = False) -> None:
        """Start at a page."""
        self._first = first
        self._max_items = check_max_items(max_items)
        self._prefetch = prefetch
        self._page: Page[T] | None = None
        self._ready: Page[T] | None = None
        self._next_fetch: BackgroundTask | None = None
        self._seen_urls: set[str] = set()
        self._empty_pages = 0
        self._lock = Lock()

    def items(self) -> Items[T]:
        """Iterate over the items of the pages that have not been yielded.

        Returns:
            An iterator over the items, which shares the pages with this iterator.
        """
        return Items(self)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page[T]:
        with self._lock:
            if self._ready is None:
                self._ready = self._fetch_next()
            if self._next_fetch is not None:
                self._next_fetch.start()  # if cancelled here, the next call returns the page
            page, self._ready = self._ready, None
            return page

    def _fetch_next(self) -> Page[T]:
        """Fetch the next page, and start prefetching the one after it."""
        if self._page is None:
            if self._max_items == 0:
                raise StopIteration
            page: Page[T] | None = self._first
            if not isinstance(page, Page):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise InvalidInputError(
                    f"this is of type {type(page).__name__}, not a page: pass a page, or a function that returns one"
                )
            if page._max_items == 0:
                raise StopIteration
            if self._max_items is not None:
                page = (page._fetch())._limited(self._max_items)
        else:
            page = self._following(self._page)
            if page is None:
                raise StopIteration
        next_fetch, self._next_fetch = self._next_fetch, None
        if next_fetch is None:
            page._fetch()
        else:
            page = cast("Page[T]", next_fetch.result())
        self._seen_urls.add(page.url)
        self._empty_pages = 0 if page.collection else self._empty_pages + 1
        self._page = page
        if self._prefetch:
            self._next_fetch = self._start_prefetch(page)
        return page

    def _following(self, page: Page[T]) -> Page[T] | None:
        """Return the page after a page, not yet fetched, or None; refuse a link that would never end."""
        following = _page_after(page)
        if following is not None and following.url in self._seen_urls:
            raise PaginationError(
                "the link to the next page repeats, so the list would never end; iteration stops here"
            )
        if following is not None and self._empty_pages >= MAX_EMPTY_PAGES:
            raise PaginationError(
                f"{self._empty_pages} pages in a row were empty and still link to a next page; iteration stops here"
            )
        return following

    def _start_prefetch(self, page: Page[T]) -> BackgroundTask | None:
        """Start prefetching the page after a page; a bad link is raised when that page is reached."""
        try:
            following = self._following(page)
        except PaginationError:
            return None
        return None if following is None else BackgroundTask(following._fetch, page._source.state.running_tasks)


class Items(Generic[T]):
    """An iterator over the items of all pages. It holds no resources: you can stop at any time.

    Several tasks or threads may share it: each item is yielded once.
    """

    def __init__(self, pages: Pages[T]) -> None:
        """Start at the first page of an iterator."""
        self._pages = pages
        self._items: Iterator[T] = iter(())
        self._lock = Lock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        # Without the lock: an iterator of a list gives an item to one thread only.
        for item in self._items:
            return item
        with self._lock:
            while True:
                for item in self._items:  # another task may have fetched the page
                    return item
                self._items = iter((self._pages.__next__()).collection)


def _page_at(page: Page[T], link: str, max_items: int | None = None) -> Page[T]:
    url = next_page_url(link, page._source.base_url)
    return Page(page._source, attrs.evolve(page._request, url=url, shareable=False), max_items)


def _page_after(page: Page[T]) -> Page[T] | None:
    """Return the page after a fetched page, not yet fetched, or None if it is the last or the maximum is reached."""
    link, remaining = page.next_href, page._remaining()
    return None if link is None or remaining == 0 else _page_at(page, link, remaining)


def fetch_page_at(page: Page[T], link: str) -> Page[T]:
    """Fetch a page of the same list by its link, to resume an iteration.

    Raises:
        PaginationError: The link leads to another host.
        SoundCloudError: The request failed.
    """
    return _page_at(page, link)._fetch()


def check_owner(page: Page[Any], source: PageSource) -> None:
    """Check that a page was fetched by a client or one of its copies.

    Raises:
        InvalidInputError: It belongs to another client.
    """
    if page._source.state is not source.state:
        raise InvalidInputError("this page belongs to another client: use the client that fetched it")
