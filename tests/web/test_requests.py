"""Requests of signed-in browsers: the app's own routes, `/me`, the allow list, and CSRF."""

import json

import pytest
from starlette.requests import Request

from soundcloud import InvalidClientError, SoundCloudClient
from soundcloud.sandbox import Faults
from soundcloud.web import CsrfError, NotSignedInError
from tests.web.conftest import ORIGIN, Site, sentences

pytestmark = pytest.mark.anyio


@pytest.fixture
def track(sandbox):
    """A track that no signed-in user has liked."""
    with SoundCloudClient(**sandbox.client_settings()) as client:
        liked = {each.urn for each in client.me.get_likes_tracks()}
        return next(each.urn for each in client.search.tracks("") if each.urn not in liked)


def likes_of(sandbox, username):
    with SoundCloudClient(**sandbox.client_settings(username)) as client:
        return [track.urn for track in client.me.get_likes_tracks()]


async def test_two_users_in_two_browsers(site, track):
    async with site.browser("ada-night") as ada, site.browser("marlow-finch") as marlow:
        assert (await ada.get("/name")).json() == "ada-night"
        assert (await marlow.get("/name")).json() == "marlow-finch"

        headers = {"X-CSRF-Token": await marlow.csrf_token()}
        assert (await marlow.post(f"/like/{track}", headers=headers)).status_code == 204

    assert track in likes_of(site.sandbox, "marlow-finch")
    assert track not in likes_of(site.sandbox, "ada-night")


async def test_me(site):
    async with site.browser("ada-night") as browser:
        me = (await browser.get("/soundcloud/me")).json()

    assert me.keys() == {"user", "csrf_token"}
    assert (me["user"]["permalink"], me["user"]["urn"]) == ("ada-night", site.urn_of("ada-night"))
    assert "primary_email_confirmed" not in me["user"]


async def test_a_page_asks_whether_there_is_a_session(site):
    async with site.browser("ada-night") as browser:
        signed_in = await browser.get("/soundcloud/me?optional=yes")
        await end_at_soundcloud(site, "ada-night")
        ended = await browser.get("/soundcloud/me?optional=yes")

        assert signed_in.json()["user"]["permalink"] == "ada-night"
        assert browser.session_id is None
    async with site.browser() as browser:
        without = await browser.get("/soundcloud/me?optional=yes")

    assert (ended.status_code, without.status_code) == (200, 200)
    assert ended.json() == without.json() == {"user": None, "csrf_token": None}


async def test_without_a_session_scripts_get_json_and_browsers_a_page(site):
    async with site.browser() as browser:
        page = await browser.get("/name?page=2")
        script = await browser.get("/name", headers={"Accept": "application/json"})
        me = await browser.get("/soundcloud/me", headers={"Accept": "*/*"})

    assert page.status_code == script.status_code == me.status_code == 401
    assert sentences(page) == "Sign in first Sign in To the start page"
    assert 'href="/soundcloud/login?next=/name%3Fpage%3D2"' in page.text
    assert script.json() == me.json() == {"error": {"status": 401, "code": "not_signed_in", "message": "Sign in first"}}


async def test_an_expired_access_token_is_refreshed(site):
    async with site.browser("ada-night") as browser:
        site.sandbox.expire_tokens()

        assert (await browser.get("/name")).json() == "ada-night"
        assert (await browser.get("/soundcloud/api/me/tracks")).status_code == 200
        assert site.sandbox.token_requests()["refresh_token"] == 1


async def test_revoked_tokens_end_the_session(site):
    async with site.browser("ada-night") as browser:
        await end_at_soundcloud(site, "ada-night")
        response = await browser.get("/name")

        assert response.status_code == 401
        assert "Your session has ended Sign in again to continue." in sentences(response)
        assert browser.session_id is None
        assert "Sign in first" in sentences(await browser.get("/name"))


async def test_missing_tokens_end_the_session(site):
    async with site.browser("ada-night") as browser:
        site.token_store.for_user(site.urn_of("ada-night")).clear()
        response = await browser.get("/soundcloud/me")

        assert browser.session_id is None
    # And not as the app, which could search and read all the same.
    assert response.status_code == 401
    assert "Your session has ended" in sentences(response)
    assert site.sandbox.token_requests()["client_credentials"] == 0


async def end_at_soundcloud(site, username):
    async with site.client(site.token_store.for_user(site.urn_of(username))) as client:
        await client.auth.sign_out((await client.me.get_me(), client.access_token)[1])


async def test_wrong_app_credentials_keep_the_session(site):
    async with site.browser("ada-night") as browser:
        request = Request({"type": "http", "method": "GET", "headers": [(b"cookie", cookie_of(browser))]})
        with pytest.raises(InvalidClientError):
            async with site.routes.client(request):
                raise InvalidClientError("wrong secret")

        assert (await browser.get("/name")).status_code == 200


async def test_exceptions_of_the_app_are_not_changed(site):
    async with site.browser("ada-night") as browser:
        request = Request({"type": "http", "method": "GET", "headers": [(b"cookie", cookie_of(browser))]})
        with pytest.raises(ZeroDivisionError):
            async with site.routes.client(request):
                _ = 1 / 0


