"""`client.map`: batches, order, concurrency and errors; and prefetching of pages."""

import time

import httpx
import pytest

from soundcloud import SoundCloudClient, InvalidInputError, NotFoundError, PaginationError, ServerError
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.anyio

API = "https://api.soundcloud.com"
MISSING = {7, 301}


class Server:
    """Serves tracks and users, single and in batches.

    Attributes:
        overlap: How many requests must have arrived before the first response.
        peak: The largest number of concurrent requests.
    """

    def __init__(self, *, batches=True, overlap=1):
        self.requests, self.current, self.peak = [], 0, 0
        self.batches, self.overlap = batches, overlap

    def handle(self, request):
        self.requests.append(request)
        self.current += 1
        self.peak = max(self.peak, self.current)
        wait_until(lambda: len(self.requests) >= self.overlap)
        self.current -= 1
        if request.url.path in {"/tracks", "/users"}:
            if not self.batches:
                return httpx.Response(500)
            urns = request.url.params["urns"].split(",")
            found = [{"urn": urn} for urn in reversed(urns) if int(urn.split(":")[2]) not in MISSING]
            return httpx.Response(200, json={"collection": found})
        urn = request.url.path.split("/")[2]
        if int(urn.split(":")[2]) in MISSING:
            return httpx.Response(404, json={"code": 404})
        return httpx.Response(200, json={"urn": urn, "title": "one"})

    def client(self, **settings):
        return SoundCloudClient(access_token="own", transport=httpx.MockTransport(self.handle), **settings)


def test_tracks_are_fetched_in_batches_and_returned_in_order():
    server = Server()
    with server.client() as client:
        numbers = [*range(1, 451), 3, "soundcloud:tracks:5"]
        results = client.map(client.tracks.get_track, numbers)

    assert [result.item for result in results] == numbers
    assert [result.item for result in results if not result.ok] == [7, 301]
    assert isinstance(results[6].error, NotFoundError)
    assert [result.value.urn for result in results[-2:]] == ["soundcloud:tracks:3", "soundcloud:tracks:5"]
    assert len(server.requests) == 3 + 2
    with pytest.raises(NotFoundError):
        results[6].result()
    assert results[0].result().urn == "soundcloud:tracks:1"


def test_users_are_fetched_in_batches():
    server = Server()
    with server.client() as client:
        results = client.map(client.users.get_user, range(1, 4))

    assert [result.value.urn for result in results] == [f"soundcloud:users:{number}" for number in (1, 2, 3)]
    assert [request.url.path for request in server.requests] == ["/users"]


def test_a_failed_batch_is_fetched_one_by_one():
    server = Server(batches=False)
    with server.client() as client:
        results = client.map(client.tracks.get_track, [1, 2, "no track"])

    assert [result.ok for result in results] == [True, True, False]
    assert isinstance(results[2].error, InvalidInputError)


def test_concurrency_is_limited():
    server = Server(overlap=4)
    with server.client() as client:
        results = client.map(lambda number: client.tracks.get_track(number), range(1, 31), concurrency=4)

    assert len(server.requests) == 30
    assert server.peak == 4
    assert [result.ok for result in results].count(False) == 1


def test_other_exceptions_are_raised():
    def fail(number):
        raise ZeroDivisionError

    with Server().client() as client:
        with pytest.raises(ZeroDivisionError):
            client.map(fail, [1, 2, 3])


def test_no_items_and_invalid_concurrency():
    with Server().client() as client:
        assert client.map(client.tracks.get_track, []) == []
        for concurrency in (0, 1001, True, 1.5):
            with pytest.raises(InvalidInputError, match="concurrency="):
                client.map(client.tracks.get_track, [1], concurrency=concurrency)


class Pages:
    """Serves a list of pages.

    Attributes:
        requested: The numbers of the requested pages.
    """

    def __init__(self, count, *, failing=None, repeating=False):
        self.count, self.failing, self.repeating = count, failing, repeating
        self.requested = []

    def handle(self, request):
        number = int(request.url.params.get("cursor", 1))
        self.requested.append(number)
        if number == self.failing:
            return httpx.Response(500)
        following = 1 if self.repeating and number == self.count else number + 1
        link = f"{API}/tracks?cursor={following}" if following <= self.count else None
        return httpx.Response(200, json={"collection": [{"urn": f"soundcloud:tracks:{number}"}], "next_href": link})

    def client(self):
        return SoundCloudClient(access_token="own", transport=httpx.MockTransport(self.handle))


def test_the_next_page_is_prefetched():
    server = Pages(3)
    with server.client() as client:
        seen = []
        for page in client.paginate(lambda: client.search.tracks("lofi"), prefetch=True):
            wait_until(lambda: len(server.requested) == min(len(seen) + 2, 3))
            seen.append((page.collection[0].urn, list(server.requested)))

    assert seen == [
        ("soundcloud:tracks:1", [1, 2]),
        ("soundcloud:tracks:2", [1, 2, 3]),
        ("soundcloud:tracks:3", [1, 2, 3]),
    ]


def test_prefetching_starts_before_the_caller_blocks_the_event_loop():
    server = Pages(3)
    with server.client() as client:
        pages = client.paginate(lambda: client.search.tracks("lofi"), prefetch=True)
        next(pages)
        end = time.monotonic() + 5
        while len(server.requested) < 2 and time.monotonic() < end:
            pass
        assert server.requested == [1, 2]
        next(pages)
        assert [track.urn for page in pages for track in page.collection] == ["soundcloud:tracks:3"]


def test_every_pagination_method_can_prefetch():
    server = Pages(4)
    with server.client() as client:
        page = client.search.tracks("lofi")
        urns = [track.urn for track in page.items(prefetch=True)]
        assert [track.urn for track in client.paginate_items(page, prefetch=True)] == urns
        assert [track.urn for track in client.fetch_all(page, prefetch=True)] == urns
        assert len([each for each in page.pages(prefetch=True)]) == 4

    assert urns == [f"soundcloud:tracks:{number}" for number in (1, 2, 3, 4)]


def test_a_prefetch_error_is_raised_at_its_page():
    server = Pages(4, failing=3)
    with server.client() as client:
        tracks, seen = (client.search.tracks("lofi")).items(prefetch=True), []
        with pytest.raises(ServerError):
            for track in tracks:
                seen.append(track.urn)

    assert seen == ["soundcloud:tracks:1", "soundcloud:tracks:2"]


def test_a_repeated_link_is_an_error_when_prefetching():
    server = Pages(2, repeating=True)
    with server.client() as client:
        seen = []
        with pytest.raises(PaginationError, match="repeats"):
            for track in client.paginate_items(lambda: client.search.tracks("lofi"), prefetch=True):
                seen.append(track.urn)

    assert len(seen) == 3


def test_leaving_the_loop_ends_the_prefetch():
    server = Pages(50)
    with server.client() as client:
        for _ in client.paginate_items(lambda: client.search.tracks("lofi"), prefetch=True):
            break
        wait_until(lambda: not client._pipeline.state.running_tasks)

    assert len(server.requested) <= 2
