"""`client.map`: batches, order, concurrency and errors; and prefetching of pages."""

import pickle
import time

import httpx
import pytest

from soundcloud import (
    SoundCloudClient,
    Failure,
    InvalidGrantError,
    InvalidInputError,
    NotFoundError,
    NotStartedError,
    PaginationError,
    QuotaExceededError,
    RateLimitError,
    Retry,
    ServerError,
    SpamWarningError,
    SubscriptionRequiredError,
    Success,
)
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
    assert results[0].result().urn == "soundcloud:tracks:1"


def test_users_are_fetched_in_batches_of_a_page_each():
    server = Server()
    with server.client() as client:
        results = client.map(client.users.get_user, [1, 2])

    assert [result.value.urn for result in results] == ["soundcloud:users:1", "soundcloud:users:2"]
    assert [str(request.url.params) for request in server.requests] == [
        "limit=2&linked_partitioning=true&urns=soundcloud%3Ausers%3A1%2Csoundcloud%3Ausers%3A2"
    ]


@pytest.mark.parametrize(("numbers", "paths"), [([1], ["/tracks/soundcloud:tracks:1"]), ([1, 2], ["/tracks"])])
def test_two_items_are_a_batch(numbers, paths):
    server = Server()
    with server.client() as client:
        results = client.map(client.tracks.get_track, numbers)

    assert [result.ok for result in results] == [True] * len(numbers)
    assert [request.url.path for request in server.requests] == paths


def test_an_outcome_has_a_value_or_an_error():
    with Server().client() as client:
        good, bad = client.map(client.tracks.get_track, [1, 7])

    assert (good, good.value is good.result(), good.error) == (Success(1, good.value), True, None)
    assert repr(Success(1, "one")) == "Success(item=1, value='one')"
    assert repr(bad).startswith("Failure(item=7, error=NotFoundError(")
    for read in (lambda: bad.value, bad.result):
        with pytest.raises(NotFoundError) as caught:
            read()
        assert caught.value is bad.error
    assert pickle.loads(pickle.dumps(bad)).error.status == 404
    match good:
        case Failure():
            pytest.fail("this is a success")
        case Success(item, track):
            assert (item, track.urn) == (1, "soundcloud:tracks:1")


def test_items_that_are_not_tracks_do_not_stop_the_batch():
    server = Server()
    with server.client() as client:
        results = client.map(client.tracks.get_track, [1, "not a track", 2, 3])

    assert [result.ok for result in results] == [True, False, True, True]
    assert isinstance(results[1].error, InvalidInputError)
    assert [request.url.path for request in server.requests] == ["/tracks"]


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


def test_nothing_is_prefetched_by_default():
    server = Pages(3)
    with server.client() as client:
        page = client.search.tracks("lofi")
        iterators = [
            *(page.pages(), page.items(), page, client.paginate(page), client.paginate_items(page)),
            *(client.paginate(lambda: client.search.tracks("lofi")), client.search.tracks("lofi")),
        ]
        for iterator in iterators:
            for _ in iterator:
                break

    assert set(server.requested) == {1}


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


class LimitedServer:
    """Accepts some likes, then refuses."""

    def __init__(self, accepted, response):
        self.accepted, self.response = accepted, response
        self.requests = 0
        self.refused = 0

    def handle(self, request):
        self.requests += 1
        if self.requests > self.accepted:
            self.refused += 1
            return self.response(self)
        return httpx.Response(200)

    def client(self, **settings):
        return SoundCloudClient(
            "id", "secret", access_token="own", transport=httpx.MockTransport(self.handle), **settings
        )


LIMIT = {"meta": {"rate_limit": {"name": "plays", "max_nr_of_requests": 1, "time_window": "PT24H"}}}


