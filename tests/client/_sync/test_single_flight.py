"""Request deduplication: concurrent equal requests are sent once, and each caller gets its own objects."""

import httpx
import pytest

from soundcloud import SoundCloudClient, NotFoundError, Timeout
from soundcloud._concurrency import map_concurrently
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.anyio

TRACK = {"urn": "soundcloud:tracks:1", "title": "Night", "user": {"urn": "soundcloud:users:1"}}
API = "https://api.soundcloud.com"


class HoldingServer:
    """Holds its responses until each of the expected calls has sent a request or waits for the response of another.

    Attributes:
        expected: How many calls are expected so far.
        waiting: How many calls waited for the response of another so far.
    """

    def __init__(self, status=200):
        self.status = status
        self.requests = []
        self.expected = self.waiting = 0

    def handle(self, request):
        self.requests.append(request)
        wait_until(lambda: len(self.requests) + self.waiting >= self.expected)
        user = request.headers["authorization"].removeprefix("OAuth ")
        if request.url.path == "/me":
            return httpx.Response(self.status, json={"username": user})
        if request.method != "GET":
            return httpx.Response(200, json={"status": "200 - OK"})
        if "cursor" in request.url.query.decode() or request.url.path == "/tracks":
            return httpx.Response(200, json={"collection": [TRACK], "next_href": f"{API}/tracks?cursor=2"})
        return httpx.Response(self.status, json=TRACK | {"description": user})

    def client(self, **settings):
        transport = httpx.MockTransport(self.handle)
        client = SoundCloudClient(access_token="own", transport=transport, **settings)
        calls = client._pipeline.state.in_flight_calls.get()
        enter = calls.enter

        def count_waiting(key):
            in_flight, finished = enter(key)
            self.waiting += finished is not None
            return in_flight, finished

        calls.enter = count_waiting
        return client

    def call(self, count, call):
        """Make calls concurrently; return their results and NotFoundErrors."""
        self.expected += count
        results = [None] * count

        def work(number):
            try:
                results[number] = call(number)
            except NotFoundError as error:
                results[number] = error

        map_concurrently(work, list(range(count)), count)
        return results


def test_one_request_and_separate_objects():
    server, telemetry = HoldingServer(), []
    with server.client(on_request=telemetry.append) as client:
        tracks = server.call(8, lambda _: client.tracks.get_track(1))
        client.tracks.get_track(1)

    assert len(server.requests) == 2
    assert all(track == tracks[0] for track in tracks)
    assert len({id(track) for track in tracks}) == len({id(track.user) for track in tracks}) == 8
    assert sorted(seen.deduplicated for seen in telemetry) == [False] * 2 + [True] * 7
    assert {seen.status for seen in telemetry} == {200}


def test_each_caller_gets_a_copy_of_the_error():
    server = HoldingServer(404)
    with server.client() as client:
        errors = server.call(5, lambda _: client.tracks.get_track(1))

    assert len(server.requests) == 1
    assert len({id(error) for error in errors}) == 5
    assert {str(error) for error in errors} == {str(errors[0])}
    assert all(isinstance(error, NotFoundError) for error in errors)


def test_requests_are_deduplicated_per_token():
    server = HoldingServer()
    with server.client() as client:
        found = server.call(12, lambda number: client.me.get_me(token=("ada", "bob", None)[number % 3]))

    assert [me.username for me in found] == ["ada", "bob", "own"] * 4
    assert len(server.requests) == 3


def test_different_requests_are_not_deduplicated():
    server = HoldingServer()
    with server.client() as client:
        server.call(2, lambda number: client.tracks.get_track(1, secret_token=("s-a", "s-b")[number]))
        server.call(2, lambda number: client.tracks.get_track(number + 1))

    assert len(server.requests) == 4


def test_writes_raw_requests_and_next_pages_are_not_deduplicated():
    server = HoldingServer()
    with server.client() as client:
        server.call(2, lambda _: client.likes.like_track(1))
        server.call(2, lambda _: client.raw.get("/tracks/1"))
        assert len(server.requests) == 4
        page = client.search.tracks("lofi")
        server.expected += 1
        server.call(2, lambda _: page.next_page())

    assert len(server.requests) == 7


def test_deduplication_can_be_turned_off():
    server = HoldingServer()
    with server.client(dedupe=False) as client:
        server.call(3, lambda _: client.tracks.get_track(1))
    with server.client() as client:
        separate = client.with_options(dedupe=False)
        server.call(3, lambda _: separate.tracks.get_track(1))

    assert len(server.requests) == 6


def test_waiting_calls_with_a_deadline():
    server = HoldingServer()
    with server.client(timeout=Timeout(total=20)) as client:
        tracks = server.call(3, lambda _: client.tracks.get_track(1))

    assert len(server.requests) == 1
    assert {track.title for track in tracks} == {"Night"}


def test_a_new_token_gets_its_own_response():
    server, changed = HoldingServer(), []
    with server.client() as client:

        def call(number):
            if number < 3:
                return (client.me.get_me()).username
            wait_until(lambda: server.waiting >= 2)
            if number == 3:
                client.set_token("other")
                changed.append(True)
            else:
                wait_until(lambda: changed)
            return (client.me.get_me()).username

        found = server.call(6, call)

    assert found == ["own", "own", "own", "other", "other", "other"]
    assert len(server.requests) == 2


def test_a_read_after_a_write_does_not_get_an_older_response():
    titles, held = ["Old"], []

    def handle(request):
        if request.method == "PUT":
            titles.append("New")
            return httpx.Response(200, json=TRACK | {"title": titles[-1]})
        title = titles[-1]
        if not held:
            held.append(request)
            wait_until(lambda: len(held) == 2)
        return httpx.Response(200, json=TRACK | {"title": title})

    found = {}
    with SoundCloudClient(access_token="own", transport=httpx.MockTransport(handle)) as client:

        def work(number):
            if number == 0:
                found["before"] = (client.tracks.get_track(1)).title
                return
            wait_until(lambda: held)
            client.with_options(dedupe=False).tracks.update(1, title="New")
            found["after"] = (client.tracks.get_track(1)).title
            held.append(None)

        map_concurrently(work, [0, 1], 2)

    assert found == {"before": "Old", "after": "New"}


@pytest.mark.parametrize(
    "options", [{"max_retries": 0}, {"timeout": Timeout(total=20)}, {"max_response_bytes": 1000}], ids=str
)
def test_calls_with_other_limits_are_not_deduplicated(options):
    server = HoldingServer()
    with server.client() as client:
        other = client.with_options(**options)
        same = client.with_options(user_agent="other")
        clients = (client, other, same)
        server.call(3, lambda number: clients[number].tracks.get_track(1))

    assert len(server.requests) == 2


def test_each_caller_captures_the_response_of_an_error():
    server = HoldingServer(404)
    with server.client() as client:
        with client.capture_responses() as responses:
            server.call(3, lambda _: client.tracks.get_track(1))

    assert len(server.requests) == 1
    assert [response.status for response in responses] == [404] * 3
