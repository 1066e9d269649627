"""Reads of visitors who are not signed in: the app's token, the cache, the limit per visitor, and headers."""

import pytest
from anyio import create_task_group

from soundcloud import AsyncSoundCloudClient, InvalidInputError, SoundCloudClient
from soundcloud.caches import MemoryCache
from soundcloud.sandbox import Faults
from soundcloud.sandbox.media.sound import tone
from soundcloud.stores import MemoryTokenStore
from soundcloud.web import Sessions, SoundCloudRoutes
from soundcloud.web.limits import VisitorLimit
from tests.web.conftest import ALLOWED, Clock, Site

pytestmark = pytest.mark.anyio

SEARCH = "/soundcloud/api/tracks?q=lofi&limit=2&linked_partitioning=true"
PUBLIC = ("/tracks", "/tracks/{track_urn}", "/users/{user_urn}", "/tracks/{track_urn}/streams")
JSON = {"Accept": "application/json"}


@pytest.fixture
def site(sandbox, clock):
    return Site(sandbox, clock, routes={"public": PUBLIC})


def sent(sandbox, path="/tracks"):
    return [request for request in sandbox.requests if request.path == path]


async def test_nothing_is_public_by_default(sandbox, clock):
    async with Site(sandbox, clock).browser() as browser:
        answers = [await browser.get(path) for path in (SEARCH, "/soundcloud/api/tracks/1")]

    # The second path is on the list of signed-in users.
    assert [answer.status_code for answer in answers] == [404, 401]
    assert sandbox.token_requests()["client_credentials"] == 0


async def test_a_visitor_reads_with_the_apps_token(site, sandbox):
    async with site.browser() as browser:
        first = await browser.get(SEARCH)
        second = await browser.get(first.json()["next_href"])
        track = first.json()["collection"][0]
        one = await browser.get(f"/soundcloud/api/users/{track['user']['urn']}")

        assert [each.status_code for each in (first, second, one)] == [200, 200, 200]
        assert first.json()["next_href"].startswith("/soundcloud/api/tracks?")
        assert {each["urn"] for each in first.json()["collection"]}.isdisjoint(
            each["urn"] for each in second.json()["collection"]
        )
        assert browser.set_cookies == []
    assert sandbox.token_requests()["client_credentials"] == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_visitors_only_read(site, method):
    async with site.browser() as browser:
        assert (await browser.send(method, "/soundcloud/api/tracks")).status_code == 405


async def test_visitors_do_not_reach_the_users_paths(site):
    async with site.browser() as browser:
        for path in ("/me/tracks", "/me/likes/tracks", "/me", "/users/1/web-profiles", "/tracks/..%2fme", "/playlists"):
            answer = await browser.get(f"/soundcloud/api{path}")
            assert answer.status_code in {401, 404}, path


@pytest.mark.parametrize("path", ["/me", "/me/likes/tracks", "/me/followings/{user_urn}"])
def test_the_users_paths_cannot_be_public(sandbox, clock, path):
    with pytest.raises(InvalidInputError, match=r"public: '/me.* is the data of a signed-in user"):
        Site(sandbox, clock, routes={"public": [path]})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"public": "/tracks"}, "public='/tracks': pass a list of paths"),
        ({"public": 5}, "public=5: pass a list of paths"),
        ({"api": [5]}, "api holds a value of type int: pass a list of paths"),
        ({"public": ["/resolve"]}, "public: '/resolve' is not a path that the server can read"),
        ({"public_limit": 0}, "public_limit=0: pass the requests per minute, 1 or more"),
        ({"public_limit": True}, "public_limit=True"),
        ({"public_ttl": 0}, "public_ttl=0: give seconds, more than 0"),
        ({"public_cache": MemoryCache}, "public_cache=MemoryCache is a class"),
        ({"on_route": 5}, "on_route=5: pass a function"),
    ],
)
def test_wrong_settings(sandbox, clock, settings, message):
    with pytest.raises(InvalidInputError, match=message):
        Site(sandbox, clock, routes=settings)


def test_settings_of_a_wrong_type():
    with pytest.raises(InvalidInputError, match="session='secret': pass a Sessions"):
        SoundCloudRoutes(AsyncSoundCloudClient, session="secret", token_store=MemoryTokenStore())
    with pytest.raises(InvalidInputError, match="client_factory=None: pass a function"):
        SoundCloudRoutes(None, session=Sessions("k" * 32), token_store=MemoryTokenStore())


async def test_responses_are_cached_for_all_visitors(site, sandbox):
    for address in ("192.0.2.1", "192.0.2.2"):
        async with site.browser(address=address) as browser:
            answer = await browser.get(SEARCH)

            assert answer.headers["cache-control"] == "public, max-age=60"
            again = await browser.get(SEARCH, headers={"If-None-Match": f'W/"x", W/{answer.headers["etag"]}'})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == answer.headers["etag"]
            assert (await browser.get(SEARCH, headers={"If-None-Match": '"x"'})).status_code == 200
    assert len(sent(sandbox)) == 1


async def test_a_cache_of_the_app(sandbox, clock):
    cache = MemoryCache()
    site = Site(sandbox, clock, routes={"public": PUBLIC, "public_cache": cache, "public_ttl": 5})
    async with site.browser() as browser:
        answer = await browser.get(SEARCH)

    assert answer.headers["cache-control"] == "public, max-age=5"
    assert len(cache) == 1


