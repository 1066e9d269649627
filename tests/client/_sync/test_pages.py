"""Pagination: single pages, iteration, limits, and links that are not followed."""

from inspect import signature

import httpx
import pytest

from soundcloud import Page, SoundCloudClient, InvalidInputError, NotFoundError, PaginationError
from soundcloud._concurrency import map_concurrently
from soundcloud._synchronization import sleep
from tests.helpers import always_sent

pytestmark = pytest.mark.anyio

API = "https://api.soundcloud.com"


def page(*numbers, next_href=None, **more):
    collection = [{"urn": f"soundcloud:tracks:{number}"} for number in numbers]
    return httpx.Response(200, json={"collection": collection, "next_href": next_href, **more})


def client_of(server):
    return SoundCloudClient(access_token="own", transport=server.transport)


def test_one_page_and_all_items(mock_server):
    server = mock_server(
        page(1, 2, next_href=f"{API}/tracks?cursor=a%20b&page_size=2&linked_partitioning=1"),
        page(next_href=f"{API}/tracks?cursor=empty"),
        page(3, next_href=""),
    )
    with client_of(server) as client:
        first = client.search.tracks("lofi", limit=2)
        assert [track.urn for track in first.collection] == ["soundcloud:tracks:1", "soundcloud:tracks:2"]
        assert first.next_href == f"{API}/tracks?cursor=a%20b&page_size=2&linked_partitioning=1"
        seen = [track.urn for track in first]

    assert seen == ["soundcloud:tracks:1", "soundcloud:tracks:2", "soundcloud:tracks:3"]
    assert [request.url.query.decode() for request in server.requests] == [
        "limit=2&linked_partitioning=true&q=lofi",
        "cursor=a%20b&page_size=2&linked_partitioning=1",
        "cursor=empty",
    ]


def test_next_page_and_pages(mock_server):
    server = mock_server(page(1, next_href=f"{API}/tracks?cursor=2"), page(2))
    with client_of(server) as client:
        first = client.search.tracks("lofi")
        second = first.next_page()
        assert second is not None
        assert [track.urn for track in second.collection] == ["soundcloud:tracks:2"]
        assert second.next_page() is None
        assert [len(each.collection) for each in first.pages()] == [1, 1]

    assert repr(first) == f"<{type(first).__name__} of /tracks: 1 item, more pages follow>"
    assert repr(second) == f"<{type(first).__name__} of /tracks: 1 item, the last page>"


def test_the_items_of_all_pages_as_plain_values(mock_server):
    first = {"collection": [always_sent.TRACK], "next_href": f"{API}/tracks?cursor=2"}
    last = {"collection": [always_sent.TRACK | {"title": "Day"}], "next_href": None}
    server = mock_server(httpx.Response(200, json=first), httpx.Response(200, json=last))
    with client_of(server) as client:
        rows = client.search.tracks("lofi").to_dicts(flat=True)

    assert [(row["title"], row["user_username"]) for row in rows] == [("Night", "ada"), ("Day", "ada")]


def test_a_bare_array_is_one_page(mock_server):
    server = mock_server(httpx.Response(200, json=[{"urn": "soundcloud:tracks:1", "policy": "ALLOW"}]))
    with client_of(server) as client:
        found = client.me.get_followings_tracks()
        seen = [track for track in found]

    assert found.next_href is None
    assert [track.urn for track in seen] == ["soundcloud:tracks:1"]
    assert seen[0].extra == {"policy": "ALLOW"}
    assert found.raw == [{"urn": "soundcloud:tracks:1", "policy": "ALLOW"}]


def test_web_profiles_are_a_page_too(mock_server):
    server = mock_server(httpx.Response(200, json=[{"service": "personal", "url": "https://example.com"}]))
    with client_of(server) as client:
        profiles = client.users.get_web_profiles(1)

    assert [profile.url for profile in profiles.collection] == ["https://example.com"]
    assert profiles.next_href is None


def test_a_feed_has_a_future_link(mock_server):
    feed = {"collection": [{"type": "track", "origin": {"kind": "track", "title": "Night"}}], "future_href": f"{API}/f"}
    server = mock_server(httpx.Response(200, json=feed))
    with client_of(server) as client:
        found = client.me.get_feed()

    assert found.future_href == f"{API}/f"
    assert found.collection[0].origin.title == "Night"
    assert found.raw == feed


