"""Sign-in and sign-out through the routes, and the error pages."""

import asyncio
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from soundcloud import AsyncSoundCloudClient, InvalidInputError, Token, generate_code_challenge
from soundcloud._async.namespaces.me import AsyncMeNamespace
from soundcloud._sign_in import local_path
from soundcloud.models import Me
from soundcloud.sandbox import Faults
from soundcloud.stores import MemoryTokenStore
from soundcloud.web import Sessions, SoundCloudRoutes
from tests.web.conftest import ORIGIN, SECRET_KEY, Site, sentences

pytestmark = pytest.mark.anyio


async def test_sign_in_and_sign_out(site):
    async with site.browser() as browser:
        assert (await browser.get("/name")).status_code == 401
        back = await browser.sign_in("ada-night", "/name?a=1")

        assert back.headers["location"] == "/name?a=1"
        assert (await browser.get("/name")).json() == "ada-night"
        assert site.token_of("ada-night").grant == "user"

        out = await browser.sign_out()

        assert (out.status_code, out.headers["location"]) == (303, "/home")
        assert browser.session_id is None
        assert (await browser.get("/name")).status_code == 401
        assert site.token_of("ada-night") is None


async def test_no_secret_reaches_the_browser(site):
    async with site.browser("ada-night") as browser:
        token = site.token_of("ada-night")
        for path in ("/name", "/soundcloud/me", "/soundcloud/api/me/tracks", "/soundcloud/logout", "/soundcloud/none"):
            await browser.get(path)
        await browser.sign_out()
        seen = browser.everything()

    assert "ada-night" in seen
    assert not any(
        secret in seen for secret in (token.access_token, token.refresh_token, site.sandbox.client_secret, SECRET_KEY)
    )


async def test_the_authorization_url_has_a_challenge_and_a_state(site):
    async with site.browser() as one, site.browser() as other:
        first, second = [parse_qs(urlsplit(await browser.depart()).query) for browser in (one, other)]
        cookie = site.routes._cookies._serializer.loads(one.http.cookies["__Host-sid-start"])

    (state,) = first["state"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["code_challenge"] == [generate_code_challenge(cookie[state][0])]
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


async def test_the_callback_accepts_a_form(site):
    async with site.browser() as browser:
        fields = parse_qs(urlsplit(site.sandbox.approve(await browser.depart("/name"))).query)
        # From another site: the browser leaves its cookies at home.
        async with site.browser() as bare:
            form = await bare.post("/soundcloud/callback", data={name: value for name, (value,) in fields.items()})

        assert form.status_code == 303
        assert form.headers["location"] == f"/soundcloud/callback?{urlencode(fields, doseq=True)}"
        assert (await browser.get(form.headers["location"])).headers["location"] == "/name"
        assert (await browser.get("/name")).json() == "ada-night"


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "application/json"}, b"{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"code=" + b"c" * 20_000, 413),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=1&" * 100, 413),
    ],
)
async def test_the_callback_refuses_other_bodies(site, headers, content, status):
    async with site.browser() as browser:
        assert (await browser.post("/soundcloud/callback", headers=headers, content=content)).status_code == status


async def test_the_page_after_a_refused_sign_in(site):
    async with site.browser() as browser:
        response = await browser.get(site.sandbox.refuse(await browser.depart("/upload")))

        assert response.status_code == 400
        assert "You did not give this site access, so nothing was stored." in sentences(response)
        assert 'href="/soundcloud/login?next=/upload"' in response.text
        assert browser.session_id is None
        assert browser.http.cookies.get("__Host-sid-start") is None


async def test_a_redirect_of_another_browsers_sign_in_is_refused(site):
    async with site.browser() as attacker, site.browser() as victim:
        back = site.sandbox.approve(await attacker.depart(), user="marlow-finch")
        await victim.depart()
        response = await victim.get(back)

        assert response.status_code == 400
        assert "was not started in this browser" in sentences(response)
        assert victim.session_id is None
        # The attacker's own browser is where it belongs.
        assert (await attacker.get(back)).status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        lambda query: {**query, "state": [*query["state"], "x"]},
        lambda query: {**query, "state": ["x"]},
        lambda query: {"code": query["code"]},
        lambda query: {"state": query["state"]},
        lambda query: {**query, "code": ["a", "b"]},
        lambda query: {**query, "code": ["never-given"]},
        lambda query: {},
    ],
    ids=["two states", "another state", "no state", "no code", "two codes", "a made-up code", "nothing"],
)
async def test_a_modified_redirect_is_refused(site, change):
    async with site.browser() as browser:
        query = parse_qs(urlsplit(site.sandbox.approve(await browser.depart())).query)
        response = await browser.get(f"/soundcloud/callback?{urlencode(change(query), doseq=True)}")

        assert response.status_code == 400
        assert "You are not signed in" in sentences(response)
        assert not any(secret in response.text for secret in (*query["code"], *query["state"]))
        assert browser.session_id is None


