"""The cache of a client: what is kept, for whom, for how long, and what a change makes of it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, InvalidInputError, NotFoundError
from soundcloud.caches import MemoryCache

pytestmark = pytest.mark.anyio

TRACK = {"urn": "soundcloud:tracks:1", "title": "Night"}
API = "https://api.soundcloud.com"


class Time:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_by(self, seconds):
        self.now += timedelta(seconds=seconds)

    def seconds(self):
        return self.now.timestamp()


class Broken:
    """A cache that fails at everything."""

    def get(self, key):
        raise RuntimeError("no cache today")

    set = delete = get


class Noted(MemoryCache):
    """A cache that knows what it was given."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.given = []

    def set(self, key, value, ttl):
        self.given.append((key, value, ttl))
        super().set(key, value, ttl)


class AsyncSlowly:
    """A cache of coroutines."""

    def __init__(self):
        self.inner = MemoryCache()

    async def get(self, key):
        return self.inner.get(key)

    async def set(self, key, value, ttl):
        self.inner.set(key, value, ttl)

    async def delete(self, key):
        self.inner.delete(key)


@pytest.fixture
def clock():
    return Time()


def answers(recording, **headers):
    return recording(httpx.Response(200, json=TRACK, headers=headers))


def client_of(server, cache, clock, **settings):
    return AsyncSoundCloudClient(
        access_token="own", transport=server.transport, cache=cache, clock=clock, **{"cache_ttl": 60, **settings}
    )


async def test_the_same_question_is_asked_once_within_the_time(recording, clock):
    server, seen = answers(recording), []
    cache = MemoryCache(clock=clock.seconds)
    async with client_of(server, cache, clock, on_request=seen.append) as client:
        first = await client.tracks.get_track(1)
        clock.pass_by(59)
        second = await client.tracks.get_track(1)
        assert len(server.requests) == 1
        assert (first, first is second) == (second, False)
        assert (second.extra, second.raw) == ({}, TRACK)
        clock.pass_by(2)
        await client.tracks.get_track(1)

    assert len(server.requests) == 2
    assert [(each.status, each.cached) for each in seen] == [(200, False), (200, True), (200, False)]


async def test_lists_and_links_are_kept_but_not_further_pages(recording, clock):
    server = recording(httpx.Response(200, json={"collection": [TRACK], "next_href": f"{API}/tracks?cursor=2"}))
    async with client_of(server, MemoryCache(), clock) as client:
        for _ in range(2):
            page = await client.search.tracks("lofi")
            await page.next_page()

    assert [request.url.query.decode() for request in server.requests] == [
        "linked_partitioning=true&q=lofi",
        "cursor=2",
        "cursor=2",
    ]


async def test_each_token_has_its_own(recording, clock):
    server = recording(httpx.Response(200, json={"username": "own"}), httpx.Response(200, json={"username": "other"}))
    cache = MemoryCache()
    async with client_of(server, cache, clock) as client:
        names = [(await client.me.get_me(token=token)).username for token in (None, "other", None, "other")]
    async with client_of(server, cache, clock) as client:
        names.append((await client.me.get_me()).username)

    assert names == ["own", "other", "own", "other", "own"]
    assert len(server.requests) == 2


async def test_no_token_and_no_address_stands_in_the_cache(recording, clock):
    server, cache = answers(recording, etag='"v1"'), Noted()
    async with client_of(server, cache, clock) as client:
        await client.tracks.get_track(1, secret_token="s-hush", token="very-secret")

    [(key, value, _)] = cache.given
    assert b"very-secret" not in value
    assert b"s-hush" not in value
    assert "hush" not in key
    assert len(key) <= 100


async def test_a_change_drops_what_it_touches(recording, clock):
    server = answers(recording)
    async with client_of(server, MemoryCache(), clock) as client:
        await client.tracks.get_track(1)
        await client.tracks.get_track(1, token="another person's")
        await client.tracks.get_track(2, token="another person's")
        await client.tracks.update(1, title="Day")
        asked = len(server.requests)
        await client.tracks.get_track(1)
        await client.tracks.get_track(1, token="another person's")
        assert len(server.requests) == asked + 2
        await client.tracks.get_track(2, token="another person's")
        assert len(server.requests) == asked + 2


