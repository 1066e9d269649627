"""What SoundCloud has announced but not documented: stations and disconnect; and requests that are in no list of operations."""

import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from soundcloud import (
    AsyncSoundCloudClient,
    DriftEvent,
    ForbiddenError,
    InvalidInputError,
    MissingTokenError,
    NotFoundError,
    PaginationError,
    SoundCloudError,
    Station,
    Token,
    Track,
    UnauthorizedError,
    WrongKindError,
)
from soundcloud.stores import MemoryTokenStore
from soundcloud_api.types import Operation
from tests.helpers import always_sent

pytestmark = pytest.mark.anyio

URN = "soundcloud:system-playlists:track-stations:293"
STATION = {"urn": URN, "title": "Night", "tracks": [always_sent.TRACK], "last_updated": 3}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def drifts():
    return []


@pytest.fixture
def make_client(drifts):
    def make(server, **settings):
        def keep(event):
            if isinstance(event, DriftEvent):
                drifts.extend((drift.path, drift.expected, drift.actual) for drift in event.drifts)

        return AsyncSoundCloudClient(access_token="own", transport=server.transport, on_event=keep, **settings)

    return make


async def test_a_station_requires_its_urn_only(mock_server, make_client, drifts):
    server = mock_server(httpx.Response(200, json=STATION), httpx.Response(200, json={"urn": URN}))
    async with make_client(server) as client:
        station = await client.playlists.get_station(URN)
        bare = await client.playlists.get_station(station)

    assert (station.title, station.tracks[0].title, station.extra) == ("Night", "Night", {"last_updated": 3})
    assert (bare.title, bare.tracks, bare.raw) == (None, None, {"urn": URN})
    assert drifts == []
    assert [request.url.path for request in server.requests] == [f"/system-playlists/{URN}"] * 2
    assert pickle.loads(pickle.dumps(station)) == station


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"title": "Night"}, ("$.urn", "str", "missing")),
        ({**STATION, "title": 3}, ("$.title", "str | null", "integer")),
        ({**STATION, "tracks": {"collection": []}}, ("$.tracks", "array", "object")),
        ({**STATION, "user": "ada"}, ("$.user", "User", "string")),
    ],
)
async def test_surprises_of_a_station_are_drift(mock_server, make_client, drifts, body, expected):
    async with make_client(mock_server(httpx.Response(200, json=body))) as client:
        station = await client.playlists.get_station(URN)

    assert isinstance(station, Station)
    assert drifts == [expected]
    assert station.raw == body


async def test_get_playlist_uses_the_path_of_stations(mock_server, make_client):
    server = mock_server(httpx.Response(200, json={**always_sent.PLAYLIST, "urn": URN}))
    async with make_client(server) as client:
        playlist = await client.playlists.get_playlist(URN)
        await client.playlists.get_playlist("soundcloud:playlists:1", show_tracks=False)

    assert playlist.urn == URN
    assert [request.url.raw_path for request in server.requests] == [
        f"/system-playlists/{URN}".encode(),
        b"/playlists/soundcloud:playlists:1?show_tracks=false",
    ]


@pytest.mark.parametrize(
    "wrong", [5, "5", "soundcloud:tracks:5", Track(urn="soundcloud:tracks:5"), "soundcloud:playlists:1"]
)
async def test_other_resources_are_not_stations(mock_server, make_client, wrong):
    server = mock_server(httpx.Response(200))
    async with make_client(server) as client:
        with pytest.raises(InvalidInputError, match="is not a station"):
            await client.playlists.get_station(wrong)
        with pytest.raises(InvalidInputError, match=r"playlists\.get_station\(urn\)\.tracks"):
            await client.playlists.get_tracks(URN)

    assert server.requests == []


@pytest.mark.parametrize("keep_raw", [True, False])
@pytest.mark.parametrize(
    "body", [[{"urn": URN}], {"collection": [{"urn": URN}]}, {"collection": [{"urn": URN}], "next_href": None}]
)
async def test_liked_stations_are_a_page_or_an_array(mock_server, make_client, drifts, body, keep_raw):
    server = mock_server(httpx.Response(200, json=body))
    async with make_client(server, keep_raw=keep_raw) as client:
        mine = await client.me.get_likes_stations(7)
        theirs = await client.users.get_likes_stations(5)

    assert [station.urn for page in (mine, theirs) for station in page.collection] == [URN, URN]
    assert drifts == []
    assert [request.url.raw_path for request in server.requests] == [
        b"/me/likes/system-playlists?limit=7&linked_partitioning=true",
        b"/users/soundcloud:users:5/likes/system-playlists?linked_partitioning=true",
    ]


