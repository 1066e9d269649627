"""Sessions: settings, stores, restarts, several workers."""

import json
import logging
import re
from types import SimpleNamespace

import pytest
import redis
import redis.asyncio

from soundcloud import InvalidInputError, TokenStoreError
from soundcloud.stores import AsyncRedisTokenStore, FileTokenStore
from soundcloud.web import MemorySessionStore, RedisSessionStore, Sessions
from tests.web.conftest import SECRET_KEY, Site

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "redis", "redis that decodes"])
async def store(request):
    if request.param == "memory":
        yield MemorySessionStore()
        return
    server = request.getfixturevalue("redis_server")
    client = redis.asyncio.Redis.from_url(server.url, decode_responses="decodes" in request.param)
    await client.flushall()
    store = RedisSessionStore(client, prefix="test:")
    yield store
    await store.aclose()


async def test_a_store_keeps_records(store):
    await store.add("k", "one", 60, "ada")
    await store.replace("k", "two", 60)

    assert [await store.get(key) for key in ("k", "other")] == ["two", None]


async def test_a_removed_session_is_not_restored(store):
    await store.add("k", "one", 60, "ada")
    await store.remove("k", "ada")
    await store.replace("k", "two", 60)

    assert await store.get("k") is None
    assert await store.keys_of("ada") == []


async def test_expired_records_are_removed(store):
    await store.add("k", "one", 60, "ada")
    await store.add("old", "one", 60, "ada")
    await store.replace("old", "one", 0)
    # A millisecond, which is the shortest time that Redis keeps anything for.
    while await store.get("old") is not None:
        pass

    assert await store.keys_of("ada") == ["k"]


async def test_a_users_sessions(store):
    for key, user in (("a", "ada"), ("b", "ada"), ("c", "bo")):
        await store.add(key, "record", 60, user)

    assert sorted(await store.keys_of("ada")) == ["a", "b"]
    assert await store.keys_of("bo") == ["c"]
    assert await store.keys_of("nobody") == []


async def test_the_memory_store_removes_expired_sessions():
    store = MemorySessionStore()
    for number in range(100):
        await store.add(str(number), "record", 0 if number < 99 else 60, "ada")
    await store.add("last", "record", 60, "ada")

    assert [*store._sessions] == ["99", "last"]


async def test_a_session_in_memory_expires_to_the_second(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("soundcloud.web.stores.time", SimpleNamespace(monotonic=lambda: now))
    store = MemorySessionStore()
    await store.add("k", "record", 60, "ada")
    now = 1059.5
    assert (await store.get("k"), await store.keys_of("ada")) == ("record", ["k"])
    now = 1060.0
    assert (await store.get("k"), await store.keys_of("ada")) == (None, [])
    await store.add("other", "record", 60, "ada")

    assert [*store._sessions] == ["other"]


def share_cookies(browser, *others):
    """One browser for several workers."""
    for other in others:
        other.http._cookies = browser.http._cookies


async def test_sessions_in_redis_survive_a_restart_and_are_shared(sandbox, clock, redis_server):
    def worker():
        return Site(
            sandbox,
            clock,
            session_store=RedisSessionStore.from_url(redis_server.url),
            token_store=AsyncRedisTokenStore.from_url(redis_server.url),
        )

    first, second = worker(), worker()
    try:
        async with first.browser() as browser, second.browser() as other:
            # One worker redirects the user, the other handles the callback.
            back = sandbox.approve(await browser.depart("/name"))
            share_cookies(browser, other)
            assert (await other.get(back)).status_code == 303
            assert (await browser.get("/name")).json() == "ada-night"
            assert (await other.get("/name")).json() == "ada-night"

            # A renewal by one is the other's, too.
            sandbox.expire_tokens()
            assert (await browser.get("/name")).status_code == (await other.get("/name")).status_code == 200
            assert sandbox.token_requests()["refresh_token"] == 1

            # Who signs out with one is signed out with the other.
            session_id = browser.session_id
            await browser.sign_out()
            other.http.cookies.set("__Host-sid", session_id)
            assert (await other.get("/name")).status_code == 401
    finally:
        for site in (first, second):
            await site.session_store.aclose()
            await site.token_store.aclose()


async def test_tokens_in_a_file(sandbox, clock, tmp_path):
    site = Site(sandbox, clock, token_store=FileTokenStore(tmp_path / "tokens.json"))
    async with site.browser("ada-night") as browser:
        assert (await browser.get("/name")).json() == "ada-night"
        await browser.sign_out()

    assert site.token_of("ada-night") is None


async def test_an_unreachable_redis_is_reported_without_its_url(redis_server):
    store = RedisSessionStore.from_url("redis://:hidden-password@127.0.0.1:1/0")
    with pytest.raises(TokenStoreError, match="cannot be read or stored: ConnectionError") as caught:
        await store.get("k")

    assert "hidden" not in repr(store) + str(caught.value)
    assert caught.value.__context__ is None
    await store.aclose()


def test_a_sync_redis_client_is_refused():
    with pytest.raises(InvalidInputError, match=r"use redis\.asyncio\.Redis"):
        RedisSessionStore(redis.Redis())


@pytest.mark.parametrize("url", ["http://localhost", "redis://localhost:port/0"])
def test_an_invalid_redis_url_is_refused(url):
    with pytest.raises(InvalidInputError, match="not a Redis URL"):
        RedisSessionStore.from_url(url)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"secret_key": "short"}, "at least 32 random characters"),
        ({"secret_key": []}, "at least 32 random characters"),
        *(({"secret_key": key}, "at least 32 random characters") for key in (None, 32, [None], b"x" * 40)),
        ({"secret_key": [SECRET_KEY, "short"]}, "at least 32 random characters"),
        ({"idle_seconds": 0}, "idle_seconds"),
        ({"absolute_seconds": float("inf")}, "absolute_seconds"),
        ({"absolute_seconds": 31 * 24 * 3600}, "at most 2592000, 30 days"),
        ({"cookie": "a b"}, "letters, digits"),
        ({"cookie": ""}, "letters, digits"),
        ({"cookie": None}, "letters, digits"),
    ],
)
def test_invalid_settings(settings, message):
    with pytest.raises(InvalidInputError, match=message):
        Sessions(**{"secret_key": SECRET_KEY, **settings})