async def test_a_change_that_failed_may_have_been_made(recording, clock):
    server = recording(
        httpx.Response(200, json={"username": "own"}), httpx.ReadError("reset"), httpx.Response(200, json={})
    )
    async with client_of(server, MemoryCache(), clock) as client:
        await client.me.get_me()
        with pytest.raises(Exception, match="no response"):
            await client.me.follow(1)
        await client.me.get_me()

    assert len(server.requests) == 3


async def test_an_old_reply_is_asked_for_on_condition(recording, clock):
    server = recording(
        httpx.Response(200, json=TRACK, headers={"etag": '"v1"'}),
        httpx.Response(304),
        httpx.Response(200, json=TRACK | {"title": "Day"}, headers={"etag": '"v2"'}),
    )
    cache, seen = Noted(clock=clock.seconds), []
    async with client_of(server, cache, clock, on_request=seen.append) as client:
        titles = [(await client.tracks.get_track(1)).title]
        clock.pass_by(61)
        titles += [(await client.tracks.get_track(1)).title for _ in range(2)]
        clock.pass_by(61)
        titles.append((await client.tracks.get_track(1)).title)

    assert titles == ["Night", "Night", "Night", "Day"]
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"v1"', '"v1"']
    assert [each.cached for each in seen] == [False, True, True, False]


async def test_errors_and_what_is_short_lived_are_not_kept(recording, clock):
    server = recording(httpx.Response(404, json={"code": 404}), httpx.Response(200, json={}))
    cache = Noted()
    async with client_of(server, cache, clock) as client:
        with pytest.raises(NotFoundError):
            await client.tracks.get_track(1)
        await client.tracks.get_streams(1)
    async with client_of(answers(recording, **{"cache-control": "private, no-store"}), cache, clock) as client:
        await client.tracks.get_track(1)

    assert cache.given == []


@pytest.mark.parametrize(
    "value", [b"", b"\xff", b"{}", "text", 7, b"\x96\x01\xa1k\xcc\xc8\x80\xc4\x00\xcb" + b"\0" * 8]
)
async def test_what_is_no_entry_of_ours_is_none(recording, clock, value):
    server = answers(recording)
    cache = MemoryCache()
    async with client_of(server, cache, clock) as client:
        await client.tracks.get_track(1)
        for key in list(cache._entries):
            cache._entries[key] = (value, clock.seconds() + 1e9)
        assert (await client.tracks.get_track(1)).title == "Night"

    assert len(server.requests) == 2


async def test_a_cache_that_fails_costs_a_request_and_no_call(recording, clock, caplog):
    server = answers(recording)
    async with client_of(server, Broken(), clock) as client:
        assert (await client.tracks.get_track(1)).title == "Night"
        await client.tracks.update(1, title="Day")

    assert "the cache failed to get an entry (RuntimeError)" in caplog.text


async def test_it_can_be_left_out_for_some_calls(recording, clock):
    server = answers(recording)
    async with client_of(server, MemoryCache(), clock) as client:
        await client.tracks.get_track(1)
        await client.with_options(cache=None).tracks.get_track(1)
        await client.raw.get("/tracks/1")

    assert len(server.requests) == 3


async def test_a_setting_that_is_wrong():
    with pytest.raises(InvalidInputError, match="cache_ttl"):
        AsyncSoundCloudClient(cache=MemoryCache(), cache_ttl=0)
    with pytest.raises(InvalidInputError, match="MemoryCache\\(max_entries=0\\): give a whole number, 1 or more"):
        MemoryCache(max_entries=0)


async def test_a_bounded_cache_forgets_what_was_not_used_for_longest():
    cache = MemoryCache(max_entries=2, max_bytes=10)
    cache.set("a", b"1234", 60)
    cache.set("b", b"1234", 60)
    assert cache.get("a") == b"1234"
    cache.set("c", b"12", 60)
    assert (cache.get("a"), cache.get("b"), len(cache)) == (b"1234", None, 2)
    cache.set("d", b"12345678901", 60)
    cache.set("a", b"123456789", 60)
    assert (cache.get("d"), cache.get("c"), cache.get("a")) == (None, None, b"123456789")
    cache.delete("a")
    cache.clear()
    assert (len(cache), cache._size) == (0, 0)


async def test_a_cache_of_coroutines(recording, clock):
    server = answers(recording)
    async with client_of(server, AsyncSlowly(), clock) as client:
        await client.tracks.get_track(1)
        assert (await client.tracks.get_track(1)).title == "Night"

    assert len(server.requests) == 1
