"""The OWASP Session Management Cheat Sheet: each test is named after one of its headings.

https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html

Where the sheet leaves a choice, or speaks of what only the whole site can do, the docstring says what was chosen and the test
checks that.
"""

import hashlib
import logging
import re

import pytest

from soundcloud import AsyncSoundCloudClient, InvalidInputError
from soundcloud.web import SoundCloudRoutes
from tests.web.conftest import ORIGIN, Site, sentences

pytestmark = pytest.mark.anyio

NAME = "__Host-sid"


def session_cookies(browser):
    return [cookie for cookie in browser.set_cookies if cookie.startswith(f"{NAME}=")]


def attributes(cookie):
    return {part.strip().partition("=")[0].lower(): part.strip().partition("=")[2] for part in cookie.split(";")[1:]}


# Session ID properties


async def test_session_id_name_fingerprinting(site, sandbox, clock):
    """The cookie name is configurable and reveals neither language nor framework."""
    async with site.browser("ada-night") as browser:
        names = {cookie.partition("=")[0] for cookie in browser.set_cookies}
    other = Site(sandbox, clock, cookie="id")
    async with other.browser() as browser:
        await browser.depart()

        assert browser.set_cookies[0].startswith("__Host-id-start=")
    assert names == {"__Host-sid", "__Host-sid-start"}


async def test_session_id_length(site):
    """At least 128 bits; session ids have 256."""
    async with site.browser("ada-night") as browser:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", browser.session_id)


async def test_session_id_entropy(site):
    """At least 64 bits of entropy: ids are unique, and each bit is evenly distributed."""
    ids = [(await site.sessions.start("ada", ""))[0] for _ in range(1000)]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    values = [sum(alphabet.index(letter) << 6 * place for place, letter in enumerate(found[:42])) for found in ids]
    ones = [sum(value >> bit & 1 for value in values) for bit in range(252)]

    assert len({found[:12] for found in ids}) == 1000
    assert all(380 < count < 620 for count in ones)  # beyond 7 standard deviations nothing is chance


async def test_session_id_content_or_value(site):
    """The id is meaningless: only the server knows the user."""
    async with site.browser("ada-night") as one, site.browser("ada-night") as other:
        assert one.session_id != other.session_id
        assert site.urn_of("ada-night").rpartition(":")[2] not in one.session_id
        (key, _) = await site.session_store.keys_of(site.urn_of("ada-night"))
        assert '"user": "soundcloud:users:' in await site.session_store.get(key)


# Session management implementation


async def test_built_in_session_management_implementations(site):
    """The store contains hashes instead of ids."""
    async with site.browser("ada-night") as browser:
        kept = repr(site.session_store._sessions)

        assert browser.session_id not in kept
        assert hashlib.sha256(browser.session_id.encode()).hexdigest() in kept


async def test_used_vs_accepted_session_id_exchange_mechanisms(site):
    """Only the cookie is accepted."""
    async with site.browser("ada-night") as browser, site.browser() as thief:
        found = browser.session_id
        answers = [
            await thief.get("/name", params=dict.fromkeys(("sid", NAME, "session"), found)),
            await thief.get("/name", headers={"Authorization": f"Bearer {found}", "X-Session": found, NAME: found}),
            await thief.get(f"/name;{NAME}={found}"),
            await thief.get("/name", headers={"Cookie": f"sid={found}"}),
            await thief.post("/like/1", data={NAME: found, "csrf_token": await browser.csrf_token()}),
        ]

    assert [answer.status_code for answer in answers] == [401, 401, 404, 401, 401]


async def test_transport_layer_security(site, sandbox):
    """A site with http is refused, and the cookies of an https site are sent over https only."""

    def client(store):
        return AsyncSoundCloudClient("id", "secret", "http://site.test/callback", token_store=store)

    with pytest.raises(InvalidInputError, match="is not https"):
        SoundCloudRoutes(client, session=site.sessions, token_store=site.token_store)
    async with site.browser("ada-night") as browser:
        assert (await browser.get("https://site.test/name")).status_code == 200
        assert (await browser.get("http://site.test/name")).status_code == 401


# Cookies


async def test_secure_attribute(site):
    async with site.browser("ada-night") as browser:
        await browser.sign_out()

        assert browser.set_cookies
        assert all("secure" in attributes(cookie) for cookie in browser.set_cookies)


async def test_httponly_attribute(site):
    async with site.browser("ada-night") as browser:
        await browser.sign_out()

        assert all("httponly" in attributes(cookie) for cookie in browser.set_cookies)


async def test_samesite_attribute(site):
    """Lax, because Strict would drop the session after the redirect from SoundCloud. Writes need a CSRF token as well."""
    async with site.browser("ada-night") as browser:
        await browser.sign_out()

        assert {attributes(cookie)["samesite"] for cookie in browser.set_cookies} == {"lax"}