async def test_visitors_at_the_same_time_cause_one_request(site, sandbox):
    answers = []

    async def visit():
        async with site.browser() as browser:
            answers.append((await browser.get(SEARCH)).status_code)

    async with create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(visit)

    assert answers == [200] * 10
    assert len(sent(sandbox)) == 1
    assert sandbox.token_requests()["client_credentials"] == 1


async def test_signed_in_users_read_the_paths_of_both_lists_with_their_own_token(sandbox, clock):
    site = Site(sandbox, clock, routes={"api": ["/tracks", *ALLOWED], "public": PUBLIC})
    async with site.browser("ada-night") as ada, site.browser() as visitor:
        own, other = await ada.get(SEARCH), await visitor.get(SEARCH)
        public = await ada.get(f"/soundcloud/api/users/{own.json()['collection'][0]['user']['urn']}")

    # The same URL has other data after a sign-in, so browsers must not keep it.
    assert (own.headers["cache-control"], other.headers["cache-control"]) == ("no-store", "no-store")
    assert public.headers["cache-control"] == "public, max-age=60"
    assert len(sent(sandbox)) == 2
    assert sandbox.token_requests()["client_credentials"] == 1


async def test_private_tracks_stay_private(site, sandbox):
    with SoundCloudClient(**sandbox.client_settings("ada-night")) as client:
        track = client.tracks.upload(tone(), title="Secret", filename="a.wav", sharing="private")
        secret = client.tracks.get_track(track.urn).secret_uri.partition("secret_token=")[2]
    assert secret
    async with site.browser() as browser:
        answers = [
            await browser.get(f"/soundcloud/api/tracks/{track.urn}?{query}", headers=JSON)
            for query in ("", f"secret_token={secret}", f"secret%5Ftoken={secret}")
        ]

        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert secret not in browser.everything()


async def test_urls_of_streams_are_not_kept(site):
    async with site.browser() as browser:
        urn = (await browser.get(SEARCH)).json()["collection"][0]["urn"]
        answer = await browser.get(f"/soundcloud/api/tracks/{urn}/streams")

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


async def test_the_limit_counts_addresses_and_sessions(sandbox, clock):
    site = Site(sandbox, clock, routes={"public": PUBLIC, "public_limit": 3})
    async with (
        site.browser(address="192.0.2.1") as one,
        site.browser(address="192.0.2.2") as other,
        site.browser("ada-night", address="192.0.2.1") as ada,
    ):
        assert [(await one.get(SEARCH)).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = await one.get(SEARCH, headers=JSON)
        # Made-up cookies do not help.
        faked = await one.get(SEARCH, headers={"Cookie": f"__Host-sid={'a' * 43}"})

        assert refused.headers["retry-after"] == "20"
        assert refused.headers["cache-control"] == "no-store"
        assert refused.json()["error"] == {
            "status": 429,
            "code": "too_many_requests",
            "message": "Too many requests. Wait 20 seconds and try again.",
        }
        assert faked.status_code == 429
        assert [(await other.get(SEARCH)).status_code, (await ada.get(SEARCH)).status_code] == [200, 200]
        clock.now += 20
        assert [(await one.get(SEARCH)).status_code for _ in range(2)] == [200, 429]


async def test_an_ipv6_network_is_one_visitor(sandbox, clock):
    site = Site(sandbox, clock, routes={"public": PUBLIC, "public_limit": 1})
    answers = []
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1", "unix", ""):
        async with site.browser(address=address) as browser:
            answers.append((await browser.get(SEARCH)).status_code)

    assert answers == [200, 429, 200, 200, 429, 200, 200]


def test_the_limit_uses_bounded_memory(monkeypatch):
    monkeypatch.setattr("soundcloud.web.limits._MAX_VISITORS", 3)
    clock = Clock()
    limit = VisitorLimit(1, clock)

    assert [limit.acquire(name) for name in "abc"] == [0.0, 0.0, 0.0]
    assert limit.acquire("a") == 60.0
    assert limit.acquire("d") == 0.0  # takes the place of b, which came first
    assert limit.acquire("a") == 60.0
    assert limit.acquire("b") == 0.0
    clock.now -= 1000
    assert limit.acquire("a") == 60.0


@pytest.mark.parametrize(
    ("faults", "status", "code"),
    [
        ({"bad_gateway_html": 1}, 502, "unavailable"),
        ({"rate_limited_object": 1}, 429, "too_many_requests"),
    ],
)
async def test_soundclouds_errors(site, sandbox, faults, status, code):
    sandbox.set_faults(Faults(error_rate=faults, paths="/tracks"))
    async with site.browser() as browser:
        answer = await browser.get(SEARCH, headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_wrong_value(site):
    async with site.browser() as browser:
        answer = await browser.get("/soundcloud/api/tracks/1", headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "refused")


@pytest.mark.parametrize("secret", [None, "wrong"])
async def test_an_app_without_a_token_does_not_ask_visitors_to_sign_in(sandbox, clock, secret, caplog):
    class Broken(Site):
        def client(self, store):
            urls = {"base_url": sandbox.api_url, "auth_url": sandbox.auth_url}
            return AsyncSoundCloudClient(sandbox.client_id, secret, sandbox.redirect_uri, token_store=store, **urls)

    async with Broken(sandbox, clock, routes={"public": PUBLIC}).browser() as browser:
        answer = await browser.get(SEARCH, headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "site_problem")
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == ["soundcloud.web"]