def cookie_of(browser):
    return f"__Host-sid={browser.session_id}".encode()


async def test_the_allow_list(site):
    async with site.browser("ada-night") as browser:
        first = await browser.get("/soundcloud/api/me/likes/tracks?limit=2&linked_partitioning=true")
        track = first.json()["collection"][0]
        answers = {
            path: (await browser.get(f"/soundcloud/api{path}")).status_code
            for path in [
                f"/tracks/{track['urn']}",
                f"/tracks/{track['id']}",
                f"/tracks/{track['urn']}/",
                f"/tracks/{track['urn']}/streams",
                f"/users/{track['user']['urn']}/web-profiles",
                "/me",
                "/me/likes/tracks/..",
                "/me/likes/tracks/../playlists",
                "/tracks/..",
                "/tracks/%2e%2e%2fme",
                "/tracks/1%2fcomments",
                "/tracks/1%3fa=b",
                "//tracks/1",
                "/https://evil.test/tracks/1",
                "/oauth/token",
                "/",
                "",
            ]
        }

    assert [path for path, status in answers.items() if status == 200] == [
        f"/tracks/{track['urn']}",
        f"/tracks/{track['id']}",
        f"/tracks/{track['urn']}/",
        f"/users/{track['user']['urn']}/web-profiles",
    ]
    assert set(answers.values()) == {200, 404}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_the_allow_list_is_read_only(site, method):
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token()}
        response = await browser.send(method, "/soundcloud/api/me/likes/tracks", headers=headers)

    assert response.status_code == 405
    assert "Method not allowed" in sentences(response)


async def test_pagination_through_the_server(site):
    async with site.browser("ada-night") as browser:
        titles, path = [], "/soundcloud/api/me/likes/tracks?limit=3&linked_partitioning=true"
        while path:
            assert path.startswith("/soundcloud/api/me/likes/tracks?")
            page = (await browser.get(path)).json()
            titles += [track["urn"] for track in page["collection"]]
            path = page["next_href"]

    assert titles == likes_of(site.sandbox, "ada-night")
    assert len(titles) > 3


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.test/me/likes/tracks?cursor=1",
        "https://api.soundcloud.com/me/likes/tracks?cursor=1&oauth_token=x&client_secret=x",
    ],
)
def test_next_page_links_lead_to_this_server(site, address):
    page = site.routes._allowed.with_local_links({"collection": [], "next_href": address}, "/soundcloud/api")

    assert page["next_href"] == "/soundcloud/api/me/likes/tracks?cursor=1"


@pytest.mark.parametrize("address", ["https://api.soundcloud.com/me?a=1", "https://[", "", None, 5])
def test_next_page_links_that_are_not_allowed_are_removed(site, address):
    page = site.routes._allowed.with_local_links({"collection": [], "next_href": address}, "/soundcloud/api")

    assert page == {"collection": [], "next_href": None}


@pytest.mark.parametrize("data", [[1], "text", None, {"urn": "u"}])
def test_other_responses_are_not_changed(site, data):
    assert site.routes._allowed.with_local_links(data, "/soundcloud/api") == data


async def test_credentials_in_the_query_are_not_forwarded(site):
    async with site.browser("ada-night") as browser:
        site.sandbox.clear_requests()
        await browser.get("/soundcloud/api/me/tracks?limit=2&oauth_token=x&access_token=x&client_id=x&client_secret=x")
        queries = [dict(request.query) for request in site.sandbox.requests if request.path == "/me/tracks"]

    assert queries == [{"limit": "2"}]


@pytest.mark.parametrize(
    ("faults", "status"),
    [
        ({"bad_gateway_html": 1}, 502),
        ({"reset_before": 1}, 502),
        ({"rate_limited_object": 1}, 429),
        ({"error_object_200": 1}, 502),
    ],
)
async def test_soundcloud_errors_as_json(site, faults, status):
    async with site.browser("ada-night") as browser:
        site.sandbox.set_faults(Faults(error_rate=faults, paths="/me/*"))
        response = await browser.get("/soundcloud/api/me/tracks", headers={"Accept": "application/json"})

        assert response.status_code == status
        assert response.json()["error"]["status"] == status
        assert browser.session_id is not None


async def test_not_found_as_json(site):
    async with site.browser("ada-night") as browser:
        response = await browser.get("/soundcloud/api/tracks/1", headers={"Accept": "application/json"})

    assert response.status_code == 404
    assert response.json()["error"]["message"].startswith("SoundCloud refused this")


async def test_the_csrf_token_in_a_form_or_a_header(site, track):
    async with site.browser("ada-night") as browser:
        token = await browser.csrf_token()
        form = await browser.post(f"/like/{track}", data={"csrf_token": token})
        parts = await browser.post(f"/like/{track}", data={"csrf_token": token}, files={"file": b"x"})
        header = await browser.post(f"/like/{track}", headers={"X-CSRF-Token": token})

    assert [form.status_code, parts.status_code, header.status_code] == [204, 204, 204]