async def test_domain_and_path_attributes(site):
    """No domain, and the path of the whole site, as the prefix __Host- requires; the app's own routes need the session."""
    async with site.browser("ada-night") as browser:
        await browser.sign_out()

        assert all("domain" not in attributes(cookie) for cookie in browser.set_cookies)
        assert {attributes(cookie)["path"] for cookie in browser.set_cookies} == {"/"}
        assert all(cookie.startswith("__Host-") for cookie in browser.set_cookies)


async def test_expire_and_max_age_attributes(site):
    """The session cookie ends with the browser, the cookie of a pending sign-in after ten minutes."""
    async with site.browser("ada-night") as browser:
        (given,) = session_cookies(browser)
        start = next(cookie for cookie in browser.set_cookies if cookie.startswith(f"{NAME}-start="))

        assert not attributes(given).keys() & {"expires", "max-age"}
        assert attributes(start)["max-age"] == "600"

        await browser.sign_out()

        assert attributes(session_cookies(browser)[-1])["max-age"] == "0"


async def test_html5_web_storage_api(site):
    """The pages of the routes have no scripts, so that nothing is stored in the browser."""
    async with site.browser("ada-night") as browser:
        pages = [await browser.get(f"/soundcloud/{path}") for path in ("logout", "nothing", "callback")]

    for page in pages:
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "script-src" not in page.headers["content-security-policy"]


# Session ID life cycle


async def test_permissive_and_strict_session_management(site, caplog):
    """Strict: an id that the server did not issue starts no session and is logged."""
    caplog.set_level(logging.INFO, "soundcloud.web")
    made_up = "A" * 43
    async with site.browser() as browser:
        browser.http.cookies.set(NAME, made_up, domain="site.test", path="/")
        assert (await browser.get("/name")).status_code == 401
        await browser.sign_in()

        assert browser.session_id != made_up
    assert "its id was made up" in caplog.text


@pytest.mark.parametrize(
    "value",
    ["", "short", "'; DROP TABLE sessions --", "<script>alert(1)</script>", "A" * 44, "A" * 5000, "../../etc", "%00"],
)
async def test_manage_session_id_as_any_other_user_input(site, value, caplog):
    """A malformed id is not looked up, shown or logged."""

    async def get(key):
        raise AssertionError("the store was asked")

    site.session_store.get = get
    async with site.browser() as browser:
        response = await browser.get("/name", headers={"Cookie": f"{NAME}={value}"})

    assert response.status_code == 401
    assert not value or value not in response.text + caplog.text


async def test_renew_the_session_id_after_any_privilege_level_change(site):
    """Each sign-in issues a new id and invalidates the old one, which prevents session fixation."""
    async with site.browser("ada-night") as browser, site.browser() as thief:
        old = browser.session_id
        await browser.sign_in("ada-night")
        thief.http.cookies.set(NAME, old)

        assert browser.session_id != old
        assert (await thief.get("/name")).status_code == 401
        assert (await browser.get("/name")).status_code == 200


async def test_considerations_when_using_multiple_cookies(site):
    """The cookie of a pending sign-in has another name, gives no access, and is deleted after the sign-in."""
    async with site.browser() as browser:
        back = site.sandbox.approve(await browser.depart())
        assert [*browser.http.cookies] == [f"{NAME}-start"]
        assert (await browser.get("/name")).status_code == 401
        await browser.get(back)

        assert [*browser.http.cookies] == [NAME]


# Session expiration


async def test_idle_timeout(site, clock):
    """30 minutes without a request, measured by the server."""
    async with site.browser("ada-night") as browser:
        for _ in range(3):
            clock.now += 1799
            assert (await browser.get("/name")).status_code == 200
        clock.now += 1800
        response = await browser.get("/name")

        assert response.status_code == 401
        assert "Your session has ended" in sentences(response)
        assert browser.session_id is None
        assert await site.session_store.keys_of(site.urn_of("ada-night")) == []


async def test_absolute_timeout(site, clock):
    """8 hours after the sign-in."""
    async with site.browser("ada-night") as browser:
        for _ in range(31):
            clock.now += 900
            assert (await browser.get("/name")).status_code == 200
        clock.now += 900
        response = await browser.get("/name")

        assert response.status_code == 401
        assert browser.session_id is None


async def test_renewal_timeout(site, clock):
    """Not implemented: the absolute timeout is short, and limits the lifetime of an id."""
    async with site.browser("ada-night") as browser:
        found = browser.session_id
        clock.now += 1000
        await browser.get("/name")

        assert browser.session_id == found
    assert site.sessions.absolute_seconds == 8 * 3600


async def test_logout_button(site):
    """A page with a button that ends the session on the server."""
    async with site.browser("ada-night") as browser:
        stolen = browser.session_id
        page = await browser.get("/soundcloud/logout")
        assert "<button>Sign out</button>" in page.text
        await browser.sign_out()
        browser.http.cookies.set(NAME, stolen)

        assert (await browser.get("/name")).status_code == 401