@pytest.mark.parametrize(
    ("status", "body", "cls"),
    [
        (429, {"spam_warning_urn": "soundcloud:spam-warnings:1"}, SpamWarningError),
        (429, {"errors": [LIMIT]}, QuotaExceededError),
        (403, {"message": "A subscription is required"}, SubscriptionRequiredError),
        (429, {"message": "Too many requests"}, RateLimitError),
    ],
)
def test_an_error_that_would_repeat_stops_the_other_calls(status, body, cls):
    server = LimitedServer(10, lambda _: httpx.Response(status, json=body))
    progress = []
    with server.client(max_retries=0) as client:
        results = client.map(
            client.likes.like_track, range(1, 61), concurrency=4, on_progress=lambda *numbers: progress.append(numbers)
        )

    assert 11 <= server.requests <= 14
    errors = [result.error for result in results if not result.ok]
    assert len(errors) == 50
    assert sum(type(error) is cls for error in errors) == server.refused
    not_started = [error for error in errors if isinstance(error, NotStartedError)]
    assert len(not_started) == 50 - server.refused
    assert all(type(error.reason) is cls for error in not_started)
    assert progress == [(number, 60) for number in range(1, 61)]
    assert [result.item for result in results] == list(range(1, 61))


def test_a_refused_refresh_token_stops_the_other_calls():
    def refuse(item):
        calls.append(item)
        raise InvalidGrantError("HTTP 400: invalid_grant")

    calls = []
    with SoundCloudClient(access_token="own") as client:
        results = client.map(refuse, range(9), concurrency=1)

    assert calls == [0]
    assert [type(result.error) for result in results] == [InvalidGrantError] + [NotStartedError] * 8
    assert "InvalidGrantError of another item" in str(results[1].error)


def test_a_quota_error_of_a_batch_stops_the_calls_for_its_items():
    server = LimitedServer(0, lambda _: httpx.Response(429, json={"errors": [LIMIT]}))
    with server.client(max_retries=0) as client:
        results = client.map(client.tracks.get_track, range(1, 401), concurrency=1)

    assert server.requests == 1
    assert [type(result.error) for result in results] == [QuotaExceededError] * 200 + [NotStartedError] * 200


@pytest.mark.usefixtures("retrying")
def test_a_429_pauses_the_whole_client_once():
    class Server(LimitedServer):
        def handle(self, request):
            if self.requests >= self.accepted and time.monotonic() < self.resets_at:
                self.refused += 1
                return httpx.Response(429, headers={"Retry-After": "1"})
            self.requests += 1
            if self.requests == self.accepted:
                self.resets_at = time.monotonic() + 0.9
            return httpx.Response(200)

    server = Server(10, None)
    with server.client() as client:
        results = client.map(client.likes.like_track, range(1, 61), concurrency=4)

    assert [result.error for result in results if not result.ok] == []
    assert 1 <= server.refused <= 4


def test_a_429_that_outlasts_the_retries_stops_the_other_calls():
    server = LimitedServer(10, lambda _: httpx.Response(429))
    with server.client(retry=Retry(base_delay=0.001)) as client:
        results = client.map(client.likes.like_track, range(1, 61), concurrency=4)

    assert server.requests <= 10 + 4 * 4
    assert sum(result.ok for result in results) == 10
    assert [type(result.error) for result in results[14:]] == [NotStartedError] * 46


def test_outcomes_are_yielded_as_they_finish():
    def work(item):
        wait_until(lambda: item == 3 or released)
        return item * 10

    released = []
    with SoundCloudClient(access_token="own") as client:
        outcomes = client.map_completed(work, [1, 2, 3], concurrency=3)
        first = next(outcomes)
        released.append(True)
        rest = [outcome for outcome in outcomes]

    assert (first.item, first.value) == (3, 30)
    assert sorted(outcome.value for outcome in rest) == [10, 20]


def test_map_completed_raises_errors_of_the_method_and_of_the_arguments():
    def work(item):
        raise ZeroDivisionError

    with SoundCloudClient(access_token="own") as client:
        with pytest.raises(ZeroDivisionError):
            [outcome for outcome in client.map_completed(work, [1])]
        with pytest.raises(InvalidInputError, match="concurrency=0"):
            client.map_completed(work, [1], concurrency=0)
        with pytest.raises(InvalidInputError, match="on_progress"):
            client.map(work, [1], on_progress=3)


def test_stopping_early_starts_no_further_calls():
    calls = []
    with SoundCloudClient(access_token="own") as client:
        outcomes = client.map_completed(calls.append, range(100_000), concurrency=1)
        next(outcomes)
        outcomes.close()
        started = len(calls)
        wait_until(lambda: True)
        assert len(calls) == started < 100_000