async def test_a_redirect_works_once(site):
    async with site.browser() as browser:
        back = site.sandbox.approve(await browser.depart())
        first, second = await browser.get(back), await browser.get(back)

        assert (first.status_code, second.status_code) == (303, 400)
        assert (await browser.get("/name")).json() == "ada-night"


async def test_an_error_without_a_state(site):
    async with site.browser() as browser:
        response = await browser.get("/soundcloud/callback?error=redirect_uri_mismatch")

    assert response.status_code == 400
    assert "SoundCloud does not know this redirect URI" in sentences(response)


async def test_a_modified_cookie_is_ignored(site):
    async with site.browser() as browser:
        back = site.sandbox.approve(await browser.depart())
        value = browser.http.cookies["__Host-sid-start"]
        browser.http.cookies.clear()
        response = await browser.get(back, headers={"Cookie": f"__Host-sid-start={value[:-2]}xx"})

    assert response.status_code == 400


async def test_a_sign_in_may_take_ten_minutes(site, clock):
    async with site.browser() as browser:
        back, late = [site.sandbox.approve(await browser.depart()) for _ in range(2)]
        clock.now += 599
        assert (await browser.get(back)).status_code == 303
        clock.now += 2
        assert "more than ten minutes ago" in sentences(await browser.get(late))


async def test_concurrent_sign_ins_in_several_tabs(site):
    async with site.browser() as browser:
        backs = [site.sandbox.approve(await browser.depart(f"/{tab}")) for tab in range(5)]
        answers = [await browser.get(back) for back in reversed(backs)]

    # A cookie has room for the last four.
    assert [answer.headers.get("location") for answer in answers] == ["/4", "/3", "/2", "/1", None]


async def test_the_cookie_of_many_tabs_stays_within_the_size_limit(site):
    async with site.browser() as browser:
        for tab in range(5):
            await browser.depart("/" + f"{tab}{tab * 7919 % 99991}" * 60)

    assert max(len(cookie) for cookie in browser.set_cookies) < 4096


async def test_another_user_signs_in_with_the_same_browser(site):
    async with site.browser("ada-night") as browser:
        before = browser.session_id
        await browser.sign_in("marlow-finch")

        assert (await browser.get("/name")).json() == "marlow-finch"
        assert browser.session_id != before
        assert site.token_of("ada-night") is None
        assert site.token_of("marlow-finch") is not None


async def test_the_last_sign_out_of_a_user_deletes_the_tokens(site):
    async with site.browser("ada-night") as one, site.browser("ada-night") as other:
        await one.sign_out()

        assert (await one.get("/name")).status_code == 401
        assert (await other.get("/name")).json() == "ada-night"

        await other.sign_out()

        assert site.token_of("ada-night") is None


async def test_sign_out_everywhere(site):
    async with (
        site.browser("ada-night") as one,
        site.browser("ada-night") as other,
        site.browser("marlow-finch") as third,
    ):
        await one.sign_out(everywhere="yes")

        assert (await other.get("/name")).status_code == 401
        assert (await third.get("/name")).json() == "marlow-finch"
        assert site.token_of("ada-night") is None


async def test_sign_out_revokes_the_tokens(site):
    async with site.browser("ada-night") as browser:
        token = site.token_of("ada-night").access_token
        await browser.sign_out()
        async with AsyncSoundCloudClient(access_token=token, base_url=site.sandbox.api_url) as client:
            assert (await client.raw.get("/me")).status == 401


async def test_sign_out_while_soundcloud_is_down(site, caplog):
    async with site.browser("ada-night") as browser:
        csrf_token = await browser.csrf_token()
        site.sandbox.set_faults(Faults(error_rate={"bad_gateway_html": 1}, paths="*"))
        try:
            response = await browser.post("/soundcloud/logout", data={"csrf_token": csrf_token})
        finally:
            site.sandbox.clear_faults()

        assert response.status_code == 303
        assert (await browser.get("/name")).status_code == 401
        assert site.token_of("ada-night") is None