async def test_web_content_caching(site):
    """Browsers and proxies do not cache responses of the routes."""
    async with site.browser() as browser:
        await browser.get("/name")
        await browser.sign_in()
        for path in ("me", "api/me/tracks", "api/none", "logout", "nothing"):
            await browser.get(f"/soundcloud/{path}")
        await browser.sign_out()
        answers = [response for response in browser.seen if "/soundcloud/" in str(response.url) or response.is_error]

        assert len(answers) == 10
        assert {answer.headers.get("cache-control") for answer in answers} == {"no-store"}


# Additional client-side defenses


async def test_initial_login_timeout(site, clock):
    """A sign-in that takes longer than ten minutes must be restarted."""
    async with site.browser() as browser:
        back = site.sandbox.approve(await browser.depart())
        clock.now += 601

        assert (await browser.get(back)).status_code == 400
        assert browser.session_id is None


async def test_force_session_logout_on_web_browser_window_close_events(site):
    """No script does that; a closed browser deletes the cookie."""
    async with site.browser("ada-night") as browser:
        assert {cookie.expires for cookie in browser.http.cookies.jar} == {None}


async def test_disable_web_browser_cross_tab_sessions(site):
    """Impossible with cookies, according to the sheet. A sign-out in one tab signs out all tabs."""
    async with site.browser("ada-night") as tab:
        other = dict(tab.http.cookies)
        await tab.sign_out()
        tab.http.cookies.update(other)

        assert (await tab.get("/name")).status_code == 401


async def test_automatic_client_logout(site, clock):
    """A script sees the end of a session at `/me`, and the user at the next page."""
    async with site.browser("ada-night") as browser:
        clock.now += 1800
        response = await browser.get("/soundcloud/me", headers={"Accept": "application/json"})

    assert response.status_code == 401
    assert response.json()["error"]["message"].startswith("Your session has ended")


# Session attacks detection


async def test_session_id_guessing_and_brute_force_detection(site, caplog):
    """Each guess is logged, so that a firewall can block the client."""
    caplog.set_level(logging.INFO, "soundcloud.web")
    async with site.browser() as browser:
        for letter in "ABC":
            await browser.get("/name", headers={"Cookie": f"{NAME}={letter * 43}"})

    assert [record.name for record in caplog.records if "its id was made up" in record.message] == [
        "soundcloud.web"
    ] * 3


async def test_detecting_session_id_anomalies(site, caplog):
    """A malformed id is logged as a warning."""
    async with site.browser() as browser:
        await browser.get("/name", headers={"Cookie": f"{NAME}=x"})

    assert "invalid session id" in caplog.text
    assert [record.levelname for record in caplog.records if record.name == "soundcloud.web"] == ["WARNING"]


async def test_binding_the_session_id_to_other_user_properties(site, caplog):
    """Another User-Agent is logged, as browsers are updated. The IP address is not checked, as phones change it."""
    async with site.browser("ada-night") as browser:
        for _ in range(2):
            assert (await browser.get("/name", headers={"User-Agent": "Other/2.0"})).status_code == 200

        assert f"session {hashlib.sha256(browser.session_id.encode()).hexdigest()[:12]} of" in caplog.text
    assert caplog.text.count("is used by another browser") == 1


async def test_logging_sessions_life_cycle(site, clock, caplog):
    """Creation, expiry and end are logged with the user and a name that is not the id."""
    caplog.set_level(logging.INFO, "soundcloud.web")
    async with site.browser("ada-night") as first, site.browser("ada-night") as second:
        ids = [first.session_id, second.session_id]
        csrf_token = await first.csrf_token()
        await first.sign_out()
        clock.now += 1800
        await second.get("/name")

    user = re.escape(site.urn_of("ada-night"))
    lines = [record.message for record in caplog.records if record.name == "soundcloud.web"]
    patterns = ("started", "started", "ended", "expired")
    assert all(
        re.fullmatch(f"session [0-9a-f]{{12}} of {user} {word}", line)
        for word, line in zip(patterns, lines, strict=True)
    )
    assert not any(secret in caplog.text for secret in (*ids, csrf_token))


async def test_simultaneous_session_logons(site):
    """Allowed, as users have several devices. Any session can end all of them."""
    async with site.browser("ada-night") as phone, site.browser("ada-night") as computer:
        assert (await phone.get("/name")).status_code == (await computer.get("/name")).status_code == 200
        await computer.sign_out(everywhere="yes")

        assert (await phone.get("/name")).status_code == 401


async def test_session_management_waf_protections(site):
    """The checks of such a firewall are built in: the format of the cookie and its origin."""
    async with site.browser("ada-night") as browser:
        (given,) = session_cookies(browser)
        cross = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}

        assert re.fullmatch(rf"{NAME}=[\w-]{{43}}; HttpOnly; Path=/; SameSite=lax; Secure", given)
        assert (await browser.post("/soundcloud/logout", headers=cross)).status_code == 403
        assert browser.http.cookies.get(NAME, domain="site.test") == browser.session_id
    assert site.routes.site.origin == ORIGIN
