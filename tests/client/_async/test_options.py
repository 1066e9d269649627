"""Options of single calls and of copies of a client: headers, query parameters, retries, cache, hooks."""

import traceback

import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, ClosedClientError, InvalidInputError, Retry, UnexpectedResponseError
from soundcloud._concurrency import async_map_concurrently
from soundcloud._synchronization import async_sleep
from soundcloud.caches import MemoryCache
from tests.helpers.servers import json_response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("retrying")]

API = "https://api.soundcloud.com"
TRACK = httpx.Response(200, json={"urn": "soundcloud:tracks:1", "title": "Night"})


def client_of(server, **settings):
    return AsyncSoundCloudClient(access_token="own", transport=server.transport, **settings)


async def test_headers_and_query_of_one_call(mock_server):
    server = mock_server(TRACK)
    async with client_of(server, default_headers={"X-App": "mine", "x-trace": "0"}) as client:
        await client.tracks.get_track(1, secret_token="s-1", extra_headers={"X-Trace": "7"}, extra_query={"new": True})
        await client.tracks.get_track(1)

    first, second = server.requests
    assert str(first.url) == f"{API}/tracks/soundcloud:tracks:1?secret_token=s-1&new=true"
    assert (first.headers["x-app"], first.headers.get_list("x-trace")) == ("mine", ["7"])
    assert first.headers["authorization"] == "OAuth own"
    assert str(second.url) == f"{API}/tracks/soundcloud:tracks:1"
    assert (second.headers["x-app"], second.headers["x-trace"]) == ("mine", "0")


async def test_an_extra_query_replaces_the_parameter_of_the_method(mock_server):
    server = mock_server(httpx.Response(200, json={"collection": []}))
    async with client_of(server) as client:
        query = {"limit": 300, "ids": ["a", 2], "left_out": None}
        await client.search.tracks("lofi", limit=2, extra_query=query)

    assert dict(server.request.url.params) == {"q": "lofi", "linked_partitioning": "true", "limit": "300", "ids": "a,2"}


async def test_headers_of_a_list_are_sent_with_every_page(mock_server):
    page = {"collection": [{"urn": "soundcloud:tracks:1"}], "next_href": f"{API}/tracks?cursor=2"}
    server = mock_server(httpx.Response(200, json=page), httpx.Response(200, json={"collection": []}))
    async with client_of(server) as client:
        found = [
            track async for track in client.search.tracks("lofi", extra_headers={"X-A": "b"}, extra_query={"new": 1})
        ]

    assert len(found) == 1
    assert [request.headers["x-a"] for request in server.requests] == ["b", "b"]
    assert [request.url.query for request in server.requests] == [b"linked_partitioning=true&q=lofi&new=1", b"cursor=2"]


async def test_options_of_other_namespaces(mock_server):
    answer = {"urn": "soundcloud:tracks:1"}
    server = mock_server(*[httpx.Response(200, json=answer)] * 5, httpx.Response(302, headers={"Location": API}))
    options = {"extra_headers": {"X-A": "b"}, "extra_query": {"new": "1"}}
    async with client_of(server) as client:
        await client.likes.like_track(1, **options)
        await client.tracks.update(1, title="New", **options)
        await client.tracks.upload(b"sound", title="New", filename="a.mp3", **options)
        await client.raw.get("/tracks/{id}", {"id": 1}, **options)
        await client.raw.request("GET", "/tracks?a=b", headers={"x-a": "c"}, **options)
        await client.resolve.resolve_url("https://soundcloud.com/a/b", **options)

    assert {request.headers["x-a"] for request in server.requests} == {"b"}
    assert {request.url.params["new"] for request in server.requests} == {"1"}
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"extra_headers": {"authorization": "OAuth x"}}, "pass token= instead"),
        ({"token": "OAuth x"}, 'token begins with "OAuth" or "Bearer": pass the token without this word'),
        ({"extra_headers": {"Host": "example.com"}}, "the Host header is set by the client"),
        ({"extra_headers": {"content-type": "text/plain"}}, "the content-type header is set by the client"),
        ({"extra_headers": {"X-A": "b\r\nX-C: d"}}, "X-A holds a line break"),
        ({"extra_headers": {"X A": "b"}}, "'X A' is not the name of a header"),
        ({"extra_headers": ["X-A"]}, "extra_headers is of type list: pass a dict"),
        ({"extra_query": "a=b"}, "extra_query is of type str: pass a dict"),
        ({"extra_query": {"oauth_token": "x"}}, "a URL must not hold oauth_token: pass token= instead"),
        ({"extra_query": {"Client_Secret": "x"}}, "a URL must not hold Client_Secret"),
        ({"extra_query": {"a": {"b": 1}}}, "extra_query: a={'b': 1}: pass a string, a number, a boolean, or a list"),
        ({"extra_query": {"a": float("nan")}}, "extra_query: a=nan: pass a string"),
        ({"extra_headers": {"x-app": "a", "X-App": "b"}}, "extra_headers has a header twice"),
        ({"extra_query": {1: "x"}}, "1 is not the name of a parameter"),
        ({"extra_query": {"a": "\ud800"}}, "a URL cannot carry"),
    ],
)
async def test_options_that_are_refused_before_a_request(mock_server, options, message):
    server = mock_server(TRACK)
    async with client_of(server) as client:
        with pytest.raises(InvalidInputError, match=message):
            await client.tracks.get_track(1, **options)
        with pytest.raises(InvalidInputError, match=message):
            await client.me.get_tracks(**options)
    if "extra_headers" in options:
        with pytest.raises(InvalidInputError):
            client_of(server, default_headers=options["extra_headers"])

    assert server.requests == []


