"""The lists that the screen can show, and how they are loaded page by page."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import attrs

from soundcloud.cli.output.columns import ACTIVITIES, PLAYLISTS, TRACKS, USERS, View
from soundcloud.cli.output.tables import choose_columns, plain_line

if TYPE_CHECKING:
    from soundcloud import Page, SoundCloudClient

PAGE = 50
_NARROW, _NARROW_RANK = 80, 2


@attrs.frozen
class Section:
    """An entry of the sidebar; `load` gets the client and the words of the search box."""

    title: str
    view: View
    load: "Callable[[SoundCloudClient, str], Page[Any]]"
    is_search: bool = False


SECTIONS = (
    Section("Search tracks", TRACKS, lambda client, words: client.search.tracks(words, limit=PAGE), True),
    Section("Search users", USERS, lambda client, words: client.search.users(words, limit=PAGE), True),
    Section(
        "Search lists",
        PLAYLISTS,
        lambda client, words: client.search.playlists(words, show_tracks=False, limit=PAGE),
        True,
    ),
    Section("Feed", ACTIVITIES, lambda client, _: client.me.get_feed(limit=PAGE)),
    Section("Likes", TRACKS, lambda client, _: client.me.get_likes_tracks(limit=PAGE)),
    Section("Playlists", PLAYLISTS, lambda client, _: client.me.get_playlists(limit=PAGE, show_tracks=False)),
    Section("Following", USERS, lambda client, _: client.me.get_followings(limit=PAGE)),
    Section("Your tracks", TRACKS, lambda client, _: client.me.get_tracks(limit=PAGE)),
    Section("History", TRACKS, lambda client, _: client.me.get_recently_played_tracks()),
)


class LoadedList:
    """The rows of a list, loaded page by page. Not safe for threads: only one may load."""

    def __init__(self, title: str, view: View, load: Callable[[], "Page[Any]"]) -> None:
        self.title, self.view = title, view
        self.items: list[Any] = []
        self.cursor = 0
        self.is_complete = self.has_failed = False
        self._load = load
        self._pages: Iterator[Page[Any]] | None = None
        self._last: Page[Any] | None = None

    def load_page(self) -> None:
        """Load the next page that has items. It sends requests."""
        if self._pages is None:
            self._pages = iter(self._load().pages())
        for page in self._pages:
            self._last = page
            self.items += page.collection
            if page.collection:
                break
        self.is_complete = self._last is None or self._last.next_href is None

    def lines(self, width: int, start: int = 0) -> list[str]:
        """Return the rows from `start` as text, each at most `width` cells wide."""
        rank = _NARROW_RANK if width < _NARROW else _NARROW_RANK + 2
        columns = [each for each in self.view.columns if each.rank <= rank and each.path not in {"urn", "origin.urn"}]
        shown = choose_columns(self.items[:PAGE], columns, width)
        return [plain_line(item, shown) for item in self.items[start:]]

    def rest(self, index: int) -> Iterator[Any]:
        """Return the items from `index` on. Those that are not loaded yet are requested when they are needed."""
        last = self._last
        yield from self.items[index:]
        if last is not None:
            for page in islice(last.pages(), 1, None):
                yield from page.collection


def open_item(client: "SoundCloudClient", item: Any) -> LoadedList | None:
    """Return the list that a playlist or a user opens; None for a track."""
    item = getattr(item, "origin", item)
    urn = item.urn
    match getattr(item, "kind", None):
        case "user":
            return LoadedList(item.username or urn, TRACKS, lambda: client.users.get_tracks(urn, limit=PAGE))
        case "playlist":
            return LoadedList(item.title or urn, TRACKS, lambda: client.playlists.get_tracks(urn, PAGE))
        case _:
            return None