async def test_disconnect_ends_all_sessions_and_the_access_of_the_app(site):
    async with (
        site.browser("ada-night") as one,
        site.browser("ada-night") as other,
        site.browser("marlow-finch") as third,
    ):
        token = site.token_of("ada-night").access_token
        response = await one.sign_out(disconnect="yes")

        assert (response.status_code, response.headers["location"]) == (303, "/home")
        assert [(await each.get("/name")).status_code for each in (one, other, third)] == [401, 401, 200]
        assert site.token_of("ada-night") is None
        assert [request.path for request in site.sandbox.requests if request.method == "POST"][-1] == "/disconnect"
        async with AsyncSoundCloudClient(access_token=token, base_url=site.sandbox.api_url) as client:
            assert (await client.raw.get("/me")).status == 401


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [("subscription_wall", 403, "SoundCloud refused this"), ("unavailable_html", 502, "SoundCloud has a problem")],
)
async def test_a_refused_disconnect_changes_nothing(site, fault, status, title):
    async with site.browser("ada-night") as browser:
        csrf_token = await browser.csrf_token()
        site.sandbox.set_faults(Faults(error_rate={fault: 1}, paths="/disconnect"))
        try:
            response = await browser.post("/soundcloud/logout", data={"csrf_token": csrf_token, "disconnect": "yes"})
        finally:
            site.sandbox.clear_faults()

        assert response.status_code == status
        assert title in sentences(response)
        assert (await browser.get("/name")).json() == "ada-night"
        assert site.token_of("ada-night") is not None


async def test_disconnect_with_dead_tokens_ends_the_session(site):
    async with site.browser("ada-night") as browser:
        csrf_token = await browser.csrf_token()
        store = site.token_store.for_user(site.urn_of("ada-night"))
        token = store.get()
        store.set(Token(token.access_token, "used", datetime(2020, 1, 1, tzinfo=UTC), grant="user"))
        response = await browser.post("/soundcloud/logout", data={"csrf_token": csrf_token, "disconnect": "yes"})

        assert response.status_code == 401
        assert "Your session has ended" in sentences(response)
        assert (await browser.get("/name")).status_code == 401


async def test_the_sign_out_page(site):
    async with site.browser("ada-night") as browser:
        page = await browser.get("/soundcloud/logout")
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', page.text))

        assert "Sign out?" in sentences(page)
        assert '<button name="disconnect" value="yes">' in page.text
        assert (await browser.post("/soundcloud/logout", data=fields)).status_code == 303
        assert "You are signed out" in sentences(await browser.get("/soundcloud/logout"))
        assert (await browser.post("/soundcloud/logout")).status_code == 303


async def test_sign_out_by_a_script(site):
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token(), "Accept": "*/*"}

        assert (await browser.post("/soundcloud/logout", headers=headers)).status_code == 204
        assert browser.session_id is None


LOCAL = ["/", "/name", "/a?b=c&d=//evil.test", "/a#b", "/%2F%2Fevil.test", "/a:b@c"]
ELSEWHERE = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "https://evil.test",
    "https:evil.test",
    "javascript:alert(1)",
    "evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "\t//evil.test",
    " //evil.test",
    "/ /evil.test",
    "/\x00/evil.test",
    "/\u2044evil.test",
    "/\uff0f/evil.test",
    "@evil.test",
    "?next=//evil.test",
    "/" + "a" * 400,
    "",
]


@pytest.mark.parametrize("target", LOCAL)
async def test_a_sign_in_redirects_to_a_path_of_this_site(site, target):
    async with site.browser() as browser:
        assert (await browser.sign_in(target=target)).headers["location"] == target


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_a_sign_in_does_not_redirect_to_another_site(site, target):
    async with site.browser() as browser:
        assert (await browser.sign_in(target=target)).headers["location"] == "/home"

    assert site.routes.login_url(target) == "/soundcloud/login"
    assert local_path(target) is None


async def test_two_redirect_targets(site):
    async with site.browser() as browser:
        response = await browser.get("/soundcloud/login?next=//evil.test&next=/name&next=//evil.test")
        back = await browser.get(site.sandbox.approve(response.headers["location"]))

    assert back.headers["location"] == "/home"


@pytest.mark.parametrize("host", ["evil.test", "evil.test:443"])
async def test_the_host_header_is_not_used_in_redirects(site, host):
    async with site.browser() as browser:
        response = await browser.get("/soundcloud/login", headers={"Host": host})
        query = parse_qs(urlsplit(response.headers["location"]).query)

    assert query["redirect_uri"] == [f"{ORIGIN}/soundcloud/callback"]
    assert "evil" not in browser.everything()