async def test_an_unknown_argument_is_an_error(mock_server):
    server = mock_server(TRACK)
    async with client_of(server) as client:
        with pytest.raises(TypeError, match="unexpected keyword argument 'titel'"):
            await client.tracks.update(1, title="a", titel="b")
        with pytest.raises(TypeError, match="unexpected keyword argument 'headers'"):
            await client.me.get_tracks(headers={})

    assert server.requests == []


async def test_headers_are_part_of_the_key_of_the_cache(mock_server):
    server = mock_server(TRACK)
    async with client_of(server, cache=MemoryCache()) as client:
        for value in ("a", "b", "a", "b"):
            await client.tracks.get_track(1, extra_headers={"X-Variant": value})
        await client.tracks.get_track(1, extra_headers={"x-variant": "a"})
        await client.tracks.get_track(1)
        await client.tracks.get_track(1, extra_query={"new": 1})
        await client.with_options(default_headers={"X-Variant": "a"}).tracks.get_track(1)

    assert [request.headers.get("x-variant") for request in server.requests] == ["a", "b", None, None]


async def test_headers_are_part_of_the_key_of_deduplication():
    requests = []

    async def handle(request):
        requests.append(request.headers.get("x-variant"))
        await async_sleep(0.2)
        return httpx.Response(200, json={"urn": "soundcloud:tracks:1", "title": request.headers.get("x-variant")})

    async with AsyncSoundCloudClient(access_token="own", transport=httpx.MockTransport(handle)) as client:
        titles = []

        async def get(variant):
            track = await client.tracks.get_track(1, extra_headers={"X-Variant": variant})
            titles.append((variant, track.title))

        await async_map_concurrently(get, ["a", "b", "a", "b"], 4)

    assert sorted(titles) == [("a", "a"), ("a", "a"), ("b", "b"), ("b", "b")]
    assert sorted(requests) == ["a", "b"]


async def test_default_headers_go_to_the_api_only(api, cdn):
    answer = {"urn": "soundcloud:tracks:1", "waveform_url": f"{cdn.url}/wave.png"}
    api.set_responses("/tracks/soundcloud:tracks:1", json_response(answer))
    cdn.set_responses("/wave.json", json_response({"width": 1, "height": 140, "samples": [1]}))
    async with AsyncSoundCloudClient(
        access_token="own", base_url=api.url, web_url=cdn.url, default_headers={"X-App": "mine"}
    ) as client:
        assert await client.tracks.get_waveform(1) is not None

    assert [request.headers.get("x-app") for request in api.requests] == ["mine"]
    assert [request.headers.get("x-app") for request in cdn.requests] == [None]


async def test_a_traceback_does_not_show_the_values_of_headers(mock_server):
    server = mock_server(httpx.Response(404, json={}))
    options = {"extra_headers": {"X-Key": "very-secret-key"}}
    async with client_of(server, default_headers={"X-Other": "another-secret-key"}) as client:
        with pytest.raises(Exception, match="404") as caught:
            await client.raw.get("/me", **options)
            await client.users.get_user(1, **options)
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown = [
        frame for frame in report.stack if "/namespaces/" not in frame.filename and "/tests/" not in frame.filename
    ]

    assert len(shown) > 1
    assert [name for frame in shown for name, text in (frame.locals or {}).items() if "secret-key" in text] == []


async def test_with_options_changes_only_what_is_given(mock_server):
    server = mock_server(httpx.Response(503, json={}), httpx.Response(503, json={}), TRACK)
    async with client_of(server, retry=Retry(max_retries=5, base_delay=0), user_agent="first/1") as client:
        copy = client.with_options(max_retries=2).with_options(user_agent="second/2", default_headers={"X-A": "b"})
        assert (await copy.tracks.get_track(1)).title == "Night"
        with pytest.raises(InvalidInputError, match="pass retry= alone"):
            client.with_options(retry=Retry(), max_retries=1)
        with pytest.raises(UnexpectedResponseError, match="larger than"):
            await client.with_options(max_response_bytes=5).tracks.get_track(1)
        await client.tracks.get_track(1)

    assert [request.headers["user-agent"] for request in server.requests] == ["second/2"] * 3 + ["first/1"] * 2
    assert "x-a" not in server.requests[-1].headers


async def test_with_options_takes_parts_of_the_retry_policy(mock_server):
    server = mock_server(httpx.Response(503, json={}))
    async with client_of(server, retry_base_delay=0, max_retries=4) as client:
        for copy, count in ((client.with_options(max_retries=1), 2), (client, 5)):
            server.requests.clear()
            with pytest.raises(Exception, match="503"):
                await copy.tracks.get_track(1)
            assert len(server.requests) == count
        server.requests.clear()
        with pytest.raises(Exception, match="503"):
            await client.with_options(retry_writes=True).likes.like_track(1)
        assert len(server.requests) == 5


async def test_with_options_takes_hooks_and_a_cache(mock_server):
    server = mock_server(TRACK)
    first, second = [], []
    async with client_of(server, on_request=first.append, on_event=first.append) as client:
        copy = client.with_options(on_request=second.append, on_event=None, cache=MemoryCache(), cache_ttl=1000)
        await copy.tracks.get_track(1)
        await copy.tracks.get_track(1)
        assert first == []
        await copy.with_options(cache=None).tracks.get_track(1)
        await client.tracks.get_track(1)

    assert [telemetry.cached for telemetry in second] == [False, True, False]
    assert len(server.requests) == 3
    assert {event.id for event in first if hasattr(event, "id")} == {4}


async def test_close_and_its_second_name(mock_server):
    for name in ("aclose", "close"):
        client = client_of(mock_server(TRACK))
        await getattr(client, name)()
        await getattr(client, name)()
        with pytest.raises(ClosedClientError):
            await client.tracks.get_track(1)
