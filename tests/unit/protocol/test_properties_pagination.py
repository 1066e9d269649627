"""Property tests of pagination: it ends, loses and repeats no item, and sends the token to the API only."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs

import anyio
import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soundcloud import AsyncSoundCloudClient, PaginationError, SoundCloudClient, SoundCloudError
from soundcloud._protocol.pagination import MAX_LINK_LENGTH, next_page_url

properties = settings(derandomize=True, deadline=None, max_examples=150)

API = "https://api.soundcloud.com"
FIRST = f"{API}/tracks?linked_partitioning=true&q=lofi"
ABSENT = object()
NO_LINKS = [None, ABSENT, "", "  ", 7, ["https://api.soundcloud.com/tracks?cursor=1"], {"href": "x"}, False]
FOREIGN = [
    "https://evil.example/tracks?cursor=1",
    "http://evil.example/tracks?cursor=1",
    "//evil.example/tracks?cursor=1",
    "https://api.soundcloud.com.evil.example/tracks?cursor=1",
    "https://api.soundcloud.com@evil.example/tracks?cursor=1",
    "https://evil.example:443/tracks?cursor=1",
    "https://api.soundcloud.com:8443/tracks?cursor=1",
    "http://http.api.prod.api-public.srv.db.s-cloud.net/tracks?cursor=1",
    "https://secure.soundcloud.com/tracks?cursor=1",
    "https://xn--api-soundcloud.com/tracks",
    "https://api.soundcloud.com\u3002evil.example/tracks",
    "ftp://api.soundcloud.com/tracks?cursor=1",
    "javascript:alert(1)",
    "https://[::1/tracks",
    "https://api.soundcloud.com:port/tracks",
    "https://api.soundcloud.com/tracks?cursor=1\r\nX-Evil: 1",
    "https://api.soundcloud.com/a b",
]
"""Links that must raise a PaginationError."""
SAME_ORIGIN = [
    "https://api.soundcloud.com/tracks?{}",
    "http://api.soundcloud.com/tracks?{}",
    "https://api.soundcloud.com:443/tracks?{}",
    "https://API.SoundCloud.com/tracks?{}",
    "https://api.soundcloud.com/tracks?{}#part",
    "//api.soundcloud.com/tracks?{}",
    "/tracks?{}",
    "tracks?{}",
]
"""Forms of the URL of a page."""


@dataclass
class Node:
    """A page with a number of items and a link."""

    items: int
    link: object
    target: int | None
    bare: bool = False


@dataclass
class Server:
    """Serves the pages of a graph and records the requests."""

    graph: list[Node]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        assert len(self.requests) <= len(self.graph), "pagination does not end"
        cursor = parse_qs(request.url.query.decode()).get("cursor")
        return httpx.Response(200, json=body_of(self.graph, int(cursor[0]) if cursor else 0))


def url_of(number: int) -> str:
    return FIRST if number == 0 else f"{API}/tracks?cursor={number}"


def items_of(graph: list[Node], number: int) -> list[str]:
    return [f"soundcloud:tracks:{number}:{item}" for item in range(graph[number].items)]


def body_of(graph: list[Node], number: int):
    collection = [{"urn": urn} for urn in items_of(graph, number)]
    if graph[number].bare:
        return collection
    return {"collection": collection} | ({} if graph[number].link is ABSENT else {"next_href": graph[number].link})


@st.composite
def graphs(draw) -> list[Node]:
    """Generate pages with links to each other, to themselves, to nothing, or to another origin."""
    size = draw(st.integers(1, 7))
    graph = []
    for number in range(size):
        items = draw(st.integers(0, 3))
        kind = draw(st.sampled_from(["next", "next", "next", "any", "none", "foreign", "bare"]))
        # Most pages link to the next one, so that the chains become long.
        target = number + 1 if kind == "next" and number + 1 < size else draw(st.integers(0, size - 1))
        if kind in {"next", "any"}:
            link = draw(st.sampled_from(SAME_ORIGIN)).format(url_of(target).partition("?")[2])
            graph.append(Node(items, link, target))
        elif kind == "foreign":
            graph.append(Node(items, draw(st.sampled_from(FOREIGN)), -1))
        else:
            graph.append(Node(items, draw(st.sampled_from(NO_LINKS)), None, bare=kind == "bare"))
    return graph


def expected_pages(graph: list[Node]) -> tuple[list[int], bool]:
    """Return the pages that pagination fetches, and whether it ends without an error."""
    pages, number = [], 0
    while True:
        pages.append(number)
        target = graph[number].target
        if target is None:
            return pages, True
        if target < 0 or target in pages:
            return pages, False
        number = target


Result = tuple[list[str], str | None]


def paginate_sync(server: Server) -> Result:
    items: list[str] = []
    with SoundCloudClient(access_token="hush", transport=httpx.MockTransport(server)) as client:
        try:
            for track in client.search.tracks("lofi"):
                items.append(str(track.urn))
        except SoundCloudError as error:
            return items, f"{type(error).__name__} {error}"
    return items, None


def paginate_async(server: Server) -> Result:
    items: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        return server(request)

    async def paginate() -> str | None:
        async with AsyncSoundCloudClient(access_token="hush", transport=httpx.MockTransport(answer)) as client:
            try:
                async for track in client.search.tracks("lofi"):
                    items.append(str(track.urn))
            except SoundCloudError as error:
                return f"{type(error).__name__} {error}"
        return None

    return items, anyio.run(paginate)


@properties
@given(graphs())
@example([Node(1, "/tracks?linked_partitioning=true&q=lofi", 0)])
@example([Node(0, "tracks?cursor=1", 1), Node(0, "https://api.soundcloud.com/tracks?cursor=2#x", 2), Node(1, "", None)])
def test_pagination_ends_and_is_complete(graph):
    server, async_server = Server(graph), Server(graph)
    items, error = paginate_sync(server)
    async_result = paginate_async(async_server)
    pages, succeeds = expected_pages(graph)

    assert items == [urn for number in pages for urn in items_of(graph, number)]
    assert (error is None) == succeeds
    assert error is None or error.startswith("PaginationError ")
    assert "hush" not in str(error)
    assert [str(request.url) for request in server.requests] == [url_of(number) for number in pages]
    assert {request.headers["Authorization"] for request in server.requests} == {"OAuth hush"}
    assert async_result == (items, error)
    assert [str(request.url) for request in async_server.requests] == [str(request.url) for request in server.requests]


def chain(sizes: list[int]) -> list[Node]:
    """Return pages that each link to the next one."""
    last = len(sizes) - 1
    return [
        Node(size, None if number == last else f"/tracks?cursor={number + 1}", None if number == last else number + 1)
        for number, size in enumerate(sizes)
    ]


def test_some_empty_pages_and_too_many():
    some_empty = paginate_sync(Server(chain([0, 1] * 110)))
    all_empty = Server(chain([1] + [0] * 130))
    items, error = paginate_sync(all_empty)

    assert (len(some_empty[0]), some_empty[1]) == (110, None)
    assert items == ["soundcloud:tracks:0:0"]
    assert str(error).startswith("PaginationError 100 pages in a row were empty")
    assert len(all_empty.requests) == 101
    assert paginate_async(Server(chain([1] + [0] * 130))) == (items, error)


@properties
@given(graphs(), st.integers(0, 12))
def test_pages_and_max_items(graph, maximum):
    pages, succeeds = expected_pages(graph)
    expected = [urn for number in pages for urn in items_of(graph, number)]
    pages_server, first_server = Server(graph), Server(graph)
    sizes: list[int] = []
    first: list[str] | None = None
    with SoundCloudClient(access_token="hush", transport=httpx.MockTransport(pages_server)) as client:
        try:
            for page in client.paginate(lambda: client.search.tracks("lofi")):
                sizes.append(len(page.collection))
            succeeded = True
        except PaginationError:
            succeeded = False
    with SoundCloudClient(access_token="hush", transport=httpx.MockTransport(first_server)) as client:
        try:
            page = client.search.tracks("lofi")
            first = [str(track.urn) for track in client.fetch_all(page, max_items=maximum)]
        except PaginationError:
            pass

    assert (sizes, succeeded) == ([graph[number].items for number in pages], succeeds)
    # Errors after the last requested item do not matter.
    assert first == (expected[:maximum] if succeeds or len(expected) >= maximum else None)
    assert len(first_server.requests) == pages_needed(graph, pages, maximum)


def pages_needed(graph: list[Node], pages: list[int], maximum: int) -> int:
    """Return how many pages contain the first items."""
    found = 0
    for count, number in enumerate(pages, start=1):
        found += graph[number].items
        if found >= maximum:
            return count
    return len(pages)


LINK_PARTS = [
    *("https:", "http:", "//", "/", "\\", "@", ":", "?", "#", "..", ";", "%2f", "%40", "%00", "[", "]", "443", "80"),
    *("api.soundcloud.com", "evil.example", "API.SOUNDCLOUD.COM", ".", "tracks", "cursor=1"),
    *("\u3002", "\uff0f", "\u2024", "\t", "\n", "\x7f"),
]
LINKS = st.lists(st.sampled_from(LINK_PARTS), max_size=9).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=30
)


@settings(properties, max_examples=1500)
@given(LINKS, st.sampled_from([API, "http://localhost:8080/base", "https://example.com:444"]))
@example("https://api.soundcloud.com\\@evil.example/", API)
@example("https:evil.example", API)
@example("///evil.example/x", API)
@example("/\\evil.example", API)
@example("https:////evil.example", API)
@example("@evil.example/", API)
@example(":444/x", API)
@example(".evil.example", API)
def test_a_link_never_leads_to_another_origin(link, base):
    try:
        url = next_page_url(link, base)
    except PaginationError:
        return
    try:
        target, base_parts = httpx.Request("GET", url).url, httpx.URL(base)
    except httpx.InvalidURL:
        return  # httpx cannot send it

    assert (target.scheme, target.host, target.port, target.userinfo) == (
        base_parts.scheme,
        base_parts.host,
        base_parts.port,
        b"",
    )
    assert "#" not in url
    assert next_page_url(url, base) == url


@properties
@given(st.sampled_from(FOREIGN))
def test_links_to_other_origins_are_refused(link):
    server = Server([Node(2, link, -1)])
    items, error = paginate_sync(server)

    assert items == ["soundcloud:tracks:0:0", "soundcloud:tracks:0:1"]
    assert str(error).startswith("PaginationError the link to the next page ")
    assert len(server.requests) == 1


@pytest.mark.parametrize("link", ["/tracks?a=\x7f", "/tracks?a=\x01", "/tracks?a= b", "/tracks?a=\r\nHost:%20x"])
def test_a_link_with_control_characters_is_refused(link):
    with pytest.raises(PaginationError, match="is not a URL"):
        next_page_url(link, API)


def test_the_maximum_length_of_a_link():
    link = "/tracks?a=".ljust(MAX_LINK_LENGTH - 1, "x")

    assert next_page_url(link, API) == API + link
    with pytest.raises(PaginationError, match="is not a URL"):
        next_page_url(link + "x", API)
