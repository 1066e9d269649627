"""What is known of a response: of a page, and of the calls of a block."""

from datetime import UTC, datetime

import httpx
import pytest

from soundcloud import (
    SoundCloudClient,
    ConnectionFailedError,
    InvalidInputError,
    NotFoundError,
    RateLimit,
    ResponseInfo,
    Retry,
)
from soundcloud._concurrency import map_concurrently
from soundcloud.caches import MemoryCache

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("retrying")]

API = "https://api.soundcloud.com"
HEADERS = {
    "x-request-id": "r1",
    "x-ratelimit-limit": "100",
    "x-ratelimit-remaining": "99",
    "x-ratelimit-reset": "1795867200",
    "set-cookie": "session=secret-cookie",
    "location": f"{API}/tracks/1?secret_token=s-AbC",
}
TRACK = httpx.Response(200, json={"urn": "soundcloud:tracks:1"}, headers={"x-request-id": "t"})


def client_of(server, **settings):
    return SoundCloudClient(access_token="own", transport=server.transport, **settings)


def test_the_response_of_each_page(mock_server):
    first = {"collection": [{"urn": "soundcloud:tracks:1"}], "next_href": f"{API}/tracks?cursor=2"}
    server = mock_server(
        httpx.Response(200, json=first, headers=HEADERS),
        httpx.Response(200, json={"collection": []}, headers={"x-request-id": "r2"}),
    )
    with client_of(server) as client:
        pages = [page for page in client.search.tracks("lofi").pages(max_items=5)]

    info = pages[0].response
    assert isinstance(info, ResponseInfo)
    assert (info.method, info.path, info.status, info.request_id, info.cached) == ("GET", "/tracks", 200, "r1", False)
    assert info.rate_limit == RateLimit(maximum=100, remaining=99, resets_at=datetime(2026, 11, 28, 12, 0, tzinfo=UTC))
    assert info.headers["location"] == f"{API}/tracks/1?secret_token=***"
    assert "set-cookie" not in info.headers
    assert "own" not in repr(info)
    assert (pages[1].response.request_id, pages[1].response.rate_limit) == ("r2", None)


def test_a_page_without_a_response(mock_server):
    server = mock_server(TRACK)
    with client_of(server) as client:
        page = client.search.tracks("lofi", max_items=0)
        with pytest.raises(InvalidInputError, match="nothing was requested"):
            _ = page.response

    assert server.requests == []


@pytest.mark.parametrize(
    ("limit", "remaining", "reset", "found"),
    [
        ("-1", "0", "0", None),
        ("0", "0", "0", None),
        ("many", "1", "2", None),
        ("60", "0", "0", RateLimit(maximum=60, remaining=0)),
        ("60", "x", "30", RateLimit(maximum=60)),
        ("60", "1", "9" * 20, RateLimit(maximum=60, remaining=1)),
    ],
)
def test_rate_limits_that_are_reported(mock_server, limit, remaining, reset, found):
    headers = {"x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}
    server = mock_server(httpx.Response(200, json={"collection": []}, headers=headers))
    with client_of(server) as client:
        page = client.search.tracks("lofi")

    assert page.response.rate_limit == found


def test_the_responses_of_a_block(mock_server):
    missing = httpx.Response(404, json={}, headers={"x-request-id": "m"})
    server = mock_server(TRACK, httpx.Response(503, json={}), TRACK, missing, httpx.ReadError("reset"), TRACK)
    with client_of(server, retry=Retry(max_retries=1, base_delay=0)) as client:
        with client.capture_responses() as responses:
            client.tracks.get_track(1)
            client.with_options(dedupe=False).tracks.get_track(2)
            with pytest.raises(NotFoundError):
                client.tracks.get_track(3)
            with pytest.raises(ConnectionFailedError):
                client.with_options(max_retries=0).tracks.get_track(4)
        client.tracks.get_track(5)

    assert [(info.path, info.status, info.request_id) for info in responses] == [
        ("/tracks/soundcloud:tracks:1", 200, "t"),
        ("/tracks/soundcloud:tracks:2", 200, "t"),
        ("/tracks/soundcloud:tracks:3", 404, "m"),
    ]


def test_blocks_within_blocks_and_other_clients(mock_server):
    server = mock_server(TRACK)
    with client_of(server, cache=MemoryCache()) as client, client_of(server) as other:
        with client.capture_responses() as outer, other.capture_responses() as others:
            client.tracks.get_track(1)
            with client.capture_responses() as inner:
                client.tracks.get_track(1)
            other.tracks.get_track(2)

    assert [info.cached for info in outer] == [False, True]
    assert [info.cached for info in inner] == [True]
    assert [info.path for info in others] == ["/tracks/soundcloud:tracks:2"]


def test_concurrent_blocks_are_apart(mock_server):
    server = mock_server(TRACK)
    found = {}

    with client_of(server) as client:

        def work(number):
            with client.capture_responses() as responses:
                for step in range(3):
                    client.tracks.get_track(10 * number + step)
            found[number] = [info.path.rpartition(":")[2] for info in responses]

        with client.capture_responses() as everything:
            map_concurrently(work, list(range(1, 6)), 5)

    assert found == {number: [str(10 * number + step) for step in range(3)] for number in range(1, 6)}
    assert len(everything) == 15


def test_map_and_prefetching_are_recorded(mock_server):
    page = {"collection": [{"urn": "soundcloud:tracks:1"}], "next_href": f"{API}/tracks?cursor=2"}
    server = mock_server(TRACK, TRACK, httpx.Response(200, json=page), httpx.Response(200, json={"collection": []}))
    with client_of(server) as client:
        with client.capture_responses() as responses:
            client.map(client.likes.like_track, [1, 2])
            assert len([track for track in client.search.tracks("lofi").items(prefetch=True)]) == 1

    assert [info.path for info in responses][-2:] == ["/tracks", "/tracks"]
    assert len(responses) == 4


def test_telemetry_has_the_request_id(mock_server):
    seen = []
    with client_of(mock_server(TRACK), on_request=seen.append) as client:
        client.tracks.get_track(1)

    assert [telemetry.request_id for telemetry in seen] == ["t"]
