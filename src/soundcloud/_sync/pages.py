"""Lists: a page, and the walk over all of them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, cast

import attrs

from soundcloud._concurrency import Ahead
from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.pagination import MAXIMUM_EMPTY_PAGES, next_link, next_url
from soundcloud._synchronization import Loads
from soundcloud.errors import InvalidInputError, PaginationError
from soundcloud_api.types import redact

if TYPE_CHECKING:
    from soundcloud._sync.pipeline import Pipeline

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class PageModel(Protocol[T_co]):
    """A model of the document that holds a page: `Tracks`, `Users`, `Playlists`, `Comments`, `Activities`."""

    @property
    def collection(self) -> Sequence[T_co] | None:
        """The items."""
        ...


class Page(Loads, Generic[T]):
    """A page of a list, and the way to all the others.

    Iterating it walks every item of every page; `pages()` walks the pages; `collection` holds this page's items only.

    Example:
        >>> page = client.search.tracks("lofi")
        >>> print(len(page.collection))
        50
        >>> for track in client.search.tracks("lofi"):
        ...     print(track.title)

    Source:
        https://developers.soundcloud.com/docs/api/guide#pagination
    """

    def __init__(self, pipeline: "Pipeline", request: Request) -> None:
        """Made by the client's methods."""
        self._pipeline = pipeline
        self._request = request
        self._model: Any = None

    def load(self) -> Self:
        """Fetch the page, unless it is there."""
        if self._model is None:
            self._model = self._pipeline.perform(self._request)
        return self

    @property
    def _loaded(self) -> Any:
        if self._model is None:
            raise InvalidInputError("this page was not fetched yet: it first, or iterate it")
        return self._model

    @property
    def collection(self) -> list[T]:
        """The items of this page."""
        model = self._loaded
        items: Any = getattr(model, "collection", model)
        return cast("list[T]", items) if isinstance(items, list) else []

    @property
    def url(self) -> str:
        """The address that this page is fetched from."""
        return self._request.url

    @property
    def next_href(self) -> str | None:
        """The link to the next page, or None on the last. It is opaque."""
        return next_link(self._loaded)

    @property
    def future_href(self) -> str | None:
        """The link to what will have happened since; only on feeds and activities."""
        link = getattr(self._loaded, "future_href", None)
        return link if isinstance(link, str) and link else None

    @property
    def raw(self) -> Any:
        """The page exactly as it came, as plain JSON values."""
        model = self._loaded
        items: list[Any] = self.collection
        return getattr(model, "raw", None) or [item.raw for item in items]

    def begin(self, page: "Page[T]") -> Ahead:
        """Begin to fetch another page, to be asked for later."""
        return Ahead(page.load, self._pipeline.ahead)

    def belongs_to(self, pipeline: "Pipeline") -> bool:
        """Whether it was fetched through this pipeline."""
        return self._pipeline.session is pipeline.session

    def next_page(self) -> "Page[T] | None":
        """Fetch the page after this one.

        Returns:
            The next page, or None when this is the last.

        Raises:
            PaginationError: The link leads to another host.
            SoundCloudError: The call failed.
        """
        page = self.following((self.load()).next_href)
        return None if page is None else page.load()

    def following(self, link: str | None) -> "Page[T] | None":
        """The page at a link of this one, not fetched yet; None for no link."""
        if link is None:
            return None
        url = next_url(link, self._pipeline.base_url)
        return Page(self._pipeline, attrs.evolve(self._request, url=url, shareable=False))

    def pages(self, *, prefetch: bool = False) -> "Pages[T]":
        """Walk the pages, this one first.

        Args:
            prefetch: Whether the next page is fetched while you work on this one; default False. One page at most is
                fetched in vain when you leave early.

        Returns:
            An iterator over pages, each fetched. An empty page does not end the walk, a missing link does.

        Raises:
            PaginationError: A link repeats, leads to another host, or 100 pages in a row were empty.
            SoundCloudError: A call failed; the pages before it were walked.
        """
        return Pages(self, prefetch=prefetch)

    def items(self, *, prefetch: bool = False) -> "Items[T]":
        """Walk the items of all pages; iterating the page itself does it too.

        Args:
            prefetch: Whether the next page is fetched while you work on this one; default False.

        Returns:
            An iterator over the items.

        Raises:
            PaginationError: A link repeats, leads to another host, or 100 pages in a row were empty.
            SoundCloudError: A call failed; the items before it were walked.
        """
        return Items(self.pages(prefetch=prefetch))

    def __iter__(self) -> "Items[T]":
        return Items(Pages(self))

    def __repr__(self) -> str:
        if self._model is None:
            return f"<{type(self).__name__} of {redact(self._request.path)}, not fetched yet>"
        more = "more follow" if self.next_href else "the last page"
        return f"<{type(self).__name__} of {redact(self._request.path)}: {len(self.collection)} items, {more}>"


class Pages(Generic[T]):
    """A walk over pages. It holds nothing that would need to be closed: leave it whenever you like."""

    def __init__(self, first: Page[T], *, prefetch: bool = False) -> None:
        """Start at a page."""
        self._first = first
        self._prefetch = prefetch
        self._page: Page[T] | None = None
        self._ready: Page[T] | None = None
        self._ahead: Ahead | None = None
        self._seen: set[str] = set()
        self._empty = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page[T]:
        if self._ready is None:
            self._ready = self._fetched()
        if self._ahead is not None:
            self._ahead.begin()  # who gives up here gets the page with the next call
        page, self._ready = self._ready, None
        return page

    def _fetched(self) -> Page[T]:
        """Fetch the page whose turn it is, and begin with the one after it where that is wanted."""
        if self._page is None:
            page: Page[T] | None = self._first
            if not isinstance(page, Page):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise InvalidInputError(
                    f"a page, or a callable that gets one, is needed here, not {type(page).__name__}"
                )
        else:
            page = self._next(self._page)
            if page is None:
                raise StopIteration
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            page.load()
        else:
            page = cast("Page[T]", ahead.result())
        self._seen.add(page.url)
        self._empty = 0 if page.collection else self._empty + 1
        self._page = page
        if self._prefetch:
            self._ahead = self._begin_next(page)
        return page

    def _next(self, page: Page[T]) -> Page[T] | None:
        """The page after one, not fetched yet, or None; a link that must not be followed is refused."""
        following = page.following(page.next_href)
        if following is not None and following.url in self._seen:
            raise PaginationError("the link to the next page repeats, so the walk would never end; it ends here")
        if following is not None and self._empty >= MAXIMUM_EMPTY_PAGES:
            raise PaginationError(f"{self._empty} pages in a row were empty and still name a next one; it ends here")
        return following

    def _begin_next(self, page: Page[T]) -> Ahead | None:
        """Begin to fetch the page after one; what is wrong with its link is said when it is its turn."""
        try:
            following = self._next(page)
        except PaginationError:
            return None
        return None if following is None else page.begin(following)


class Items(Generic[T]):
    """A walk over the items of all pages. It holds nothing that would need to be closed."""

    def __init__(self, pages: Pages[T]) -> None:
        """Start at the first page of a walk."""
        self._pages = pages
        self._items: Iterator[T] = iter(())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        while True:
            for item in self._items:
                return item
            self._items = iter((self._pages.__next__()).collection)