SAME = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
CROSS = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://blog.site.test"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.test"},
    {"Origin": "https://site.test.evil.test"},
    {"Origin": "http://site.test"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", CROSS, ids=str)
async def test_a_cross_site_request_with_the_csrf_token_changes_nothing(site, track, headers):
    async with site.browser("ada-night") as browser:
        headers = {"X-CSRF-Token": await browser.csrf_token(), **headers}
        like = await browser.post(f"/like/{track}", headers=headers)
        sign_out = await browser.post("/soundcloud/logout", headers=headers)

        assert (like.status_code, sign_out.status_code) == (403, 403)
        assert "Nothing was changed This request was not sent from a page of this site: its " in sentences(sign_out)
        assert (await browser.get("/name")).status_code == 200
    assert track not in likes_of(site.sandbox, "ada-night")


@pytest.mark.parametrize("token", [None, "", "x", "ü", "another user's"])
@pytest.mark.parametrize("place", ["header", "form", "query"])
async def test_a_request_with_a_wrong_csrf_token_changes_nothing(site, track, token, place):
    async with site.browser("marlow-finch") as other, site.browser("ada-night") as browser:
        given = await other.csrf_token() if token == "another user's" else token
        options = {"headers": SAME}
        if given is not None and place == "header":
            options = {"headers": [*SAME.items(), ("X-CSRF-Token", given.encode())]}
        if given is not None and place == "form":
            options["data"] = {"csrf_token": given}
        if place == "query":
            options["params"] = {"csrf_token": await browser.csrf_token()}  # the right one in the wrong place
        answers = [await browser.post(path, **options) for path in (f"/like/{track}", "/soundcloud/logout")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert track not in likes_of(site.sandbox, "ada-night")


async def test_a_cross_site_form_does_not_delete_the_cookie(site):
    async with site.browser() as browser:  # SameSite=Lax: the cookie stayed at home
        for path in ("/soundcloud/logout", "/like/1", "/soundcloud/callback", "/soundcloud/login"):
            await browser.post(path, data={"state": "x"}, headers=CROSS[0])

        assert browser.set_cookies == []


async def test_a_file_is_not_a_csrf_token(site, track):
    async with site.browser("ada-night") as browser:
        response = await browser.post(f"/like/{track}", files={"csrf_token": (await browser.csrf_token()).encode()})

    assert response.status_code == 403


async def test_the_sentences_of_a_refusal_as_json(site):
    async with site.browser("ada-night") as browser:
        response = await browser.post("/soundcloud/logout", headers={"Accept": "application/json"})

    assert response.json()["error"]["message"] == (
        "Nothing was changed. This request was not sent from a page of this site: it has no CSRF token."
    )


async def test_the_csrf_token_of_another_frameworks_request(site):
    class Other:
        def __init__(self, browser, method):
            headers = [(b"cookie", cookie_of(browser)), (b"content-type", b"application/x-www-form-urlencoded")]
            self.scope = {"type": "http", "method": method, "headers": headers}

    async with site.browser("ada-night") as browser:
        async with site.routes.client(Other(browser, "GET")) as client:
            assert (await client.me.get_me()).permalink == "ada-night"
        async with site.routes.client(Other(browser, "POST"), csrf_token=await browser.csrf_token()) as client:
            assert (await client.me.get_me()).permalink == "ada-night"
        with pytest.raises(CsrfError):
            async with site.routes.client(Other(browser, "POST")):
                pass


async def test_sign_out_from_the_app(site):
    async with site.browser("ada-night") as browser:
        session = await site.routes.find_session(browser_request(browser))
        await site.routes.sign_out(session)

        assert (await browser.get("/name")).status_code == 401
    assert site.token_of("ada-night") is None


async def test_the_session_dependency(site):
    async with site.browser("ada-night") as browser:
        session = await site.routes.current_session(browser_request(browser))

        assert session.user == site.urn_of("ada-night")
        assert session.csrf_token == await browser.csrf_token()
        assert session.csrf_token not in repr(session)
    async with site.browser() as browser:
        with pytest.raises(NotSignedInError):
            await site.routes.current_session(browser_request(browser))


def browser_request(browser):
    headers = [(b"cookie", cookie_of(browser))] if browser.session_id else []
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers})


async def test_a_session_store_that_cannot_be_read(sandbox, clock, caplog):
    from soundcloud import TokenStoreError

    class Broken:
        async def get(self, key):
            raise TokenStoreError("the sessions in Redis cannot be read or stored: ConnectionError")

    async with Site(sandbox, clock).browser("ada-night") as browser:
        browser.site.sessions.store = Broken()
        response = await browser.get("/soundcloud/me")

    assert response.status_code == 503
    assert "This site has a problem" in sentences(response)
    assert "ConnectionError" in caplog.text


async def test_unknown_paths(site):
    async with site.browser() as browser:
        page = await browser.get("/soundcloud/nothing")
        script = await browser.get("/soundcloud/nothing", headers={"Accept": "*/*"})

    assert sentences(page) == "Page not found To the start page"
    assert json.loads(script.text) == {"error": {"status": 404, "code": "not_found", "message": "Page not found"}}
