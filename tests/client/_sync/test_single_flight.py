"""The same call several times at once: sent once, and for each caller as if it were its own."""

import httpx
import pytest

from soundcloud import SoundCloudClient, NotFoundError, Timeout
from soundcloud._concurrency import map_concurrently
from soundcloud._synchronization import sleep

pytestmark = pytest.mark.anyio

TRACK = {"urn": "soundcloud:tracks:1", "title": "Night", "user": {"urn": "soundcloud:users:1"}}
API = "https://api.soundcloud.com"


class Slow:
    """A server that takes its time, and says whose call it answers."""

    def __init__(self, status=200, seconds=0.5):
        self.status, self.seconds = status, seconds
        self.requests = []

    def handle(self, request):
        self.requests.append(request)
        sleep(self.seconds)
        whose = request.headers["authorization"].removeprefix("OAuth ")
        if request.url.path == "/me":
            return httpx.Response(self.status, json={"username": whose})
        if request.method != "GET":
            return httpx.Response(200, json={"status": "200 - OK"})
        if "cursor" in request.url.query.decode() or request.url.path == "/tracks":
            return httpx.Response(200, json={"collection": [TRACK], "next_href": f"{API}/tracks?cursor=2"})
        return httpx.Response(self.status, json=TRACK | {"description": whose})

    def client(self, **settings):
        return SoundCloudClient(access_token="own", transport=httpx.MockTransport(self.handle), **settings)


def together(count, call):
    """What came of so many calls at once."""
    found = [None] * count

    def work(number):
        try:
            found[number] = call(number)
        except NotFoundError as error:
            found[number] = error

    map_concurrently(work, list(range(count)), count)
    return found


def test_one_request_for_all_and_objects_of_their_own():
    server, telemetry = Slow(), []
    with server.client(on_request=telemetry.append) as client:
        tracks = together(8, lambda _: client.tracks.get_track(1))
        client.tracks.get_track(1)

    assert len(server.requests) == 2
    assert all(track == tracks[0] for track in tracks)
    assert len({id(track) for track in tracks}) == len({id(track.user) for track in tracks}) == 8
    assert sorted(seen.deduplicated for seen in telemetry) == [False] * 2 + [True] * 7
    assert {seen.status for seen in telemetry} == {200}


def test_an_error_is_for_all_and_each_has_its_own():
    server = Slow(404)
    with server.client() as client:
        errors = together(5, lambda _: client.tracks.get_track(1))

    assert len(server.requests) == 1
    assert len({id(error) for error in errors}) == 5
    assert {str(error) for error in errors} == {str(errors[0])}
    assert all(isinstance(error, NotFoundError) for error in errors)


def test_each_token_has_its_own():
    server = Slow()
    with server.client() as client:
        found = together(12, lambda number: client.me.get_me(token=("ada", "bob", None)[number % 3]))

    assert [me.username for me in found] == ["ada", "bob", "own"] * 4
    assert len(server.requests) == 3


def test_what_differs_is_not_joined():
    server = Slow()
    with server.client() as client:
        together(2, lambda number: client.tracks.get_track(1, secret_token=("s-a", "s-b")[number]))
        together(2, lambda number: client.tracks.get_track(number + 1))

    assert len(server.requests) == 4


def test_writes_raw_calls_and_further_pages_are_never_joined():
    server = Slow()
    with server.client() as client:
        together(2, lambda _: client.likes.like_track(1))
        together(2, lambda _: client.raw.get("/tracks/1"))
        assert len(server.requests) == 4
        page = client.search.tracks("lofi")
        together(2, lambda _: page.next_page())

    assert len(server.requests) == 7


def test_it_can_be_switched_off():
    server = Slow()
    with server.client(dedupe=False) as client:
        together(3, lambda _: client.tracks.get_track(1))
    with server.client() as client:
        apart = client.with_options(dedupe=False)
        together(3, lambda _: apart.tracks.get_track(1))

    assert len(server.requests) == 6


def test_those_who_wait_have_a_deadline_too():
    server = Slow()
    with server.client(timeout=Timeout(total=5)) as client:
        tracks = together(3, lambda _: client.tracks.get_track(1))

    assert len(server.requests) == 1
    assert {track.title for track in tracks} == {"Night"}


def test_a_token_that_changes_meanwhile_gives_nobody_the_wrong_data():
    server = Slow()
    with server.client() as client:

        def call(number):
            if number == 0:
                sleep(0.15)
                client.set_token("other")
            elif number > 3:
                sleep(0.3)
            return None if number == 0 else (client.me.get_me()).username

        found = together(7, call)

    assert found == [None, "own", "own", "own", "other", "other", "other"]
    assert len(server.requests) == 2
