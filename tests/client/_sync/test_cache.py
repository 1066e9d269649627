"""The response cache: keys, lifetime, revalidation, invalidation by writes, and failing caches."""

import httpx
import pytest

from soundcloud import SoundCloudClient, InvalidInputError, NotFoundError
from soundcloud.caches import MemoryCache
from tests.helpers.clock import ManualClock

pytestmark = pytest.mark.anyio

TRACK = {"urn": "soundcloud:tracks:1", "title": "Night"}
API = "https://api.soundcloud.com"


class FailingCache:
    """A cache whose methods raise."""

    def get(self, key):
        raise RuntimeError("no cache today")

    set = delete = get


class RecordingCache(MemoryCache):
    """A cache that records what is stored."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.stored = []

    def set(self, key, value, ttl):
        self.stored.append((key, value, ttl))
        super().set(key, value, ttl)


class WrappedCache:
    """A cache with coroutine methods."""

    def __init__(self):
        self.inner = MemoryCache()

    def get(self, key):
        return self.inner.get(key)

    def set(self, key, value, ttl):
        self.inner.set(key, value, ttl)

    def delete(self, key):
        self.inner.delete(key)


@pytest.fixture
def clock():
    return ManualClock()


def track_server(mock_server, **headers):
    return mock_server(httpx.Response(200, json=TRACK, headers=headers))


def client_of(server, cache, clock, **settings):
    return SoundCloudClient(
        access_token="own", transport=server.transport, cache=cache, clock=clock, **{"cache_ttl": 60, **settings}
    )


def test_a_response_is_cached_for_its_ttl(mock_server, clock):
    server, seen = track_server(mock_server), []
    cache = MemoryCache(clock=clock.timestamp)
    with client_of(server, cache, clock, on_request=seen.append) as client:
        first = client.tracks.get_track(1)
        clock.advance(59.5)
        second = client.tracks.get_track(1)
        assert len(server.requests) == 1
        assert (first, first is second) == (second, False)
        assert (second.extra, second.raw) == ({}, TRACK)
        clock.advance(1)
        client.tracks.get_track(1)

    assert len(server.requests) == 2
    assert [(each.status, each.cached) for each in seen] == [(200, False), (200, True), (200, False)]


def test_a_variant_of_the_client_changes_the_cache_or_the_ttl(mock_server, clock):
    first, second = RecordingCache(), RecordingCache()
    with client_of(track_server(mock_server), first, clock, cache_ttl=60) as client:
        client.with_options(cache=second).tracks.get_track(1)
        client.with_options(cache_ttl=5).tracks.get_track(2)

    lifetimes = [sorted({ttl for _, _, ttl in cache.stored}) for cache in (second, first)]
    assert lifetimes == [[60], [5]]


def test_the_redirect_of_resolve_is_cached(mock_server, clock):
    location = f"{API}/tracks/soundcloud:tracks:1"
    server = mock_server(
        httpx.Response(302, headers={"location": location}, json={"status": "302 - Found", "location": location}),
        httpx.Response(200, json=TRACK),
    )
    with client_of(server, MemoryCache(), clock) as client:
        for _ in range(2):
            assert (client.resolve.track("https://soundcloud.com/ada/night")).title == "Night"

    assert [request.url.path for request in server.requests] == ["/resolve", "/tracks/soundcloud:tracks:1"]


def test_first_pages_are_cached_and_next_pages_are_not(mock_server, clock):
    server = mock_server(httpx.Response(200, json={"collection": [TRACK], "next_href": f"{API}/tracks?cursor=2"}))
    with client_of(server, MemoryCache(), clock) as client:
        for _ in range(2):
            page = client.search.tracks("lofi")
            page.next_page()

    assert [request.url.query.decode() for request in server.requests] == [
        "linked_partitioning=true&q=lofi",
        "cursor=2",
        "cursor=2",
    ]


def test_responses_are_cached_per_token(mock_server, clock):
    server = mock_server(httpx.Response(200, json={"username": "own"}), httpx.Response(200, json={"username": "other"}))
    cache = MemoryCache()
    with client_of(server, cache, clock) as client:
        names = [(client.me.get_me(token=token)).username for token in (None, "other", None, "other")]
    with client_of(server, cache, clock) as client:
        names.append((client.me.get_me()).username)

    assert names == ["own", "other", "own", "other", "own"]
    assert len(server.requests) == 2


def test_the_cache_contains_no_secret(mock_server, clock):
    server, cache = track_server(mock_server, etag='"v1"'), RecordingCache()
    with client_of(server, cache, clock) as client:
        client.tracks.get_track(1, secret_token="s-hush", token="very-secret")

    [(key, value, _)] = cache.stored
    assert b"very-secret" not in value
    assert b"s-hush" not in value
    assert "hush" not in key
    assert len(key) <= 100


def test_a_write_invalidates_the_responses_it_may_change(mock_server, clock):
    server = track_server(mock_server)
    with client_of(server, MemoryCache(), clock) as client:
        client.tracks.get_track(1)
        client.tracks.get_track(1, token="another-user")
        client.tracks.get_track(2, token="another-user")
        client.tracks.update(1, title="Day")
        count = len(server.requests)
        client.tracks.get_track(1)
        client.tracks.get_track(1, token="another-user")
        assert len(server.requests) == count + 2
        client.tracks.get_track(2, token="another-user")
        assert len(server.requests) == count + 2


def test_a_failed_write_invalidates_too(mock_server, clock):
    server = mock_server(
        httpx.Response(200, json={"username": "own"}), httpx.ReadError("reset"), httpx.Response(200, json={})
    )
    with client_of(server, MemoryCache(), clock) as client:
        client.me.get_me()
        with pytest.raises(Exception, match="no response"):
            client.me.follow(1)
        client.me.get_me()

    assert len(server.requests) == 3


def test_a_stale_response_is_revalidated_with_its_etag(mock_server, clock):
    server = mock_server(
        httpx.Response(200, json=TRACK, headers={"etag": '"v1"'}),
        httpx.Response(304),
        httpx.Response(200, json=TRACK | {"title": "Day"}, headers={"etag": '"v2"'}),
    )
    cache, seen = RecordingCache(clock=clock.timestamp), []
    with client_of(server, cache, clock, on_request=seen.append) as client:
        titles = [(client.tracks.get_track(1)).title]
        clock.advance(61)
        titles += [(client.tracks.get_track(1)).title for _ in range(2)]
        clock.advance(61)
        titles.append((client.tracks.get_track(1)).title)

    assert titles == ["Night", "Night", "Night", "Day"]
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"v1"', '"v1"']
    assert [each.cached for each in seen] == [False, True, True, False]


def test_errors_streams_and_no_store_are_not_cached(mock_server, clock):
    server = mock_server(httpx.Response(404, json={"code": 404}), httpx.Response(200, json={}))
    cache = RecordingCache()
    with client_of(server, cache, clock) as client:
        with pytest.raises(NotFoundError):
            client.tracks.get_track(1)
        client.tracks.get_streams(1)
    with client_of(track_server(mock_server, **{"cache-control": "private, no-store"}), cache, clock) as client:
        client.tracks.get_track(1)

    assert cache.stored == []


@pytest.mark.parametrize("status", [201, 202, 204])
def test_other_successes_are_not_cached(mock_server, clock, status):
    server, cache = mock_server(httpx.Response(status, json=TRACK)), RecordingCache()
    with client_of(server, cache, clock) as client:
        client.tracks.get_track(1)

    assert cache.stored == []


@pytest.mark.parametrize(
    "value", [b"", b"\xff", b"{}", "text", 7, b"\x96\x01\xa1k\xcc\xc8\x80\xc4\x00\xcb" + b"\0" * 8]
)
def test_malformed_entries_are_ignored(mock_server, clock, value):
    server = track_server(mock_server)
    cache = MemoryCache()
    with client_of(server, cache, clock) as client:
        client.tracks.get_track(1)
        for key in list(cache._entries):
            cache._entries[key] = (value, clock.timestamp() + 1e9)
        assert (client.tracks.get_track(1)).title == "Night"

    assert len(server.requests) == 2


def test_a_failing_cache_does_not_fail_a_call(mock_server, clock, caplog):
    server = track_server(mock_server)
    with client_of(server, FailingCache(), clock) as client:
        assert (client.tracks.get_track(1)).title == "Night"
        client.tracks.update(1, title="Day")

    assert "the cache failed to get an entry (RuntimeError)" in caplog.text


def test_calls_without_the_cache(mock_server, clock):
    server = track_server(mock_server)
    with client_of(server, MemoryCache(), clock) as client:
        client.tracks.get_track(1)
        client.with_options(cache=None).tracks.get_track(1)
        client.raw.get("/tracks/1")

    assert len(server.requests) == 3


def test_invalid_cache_settings():
    with pytest.raises(InvalidInputError, match="cache_ttl"):
        SoundCloudClient(cache=MemoryCache(), cache_ttl=0)
    with pytest.raises(InvalidInputError, match="MemoryCache\\(max_entries=0\\): pass a whole number, 1 or more"):
        MemoryCache(max_entries=0)


def test_the_memory_cache_evicts_the_least_recently_used_entry():
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


def test_a_cache_with_coroutine_methods(mock_server, clock):
    server = track_server(mock_server)
    with client_of(server, WrappedCache(), clock) as client:
        client.tracks.get_track(1)
        assert (client.tracks.get_track(1)).title == "Night"

    assert len(server.requests) == 1