async def test_stations_of_the_sandbox(sandbox):
    async with AsyncSoundCloudClient(**sandbox.client_settings()) as client:
        track = (await client.search.tracks("lofi")).collection[0]
        stations = [await client.playlists.get_station(urn) for urn in (track.station_urn, track.user.station_urn)]
        for station in stations:
            await client.likes.like_playlist(station)
        liked = [station.urn async for station in client.me.get_likes_stations(1)]
        await client.likes.unlike_playlist(stations[0])
        left = [station.urn async for station in client.users.get_likes_stations(await client.me.get_me())]
        resolved = await client.resolve.resolve(f"https://soundcloud.com/discover/sets/track-stations:{track.id}")
        with pytest.raises(WrongKindError, match=r"of a station, not of a playlist - call resolve\.resolve\(url\)"):
            await client.resolve.playlist(stations[0].permalink_url)
        with pytest.raises(NotFoundError):
            await client.playlists.get_station("soundcloud:system-playlists:track-stations:1")

    assert all(station.tracks for station in stations)
    assert liked == [station.urn for station in reversed(stations)]
    assert left == [stations[1].urn]
    assert resolved == stations[0]


def disconnecting(responses):
    """Return a handler for /disconnect and for the token endpoint, and the list of the tokens that it received."""
    received = []

    def respond(request):
        if request.url.host == "secure.soundcloud.com":
            body = {"access_token": "renewed", "refresh_token": "next", "expires_in": 3599}
            return httpx.Response(200, json=body)
        assert (request.method, str(request.url), request.content) == (
            "POST",
            "https://api.soundcloud.com/disconnect",
            b"",
        )
        received.append(request.headers["authorization"])
        response = responses.pop(0)
        if isinstance(response, Exception):
            raise response
        return response

    return httpx.MockTransport(respond), received


@pytest.mark.parametrize(
    ("responses", "sent", "error"),
    [
        ([httpx.Response(200)], 1, None),
        ([httpx.Response(204)], 1, None),
        ([httpx.Response(200, json={"status": "200 - OK"})], 1, None),
        ([httpx.Response(401), httpx.Response(200)], 2, None),
        ([httpx.Response(401), httpx.Response(401)], 2, None),
        ([httpx.Response(403, json={})], 1, ForbiddenError),
        ([httpx.Response(404, json={})], 1, NotFoundError),
        ([httpx.Response(503)], 1, SoundCloudError),
        ([httpx.Response(200, content=b"<html>")], 1, SoundCloudError),
        ([httpx.Response(302, headers={"location": "https://evil.example"})], 1, SoundCloudError),
        ([httpx.Response(401), httpx.Response(503)], 2, SoundCloudError),
        ([httpx.ConnectError("no")], 1, SoundCloudError),
    ],
)
async def test_disconnect_drops_the_tokens_when_they_are_revoked(responses, sent, error):
    transport, received = disconnecting(list(responses))
    store = MemoryTokenStore(Token("own", "refresh", NOW + timedelta(hours=1), grant="user"))
    async with AsyncSoundCloudClient(
        "id", "secret", transport=transport, token_store=store, clock=lambda: NOW
    ) as client:
        if error is None:
            await client.auth.disconnect()
        else:
            with pytest.raises(error):
                await client.auth.disconnect()
        kept = (client.access_token, client.refresh_token)

    assert received == ["OAuth own", "OAuth renewed"][:sent]
    assert (store.get() is None) == (error is None)
    assert (kept == (None, None)) == (error is None)


async def test_disconnect_with_a_given_token_keeps_the_own_one():
    transport, received = disconnecting([httpx.Response(200), httpx.Response(401, json={})])
    async with AsyncSoundCloudClient(access_token="own", transport=transport) as client:
        await client.auth.disconnect("given")
        with pytest.raises(UnauthorizedError):
            await client.auth.disconnect("given")

        assert client.access_token == "own"
    assert received == ["OAuth given"] * 2


@pytest.mark.parametrize("store", [None, MemoryTokenStore(Token("app", None, None, grant="app"))], ids=["none", "app"])
async def test_disconnect_without_a_user_token_sends_nothing(mock_server, store):
    server = mock_server(httpx.Response(200))
    async with AsyncSoundCloudClient("id", "secret", transport=server.transport, token_store=store) as client:
        with pytest.raises(MissingTokenError, match="the client has none") as caught:
            await client.auth.disconnect()

    assert "auth.login()" in caught.value.hint
    assert server.requests == []


async def test_disconnect_ends_all_sessions_in_the_sandbox(sandbox):
    async with (
        AsyncSoundCloudClient(**sandbox.client_settings()) as client,
        AsyncSoundCloudClient(**sandbox.client_settings()) as other,
    ):
        await client.auth.disconnect()
        with pytest.raises(SoundCloudError):
            await other.me.get_me()


@pytest.mark.parametrize("keep_raw", [True, False])
async def test_any_list_has_pages(sandbox, keep_raw):
    async with AsyncSoundCloudClient(**sandbox.client_settings(), keep_raw=keep_raw) as client:
        user = (await client.search.users("a")).collection[0]
        expected = [track.urn for track in await client.fetch_all(client.users.get_tracks(user))]
        path, query = "/users/{urn}/tracks", {"urn": user.urn, "limit": 2}
        pages = [page async for page in client.paginate_raw(path, query)]
        tracks = [track async for track in client.paginate_raw(path, query, Track, prefetch=True).items()]
        resumed = [item["urn"] async for item in client.paginate_raw(pages[0].next_href).items()]
        cut = [page.collection async for page in client.paginate_raw(path, query, max_items=3)]

    assert [item["urn"] for page in pages for item in page.collection] == expected
    assert {len(page.collection) for page in pages[:-1]} == {2}
    assert [(type(track), track.urn) for track in tracks] == [(Track, urn) for urn in expected]
    assert resumed == expected[2:]
    assert [len(items) for items in cut] == [2, 1]