def test_a_link_to_another_origin_is_not_followed(mock_server):
    server = mock_server(page(1, next_href="https://http.api.prod.api-public.srv.db.s-cloud.net/tracks?cursor=2"))
    seen = []
    with client_of(server) as client:
        with pytest.raises(PaginationError, match=r"s-cloud\.net"):
            for track in client.search.tracks("lofi"):
                seen.append(track.urn)

    assert seen == ["soundcloud:tracks:1"]
    assert len(server.requests) == 1


def test_a_plain_http_link_is_followed_with_https(mock_server):
    server = mock_server(page(1, next_href="http://api.soundcloud.com/tracks?cursor=2"), page(2))
    with client_of(server) as client:
        seen = [track.urn for track in client.search.tracks("lofi")]

    assert len(seen) == 2
    assert str(server.requests[1].url) == f"{API}/tracks?cursor=2"


def test_a_repeated_link_is_an_error(mock_server):
    server = mock_server(page(1, next_href=f"{API}/tracks?cursor=2"))
    seen = []
    with client_of(server) as client:
        with pytest.raises(PaginationError, match="repeats"):
            for track in client.search.tracks("lofi"):
                seen.append(track.urn)

    assert len(seen) == 2
    assert len(server.requests) == 2


def test_too_many_empty_pages(mock_server):
    server = mock_server(*(page(next_href=f"{API}/tracks?offset={number}") for number in range(101)), page(1))
    with client_of(server) as client:
        with pytest.raises(PaginationError, match="100 pages"):
            client.fetch_all(client.search.tracks("lofi"))

    assert len(server.requests) == 100


def test_fetch_all_stops_at_max_items(mock_server):
    server = mock_server(page(1, 2, next_href=f"{API}/tracks?cursor=2"), page(3, 4))
    with client_of(server) as client:
        found = client.fetch_all(lambda: client.search.tracks("lofi"), max_items=2)
        nothing = client.fetch_all(client.search.tracks("lofi"), max_items=0)

    assert [track.urn for track in found] == ["soundcloud:tracks:1", "soundcloud:tracks:2"]
    assert nothing == []
    assert len(server.requests) == 2


def test_paginate_pages_and_items(mock_server):
    server = mock_server(
        page(1, next_href=f"{API}/tracks?cursor=2"), page(2), page(3, next_href=f"{API}/tracks?cursor=4"), page(4)
    )
    with client_of(server) as client:
        sizes = [len(each.collection) for each in client.paginate(lambda: client.search.tracks("lofi"))]
        items = [track.urn for track in client.paginate_items(client.search.tracks("lofi"))]

    assert sizes == [1, 1]
    assert items == ["soundcloud:tracks:3", "soundcloud:tracks:4"]


def links(count, size=2):
    """Return pages of `size` tracks, each with a link to the next one."""
    return [
        page(
            *range(start, start + size), next_href=f"{API}/tracks?cursor={start + size}" if start + size < count else ""
        )
        for start in range(0, count, size)
    ]


@pytest.mark.parametrize(("max_items", "requests"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (99, 3), (None, 3)])
@pytest.mark.parametrize("prefetch", [False, True])
def test_max_items_of_every_way_to_iterate(mock_server, max_items, requests, prefetch):
    def items(client):
        return [track for track in client.search.tracks("lofi", max_items=max_items).items(prefetch=prefetch)]

    def items_of_an_unlimited_page(client):
        first = client.search.tracks("lofi")
        return [track for track in first.items(max_items=max_items, prefetch=prefetch)]

    def pages(client):
        first = client.search.tracks("lofi", max_items=max_items)
        return [track for each in first.pages(prefetch=prefetch) for track in each.collection]

    def pages_of_an_unlimited_page(client):
        pages = client.paginate(lambda: client.search.tracks("lofi"), max_items=max_items, prefetch=prefetch)
        return [track for each in pages for track in each.collection]

    def paginated(client):
        pages = client.paginate_items(lambda: client.search.tracks("lofi"), max_items=max_items, prefetch=prefetch)
        return [track for track in pages]

    def collected(client):
        return client.fetch_all(lambda: client.search.tracks("lofi"), max_items=max_items, prefetch=prefetch)

    def one_by_one(client):
        found, each = [], client.search.tracks("lofi", max_items=max_items)
        while each is not None:
            found += each.collection
            each = each.next_page()
        return found

    expected = [f"soundcloud:tracks:{number}" for number in range(6 if max_items is None else min(6, max_items))]
    ways = (items, pages, pages_of_an_unlimited_page, paginated, collected, one_by_one)
    for way in ways if max_items == 0 else (*ways, items_of_an_unlimited_page):
        server = mock_server(*links(6))
        with client_of(server) as client:
            assert [track.urn for track in way(client)] == expected, way
        assert len(server.requests) == requests, way
        assert all("max_items" not in str(request.url) for request in server.requests)
        assert "limit=" not in str(server.requests[0].url if server.requests else "")


