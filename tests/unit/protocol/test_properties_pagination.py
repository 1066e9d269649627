"""Walks over pages, whatever the links: they end, lose nothing, repeat nothing, and keep the token at home."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs

import anyio
import httpx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soundcloud import AsyncSoundCloudClient, PaginationError, SoundCloudClient, SoundCloudError
from soundcloud._protocol.pagination import next_page_url

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
"""Links that must end a walk with an error."""
HOME = [
    "https://api.soundcloud.com/tracks?{}",
    "http://api.soundcloud.com/tracks?{}",
    "https://api.soundcloud.com:443/tracks?{}",
    "https://API.SoundCloud.com/tracks?{}",
    "https://api.soundcloud.com/tracks?{}#part",
    "//api.soundcloud.com/tracks?{}",
    "/tracks?{}",
    "tracks?{}",
]
"""Ways to write the address of a page."""


@dataclass
class Node:
    """A page: how many items it has, and the link that it names."""

    items: int
    link: object
    target: int | None
    bare: bool = False


@dataclass
class Server:
    """Answers with the pages of a graph, and keeps what it was asked."""

    graph: list[Node]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        assert len(self.requests) <= len(self.graph), "the walk does not end"
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
    """Pages that name each other, themselves, nothing, or somewhere that they should not."""
    size = draw(st.integers(1, 7))
    graph = []
    for number in range(size):
        items = draw(st.integers(0, 3))
        kind = draw(st.sampled_from(["next", "next", "next", "any", "none", "foreign", "bare"]))
        # Most name the page after them, so that walks become long.
        target = number + 1 if kind == "next" and number + 1 < size else draw(st.integers(0, size - 1))
        if kind in {"next", "any"}:
            link = draw(st.sampled_from(HOME)).format(url_of(target).partition("?")[2])
            graph.append(Node(items, link, target))
        elif kind == "foreign":
            graph.append(Node(items, draw(st.sampled_from(FOREIGN)), -1))
        else:
            graph.append(Node(items, draw(st.sampled_from(NO_LINKS)), None, bare=kind == "bare"))
    return graph


def expected_walk(graph: list[Node]) -> tuple[list[int], bool]:
    """The pages that a walk fetches, and whether it ends well."""
    walked, number = [], 0
    while True:
        walked.append(number)
        target = graph[number].target
        if target is None:
            return walked, True
        if target < 0 or target in walked:
            return walked, False
        number = target


Outcome = tuple[list[str], str | None]


def sync_walk(server: Server) -> Outcome:
    items: list[str] = []
    with SoundCloudClient(access_token="hush", transport=httpx.MockTransport(server)) as client:
        try:
            for track in client.search.tracks("lofi"):
                items.append(str(track.urn))
        except SoundCloudError as error:
            return items, f"{type(error).__name__} {error}"
    return items, None


def async_walk(server: Server) -> Outcome:
    items: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        return server(request)

    async def walk() -> str | None:
        async with AsyncSoundCloudClient(access_token="hush", transport=httpx.MockTransport(answer)) as client:
            try:
                async for track in client.search.tracks("lofi"):
                    items.append(str(track.urn))
            except SoundCloudError as error:
                return f"{type(error).__name__} {error}"
        return None

    return items, anyio.run(walk)


@properties
@given(graphs())
@example([Node(1, "/tracks?linked_partitioning=true&q=lofi", 0)])
@example([Node(0, "tracks?cursor=1", 1), Node(0, "https://api.soundcloud.com/tracks?cursor=2#x", 2), Node(1, "", None)])
def test_a_walk_ends_and_is_complete(graph):
    server, async_server = Server(graph), Server(graph)
    items, problem = sync_walk(server)
    async_outcome = async_walk(async_server)
    walked, ends_well = expected_walk(graph)

    assert items == [urn for number in walked for urn in items_of(graph, number)]
    assert (problem is None) == ends_well
    assert problem is None or problem.startswith("PaginationError ")
    assert "hush" not in str(problem)
    assert [str(request.url) for request in server.requests] == [url_of(number) for number in walked]
    assert {request.headers["Authorization"] for request in server.requests} == {"OAuth hush"}
    assert async_outcome == (items, problem)
    assert [str(request.url) for request in async_server.requests] == [str(request.url) for request in server.requests]


def chain(sizes: list[int]) -> list[Node]:
    """Pages that each name the one after them."""
    last = len(sizes) - 1
    return [
        Node(size, None if number == last else f"/tracks?cursor={number + 1}", None if number == last else number + 1)
        for number, size in enumerate(sizes)
    ]


def test_empty_pages_now_and_then_and_without_end():
    now_and_then = sync_walk(Server(chain([0, 1] * 110)))
    without_end = Server(chain([1] + [0] * 130))
    items, problem = sync_walk(without_end)

    assert (len(now_and_then[0]), now_and_then[1]) == (110, None)
    assert items == ["soundcloud:tracks:0:0"]
    assert str(problem).startswith("PaginationError 100 pages in a row were empty")
    assert len(without_end.requests) == 101
    assert async_walk(Server(chain([1] + [0] * 130))) == (items, problem)


@properties
@given(graphs(), st.integers(0, 12))
def test_pages_and_the_first_items(graph, maximum):
    walked, ends_well = expected_walk(graph)
    expected = [urn for number in walked for urn in items_of(graph, number)]
    pages_server, first_server = Server(graph), Server(graph)
    sizes: list[int] = []
    first: list[str] | None = None
    with SoundCloudClient(access_token="hush", transport=httpx.MockTransport(pages_server)) as client:
        try:
            for page in client.paginate(lambda: client.search.tracks("lofi")):
                sizes.append(len(page.collection))
            walk_ended_well = True
        except PaginationError:
            walk_ended_well = False
    with SoundCloudClient(access_token="hush", transport=httpx.MockTransport(first_server)) as client:
        try:
            page = client.search.tracks("lofi")
            first = [str(track.urn) for track in client.fetch_all(page, max_items=maximum)]
        except PaginationError:
            pass

    assert (sizes, walk_ended_well) == ([graph[number].items for number in walked], ends_well)
    # What comes after the last item that is wanted does not matter.
    assert first == (expected[:maximum] if ends_well or len(expected) >= maximum else None)
    assert len(first_server.requests) == pages_needed(graph, walked, maximum)


def pages_needed(graph: list[Node], walked: list[int], maximum: int) -> int:
    """How many pages hold the first items; the first page is there already."""
    found = 0
    for count, number in enumerate(walked, start=1):
        found += graph[number].items
        if found >= maximum:
            return count
    return len(walked)


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
def test_a_link_never_leads_elsewhere(link, base):
    try:
        url = next_page_url(link, base)
    except PaginationError:
        return
    try:
        there, home = httpx.Request("GET", url).url, httpx.URL(base)
    except httpx.InvalidURL:
        return  # then it leads nowhere

    assert (there.scheme, there.host, there.port, there.userinfo) == (home.scheme, home.host, home.port, b"")
    assert "#" not in url
    assert next_page_url(url, base) == url


@properties
@given(st.sampled_from(FOREIGN))
def test_every_foreign_link_is_refused(link):
    server = Server([Node(2, link, -1)])
    items, problem = sync_walk(server)

    assert items == ["soundcloud:tracks:0:0", "soundcloud:tracks:0:1"]
    assert str(problem).startswith("PaginationError the link to the next page ")
    assert len(server.requests) == 1