async def test_a_list_of_anything_is_kept_as_it_is(mock_server, make_client, drifts):
    items = ["a", 1, None, {"urn": "x"}]
    server = mock_server(
        httpx.Response(200, json={"collection": items, "next_href": "/more?cursor=1"}), httpx.Response(200, json=items)
    )
    async with make_client(server) as client:
        pages = [page.collection async for page in client.paginate_raw("/anything", {"linked_partitioning": None})]

    assert pages == [items, items]
    assert [str(request.url) for request in server.requests] == [
        "https://api.soundcloud.com/anything",
        "https://api.soundcloud.com/more?cursor=1",
    ]
    assert drifts == []


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/a", "https://api.soundcloud.com/a?linked_partitioning=true"),
        ("/a?linked_partitioning=false", "https://api.soundcloud.com/a?linked_partitioning=false"),
        ("https://api.soundcloud.com/a?cursor=x%2Cy", "https://api.soundcloud.com/a?cursor=x%2Cy"),
        ("http://api.soundcloud.com/a?cursor=1", "https://api.soundcloud.com/a?cursor=1"),
    ],
)
async def test_the_first_url_of_a_list(mock_server, make_client, path, url):
    server = mock_server(httpx.Response(200, json=[]))
    async with make_client(server) as client:
        assert [page.url async for page in client.paginate_raw(path)] == [url]

    assert str(server.request.url) == url


@pytest.mark.parametrize(
    "path",
    [
        *(
            "https://evil.example/a",
            "https://api.soundcloud.com.evil.example/a",
            "https://api.soundcloud.com@evil.example/",
        ),
        *("ftp://api.soundcloud.com/a", "//evil.example/a", "@evil.example", "a", "/../a", "https://[/", 5, None),
    ],
)
async def test_the_token_goes_to_the_api_only(mock_server, make_client, path):
    server = mock_server(httpx.Response(200, json=[]))
    async with make_client(server) as client:
        with pytest.raises(InvalidInputError):
            await client.raw.get(path)
        with pytest.raises(InvalidInputError):
            client.paginate_raw(path)
        with pytest.raises(InvalidInputError):
            await client.send(Operation("own", "GET", path, {200: Any}))

    assert server.requests == []


async def test_links_to_another_host_are_not_followed(mock_server, make_client):
    server = mock_server(httpx.Response(200, json={"collection": [1], "next_href": "https://evil.example/"}))
    async with make_client(server) as client:
        pages = client.paginate_raw("/a")
        assert (await anext(pages)).collection == [1]
        with pytest.raises(PaginationError):
            await anext(pages)

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("query", "model", "message"),
    [
        ({}, dict, "is not a model"),
        ({}, type("Own", (Track,), {}), "is not a model"),
        ({}, Track(urn="x"), "is not a model"),
        ([1], None, "query is of type list"),
    ],
)
async def test_wrong_arguments_of_paginate_raw(mock_server, make_client, query, model, message):
    async with make_client(mock_server(httpx.Response(200))) as client:
        with pytest.raises(InvalidInputError, match=message):
            client.paginate_raw("/a", query, model)


async def test_raw_takes_the_links_of_a_page(sandbox):
    async with AsyncSoundCloudClient(**sandbox.client_settings()) as client:
        first = (await client.raw.get("/me/likes/tracks", {"limit": 1, "linked_partitioning": True})).data
        second = (await client.raw.get(first["next_href"])).data
        wider = (await client.raw.get(first["next_href"], {"access": "playable"})).status

    assert first["collection"][0]["urn"] != second["collection"][0]["urn"]
    assert wider == 200
    assert sandbox.requests[-1].query["access"] == "playable"


async def test_an_operation_of_the_caller(mock_server, make_client):
    server = mock_server(httpx.Response(200, json=always_sent.TRACK))
    async with make_client(server) as client:
        own = Operation(
            "own", "POST", "/new/{urn}", {200: Track}, path={"urn": "a/b"}, query={"x": True}, body={"a": [1]}
        )
        track = await client.send(own)

    assert track.title == "Night"
    assert server.request.url.raw_path == b"/new/a%2Fb?x=true"
    assert json.loads(server.request.content) == {"a": [1]}


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (Operation("own", "get", "/a", {200: Any}), "method='get'"),
        (Operation("own", "GET", "/a/{urn}", {200: Any}), "needs a value for {urn}"),
        (Operation("own", "GET", "/a/{urn}", {200: Any}, path={"urn": ".."}), "cannot be part of a path"),
    ],
)
async def test_wrong_operations_of_the_caller(mock_server, make_client, operation, message):
    server = mock_server(httpx.Response(200))
    async with make_client(server) as client:
        with pytest.raises(InvalidInputError, match=message):
            await client.send(operation)

    assert server.requests == []