@pytest.mark.parametrize(
    ("faults", "status", "told"),
    [
        (Faults(error_rate={"bad_gateway_html": 1}, paths="*"), 502, "SoundCloud has a problem Try again later."),
        (Faults(error_rate={"rate_limited_object": 1}, paths="*"), 429, "SoundCloud asks you to wait"),
        (Faults(error_rate={"reset_before": 1}, paths="*"), 502, "SoundCloud cannot be reached Try again later."),
    ],
    ids=["server", "limit", "reset"],
)
async def test_a_sign_in_while_soundcloud_is_down(site, faults, status, told):
    async with site.browser() as browser:
        back = site.sandbox.approve(await browser.depart("/name"))
        site.sandbox.set_faults(faults)
        try:
            response = await browser.get(back)
        finally:
            site.sandbox.clear_faults()

        assert response.status_code == status
        assert told in sentences(response)
        assert 'href="/soundcloud/login?next=/name"' in response.text
        assert browser.session_id is None


@pytest.mark.parametrize("urn", [None, ""])
async def test_a_user_without_a_urn_is_not_signed_in(site, urn, monkeypatch):
    async def get_me(self, *, token=None):
        return Me(urn=urn)

    monkeypatch.setattr(AsyncMeNamespace, "get_me", get_me)
    async with site.browser() as browser:
        response = await browser.get(site.sandbox.approve(await browser.depart()))

        assert response.status_code == 502
        assert browser.session_id is None
    assert site.token_store._tokens == {}


async def test_a_wrong_client_secret_is_logged(sandbox, clock, caplog):
    class Wrong(Site):
        def client(self, store):
            settings = {"base_url": sandbox.api_url, "auth_url": sandbox.auth_url, "token_store": store}
            return AsyncSoundCloudClient(sandbox.client_id, "wrong-secret", sandbox.redirect_uri, **settings)

    site = Wrong(sandbox, clock)
    async with site.browser() as browser:
        response = await browser.get(sandbox.approve(await browser.depart()))

    assert response.status_code == 500
    assert "This site is not set up" in sentences(response)
    assert "SoundCloud rejected the app's id or secret" in caplog.text
    assert "wrong-secret" not in caplog.text + browser.everything()


async def test_a_client_factory_that_ignores_the_store_is_refused(sandbox, clock):
    shared = MemoryTokenStore()

    class Shared(Site):
        def client(self, store):
            return super().client(shared)

    site = Shared(sandbox, clock)
    async with site.browser() as browser:
        back = sandbox.approve(await browser.depart())
        with pytest.raises(RuntimeError, match="does not use the given token store"):
            await browser.get(back)

        assert browser.session_id is None


def settings_of(sandbox, **changes):
    return {
        "client_id": "id",
        "client_secret": "secret",
        "redirect_uri": sandbox.redirect_uri,
        "base_url": sandbox.api_url,
        "auth_url": sandbox.auth_url,
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"access_token": "t"}, "which every visitor would use"),
        ({"refresh_token": "t"}, "which every visitor would use"),
        ({"client_id": None}, "client_id"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"redirect_uri": "https://site.test/soundcloud"}, "does not end in /callback"),
        ({"redirect_uri": "https://site.test/callback?x=1"}, "does not end in /callback"),
        ({"redirect_uri": "http://site.test/callback"}, "is not https"),
        ({"redirect_uri": "myapp://callback"}, "does not end in /callback"),
    ],
)
def test_a_client_that_cannot_serve_a_site_is_refused(sandbox, changes, message):
    settings = settings_of(sandbox, **changes)
    with pytest.raises(InvalidInputError, match=message):
        SoundCloudRoutes(
            lambda store: AsyncSoundCloudClient(**settings, token_store=store),
            session=Sessions(SECRET_KEY),
            token_store=MemoryTokenStore(),
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"token_store": object()}, "use a store of soundcloud.stores"),
        ({"home": "//evil.test"}, "pass a path of this site"),
        ({"client_factory": lambda store: None}, "returned a NoneType"),
        ({"api": "/me"}, "pass a list"),
        ({"api": ["/me/likes"]}, "not a path that the server can read"),
        ({"api": ["/likes/tracks/{track_urn}"]}, "not a path that the server can read"),
        ({"api": ["/resolve"]}, "not a path that the server can read"),
        ({"api": ["/likes"]}, "document: /me, /me/activities, /me/activities/all/own$"),
        ({"api": ["/playlists/1"]}, "document: /playlists, /playlists/{playlist_urn}, [^ ]*/reposters, [^ ]*/tracks$"),
    ],
)
def test_invalid_settings_are_refused(site, changes, message):
    settings = {"client_factory": site.client, "session": site.sessions, "token_store": site.token_store, **changes}
    with pytest.raises(InvalidInputError, match=message):
        SoundCloudRoutes(settings.pop("client_factory"), **settings)


def test_the_routes_on_trio(site):
    trio = pytest.importorskip("trio")

    async def main():
        async with site.browser("ada-night") as browser:
            return (await browser.get("/name")).json()

    assert trio.run(main) == asyncio.run(main()) == "ada-night"