def test_the_lower_maximum_counts(mock_server):
    server = mock_server(*links(6), *links(6))
    with client_of(server) as client:
        first = client.search.tracks("lofi", max_items=3)
        assert len([track for track in first.items(max_items=5)]) == 3
        assert len([track for track in first.items(max_items=1)]) == 1
        assert len(client.fetch_all(first)) == 3
        assert repr(first).endswith(": 2 items, more pages follow>")
        assert repr(first.next_page()).endswith(": 1 item, the last page>")


def test_nothing_is_fetched_ahead_unless_it_is_asked_for():
    client = SoundCloudClient
    for way in (
        client.paginate,
        client.paginate_items,
        client.paginate_raw,
        client.fetch_all,
        Page.pages,
        Page.items,
    ):
        assert signature(way).parameters["prefetch"].default is False


def test_max_items_that_is_not_a_number_of_items(mock_server):
    server = mock_server(page(1))
    with client_of(server) as client:
        for wrong in (-1, 1.0, True, "3"):
            with pytest.raises(InvalidInputError, match=r"max_items=.*: pass a whole number, 0 or above"):
                client.search.tracks("lofi", max_items=wrong)
            with pytest.raises(InvalidInputError, match="max_items="):
                client.paginate(lambda: client.search.tracks("lofi"), max_items=wrong)
        with pytest.raises(InvalidInputError, match="the page size is 1 to 200; use max_items="):
            client.search.tracks("lofi", limit=201)

    assert server.requests == []


def test_a_page_has_no_length_and_no_index(mock_server):
    server = mock_server(page())
    with client_of(server) as client:
        found = client.search.tracks("lofi")
        with pytest.raises(TypeError, match=r"use len\(page\.collection\)"):
            len(found)
        with pytest.raises(TypeError, match=r"use page\.collection\[0\]"):
            _ = found[0]
        assert bool(found) is True
        assert [track for track in found] == []


def test_a_page_of_another_client(mock_server):
    server = mock_server(page(1))
    with client_of(server) as client, client_of(server) as other:
        found = client.search.tracks("lofi")
        with pytest.raises(InvalidInputError, match="another client"):
            other.fetch_all(found)
        with pytest.raises(InvalidInputError, match="another client"):
            other.fetch_all(lambda: found)


def test_arguments_that_are_not_pages(mock_server):
    server = mock_server(page(1))
    with client_of(server) as client:
        with pytest.raises(InvalidInputError, match="of type int, not a page"):
            client.fetch_all(3)
        with pytest.raises(InvalidInputError, match="of type str, not a page"):
            client.fetch_all(lambda: "page")
        with pytest.raises(InvalidInputError, match="max_items"):
            client.fetch_all(client.search.tracks("lofi"), max_items=-1)


def test_errors_of_the_first_page_are_raised(mock_server):
    server = mock_server(httpx.Response(404, json={}))
    with client_of(server) as client:
        with pytest.raises(NotFoundError):
            client.users.get_tracks(1)


@pytest.mark.parametrize("prefetch", [False, True])
def test_an_iterator_that_tasks_share_yields_every_item_once(prefetch):
    def handle(request):
        requests.append(request.url)
        sleep(0.002)
        number = int(request.url.params.get("page", 0))
        page = {"collection": [{"urn": f"soundcloud:tracks:{number * 5 + item}"} for item in range(5)]}
        if number < 19:
            page["next_href"] = f"https://api.soundcloud.com/tracks?page={number + 1}"
        return httpx.Response(200, json=page)

    requests, urns, pages = [], [], []

    def collect_items(_):
        for track in shared_items:
            urns.append(track.urn)

    def collect_pages(_):
        for page in shared_pages:
            pages.append(page.url)

    with SoundCloudClient(access_token="own", transport=httpx.MockTransport(handle)) as client:
        shared_items = client.search.tracks("x").items(prefetch=prefetch)
        map_concurrently(collect_items, list(range(8)), 8)
        shared_pages = client.paginate(client.search.tracks("x"), prefetch=prefetch)
        map_concurrently(collect_pages, list(range(8)), 8)

    assert len(urns) == len(set(urns)) == 100
    assert len(pages) == len(set(pages)) == 20
    assert len(requests) == 40