def test_a_session_of_30_days():
    assert Sessions(SECRET_KEY, absolute_seconds=30 * 24 * 3600).absolute_seconds == 2_592_000


async def test_the_store_keeps_a_session_until_it_ends(clock):
    kept = []

    class Store(MemorySessionStore):
        async def add(self, key, record, seconds, user):
            kept.append(seconds)
            await super().add(key, record, seconds, user)

        async def replace(self, key, record, seconds):
            kept.append(seconds)
            await super().replace(key, record, seconds)

    sessions = Sessions(SECRET_KEY, store=Store(), idle_seconds=60, absolute_seconds=100, clock=clock)
    session_id, _ = await sessions.start("ada", "Browser")
    clock.now += 50
    await sessions.find(session_id, "Browser")

    assert kept == [60, 50]


async def test_a_session_shows_neither_its_key_nor_its_csrf_token(clock, caplog):
    caplog.set_level(logging.INFO, "soundcloud.web")
    sessions = Sessions(SECRET_KEY, clock=clock)
    _, session = await sessions.start("ada", "Browser")
    await sessions.end_all("ada")

    assert session.key not in repr(session)
    assert session.csrf_token not in repr(session)
    assert caplog.messages == [f"session {session.key[:12]} of ada {what}" for what in ("started", "ended")]


async def test_secret_key_rotation_during_a_sign_in(sandbox, clock):
    new = SECRET_KEY[::-1]
    old, both, other = (Site(sandbox, clock, secret_key=keys) for keys in (SECRET_KEY, [SECRET_KEY, new], new))
    async with old.browser() as browser, both.browser() as later, other.browser() as last:
        back = sandbox.approve(await browser.depart())
        share_cookies(browser, later, last)

        assert (await later.get(back)).status_code == 303

        back = sandbox.approve(await browser.depart())

        assert (await last.get(back)).status_code == 400


@pytest.mark.parametrize("record", ["", "{", "[]", "{}", '"text"', json.dumps({"user": "ada", "csrf": 1})])
async def test_an_invalid_record_is_not_a_session(site, record):
    async with site.browser("ada-night") as browser:
        (key,) = await site.session_store.keys_of(site.urn_of("ada-night"))
        await site.session_store.replace(key, record, 60)

        assert (await browser.get("/name")).status_code == 401


async def test_localhost_may_use_http(sandbox, clock):
    from soundcloud import AsyncSoundCloudClient

    class Local(Site):
        def client(self, store):
            return AsyncSoundCloudClient(
                "id", "secret", "http://127.0.0.1:8000/callback", base_url=sandbox.api_url, token_store=store
            )

    site = Local(sandbox, clock)
    async with site.browser() as browser:
        await browser.depart()

    assert (site.routes.site.origin, site.routes.site.prefix) == ("http://127.0.0.1:8000", "")
    assert re.fullmatch(r"sid-start=[\w.-]+; HttpOnly; Max-Age=600; Path=/; SameSite=lax", browser.set_cookies[0])
