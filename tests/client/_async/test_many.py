"""Many items at once, and pages that are fetched ahead."""

import time

import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, InvalidInputError, NotFoundError, PaginationError, ServerError
from soundcloud._synchronization import async_sleep

pytestmark = pytest.mark.anyio

API = "https://api.soundcloud.com"
MISSING = {7, 301}


class Server:
    """Tracks by their numbers, one and many; it knows how many calls were under way at most."""

    def __init__(self, *, batches=True):
        self.requests, self.now, self.most, self.batches = [], 0, 0, batches

    async def handle(self, request):
        self.requests.append(request)
        self.now += 1
        self.most = max(self.most, self.now)
        await async_sleep(0.005)
        self.now -= 1
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
        return AsyncSoundCloudClient(access_token="own", transport=httpx.MockTransport(self.handle), **settings)


async def test_by_the_batch_in_order_with_errors_in_their_place():
    server = Server()
    async with server.client() as client:
        numbers = [*range(1, 451), 3, "soundcloud:tracks:5"]
        outcomes = await client.map(client.tracks.get_track, numbers)

    assert [outcome.item for outcome in outcomes] == numbers
    assert [outcome.item for outcome in outcomes if not outcome.ok] == [7, 301]
    assert isinstance(outcomes[6].error, NotFoundError)
    assert [outcome.value.urn for outcome in outcomes[-2:]] == ["soundcloud:tracks:3", "soundcloud:tracks:5"]
    assert len(server.requests) == 3 + 2
    with pytest.raises(NotFoundError):
        outcomes[6].result()
    assert outcomes[0].result().urn == "soundcloud:tracks:1"


async def test_users_too():
    server = Server()
    async with server.client() as client:
        outcomes = await client.map(client.users.get_user, range(1, 4))

    assert [outcome.value.urn for outcome in outcomes] == [f"soundcloud:users:{number}" for number in (1, 2, 3)]
    assert [request.url.path for request in server.requests] == ["/users"]


async def test_a_batch_that_fails_is_asked_for_one_by_one():
    server = Server(batches=False)
    async with server.client() as client:
        outcomes = await client.map(client.tracks.get_track, [1, 2, "no track"])

    assert [outcome.ok for outcome in outcomes] == [True, True, False]
    assert isinstance(outcomes[2].error, InvalidInputError)


async def test_one_by_one_and_so_many_at_a_time():
    server = Server()
    async with server.client() as client:
        outcomes = await client.map(lambda number: client.tracks.get_track(number), range(1, 31), concurrency=4)

    assert len(server.requests) == 30
    assert 1 < server.most <= 4
    assert [outcome.ok for outcome in outcomes].count(False) == 1


async def test_what_is_no_error_of_ours_ends_it():
    async def fail(number):
        raise ZeroDivisionError

    async with Server().client() as client:
        with pytest.raises(ZeroDivisionError):
            await client.map(fail, [1, 2, 3])


async def test_nothing_and_a_wrong_number():
    async with Server().client() as client:
        assert await client.map(client.tracks.get_track, []) == []
        for concurrency in (0, 1001, True, 1.5):
            with pytest.raises(InvalidInputError, match="concurrency="):
                await client.map(client.tracks.get_track, [1], concurrency=concurrency)


class Pages:
    """A list of pages; it knows when each was asked for."""

    def __init__(self, count, *, failing=None, repeating=False):
        self.count, self.failing, self.repeating = count, failing, repeating
        self.asked = []

    def handle(self, request):
        number = int(request.url.params.get("cursor", 1))
        self.asked.append(number)
        if number == self.failing:
            return httpx.Response(500)
        following = 1 if self.repeating and number == self.count else number + 1
        link = f"{API}/tracks?cursor={following}" if following <= self.count else None
        return httpx.Response(200, json={"collection": [{"urn": f"soundcloud:tracks:{number}"}], "next_href": link})

    def client(self):
        return AsyncSoundCloudClient(access_token="own", transport=httpx.MockTransport(self.handle))


async def test_the_next_page_is_fetched_while_this_one_is_worked_on():
    server = Pages(3)
    async with server.client() as client:
        seen = []
        async for page in client.paginate(lambda: client.search.tracks("lofi"), prefetch=True):
            await async_sleep(0.05)
            seen.append((page.collection[0].urn, list(server.asked)))

    assert seen == [
        ("soundcloud:tracks:1", [1, 2]),
        ("soundcloud:tracks:2", [1, 2, 3]),
        ("soundcloud:tracks:3", [1, 2, 3]),
    ]


async def test_the_next_page_is_asked_for_before_somebody_works_without_a_pause():
    server = Pages(3)
    async with server.client() as client:
        walk = client.paginate(lambda: client.search.tracks("lofi"), prefetch=True)
        await anext(walk)
        end = time.monotonic() + 5
        while len(server.asked) < 2 and time.monotonic() < end:
            pass
        assert server.asked == [1, 2]
        await anext(walk)
        assert [track.urn async for page in walk for track in page.collection] == ["soundcloud:tracks:3"]


async def test_every_way_to_walk_can_fetch_ahead():
    server = Pages(4)
    async with server.client() as client:
        page = await client.search.tracks("lofi")
        urns = [track.urn async for track in page.items(prefetch=True)]
        assert [track.urn async for track in client.paginate_items(page, prefetch=True)] == urns
        assert [track.urn for track in await client.fetch_all(page, prefetch=True)] == urns
        assert len([each async for each in page.pages(prefetch=True)]) == 4

    assert urns == [f"soundcloud:tracks:{number}" for number in (1, 2, 3, 4)]


async def test_what_fails_ahead_is_raised_when_it_is_its_turn():
    server = Pages(4, failing=3)
    async with server.client() as client:
        walk, seen = (await client.search.tracks("lofi")).items(prefetch=True), []
        with pytest.raises(ServerError):
            async for track in walk:
                seen.append(track.urn)

    assert seen == ["soundcloud:tracks:1", "soundcloud:tracks:2"]


async def test_a_link_that_repeats_is_an_error_ahead_too():
    server = Pages(2, repeating=True)
    async with server.client() as client:
        seen = []
        with pytest.raises(PaginationError, match="repeats"):
            async for track in client.paginate_items(lambda: client.search.tracks("lofi"), prefetch=True):
                seen.append(track.urn)

    assert len(seen) == 3


async def test_who_leaves_early_leaves_nothing_behind():
    server = Pages(50)
    async with server.client() as client:
        async for _ in client.paginate_items(lambda: client.search.tracks("lofi"), prefetch=True):
            break
        await async_sleep(0.05)
        assert not client._pipeline.state.running_tasks

    assert len(server.asked) <= 2
