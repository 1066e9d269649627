"""The errors of an app: its own stay as they are, those of this package become pages and JSON that repeat nothing of a link."""

import json
import logging

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount, Route

from soundcloud import AsyncSoundCloudClient, SoundCloudError
from soundcloud.errors import InvalidInputError, RateLimitError, SignInError, UnprocessableEntityError
from soundcloud.web import CsrfError, NotSignedInError
from soundcloud.web.errors import message_for
from soundcloud.web.responses import json_response, page
from tests.web.conftest import ORIGIN, Site, sentences

pytestmark = pytest.mark.anyio

PAGE, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}
LURE = "Your account is locked. Call 0900-1234"
NARROW, WIDE = (NotSignedInError, CsrfError, SoundCloudError), (HTTPException, SoundCloudError)
ERRORS = {
    "refused": lambda: HTTPException(422, "bad", {"X-Reason": "bad"}),
    "gone": lambda: HTTPException(404, "no such order"),
    "challenge": lambda: HTTPException(401, "who?", {"WWW-Authenticate": "Bearer"}),
    "wait": lambda: HTTPException(429, "slowly", {"Retry-After": "7"}),
    "same": lambda: HTTPException(304),
    "signed-out": lambda: NotSignedInError(),
    "forged": lambda: CsrfError("it has no CSRF token"),
    "invalid": lambda: InvalidInputError(f"{LURE!r} is not a track"),
    "rejected": lambda: UnprocessableEntityError(LURE, status=422),
}
OWN = ("refused", "gone", "challenge", "wait", "same", "object", "number?n=x", "missing", "gone/")


def error_of(name):
    if name == "object":
        import fastapi

        return fastapi.HTTPException(422, {"code": "bad"}, {"X-Reason": "bad"})
    return ERRORS[name]()


def starlette_app(handlers, mounts):
    async def fail(request: Request):
        raise error_of(request.path_params["name"])

    return Starlette(
        routes=[*mounts, Route("/fail/{name}", fail), Route("/fail/{name}", fail, methods=["POST"])],
        exception_handlers=handlers,
    )


def fastapi_app(handlers, mounts):
    fastapi = pytest.importorskip("fastapi", reason="SKIPPED: pip install fastapi")
    app = fastapi.FastAPI(exception_handlers=handlers, routes=mounts)

    @app.get("/fail/number")
    async def number(n: int) -> int:
        return n

    @app.get("/fail/{name}")
    @app.post("/fail/{name}")
    async def fail(name: str) -> None:
        raise error_of(name)

    return app


async def answer(app, method, path, headers):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        return await client.request(method, path)


def parts(response):
    return response.status_code, sorted(response.headers.multi_items()), response.content


@pytest.fixture(params=[starlette_app, fastapi_app])
def make_app(request):
    return request.param


@pytest.mark.parametrize("classes", [NARROW, WIDE, (*WIDE, 404, 422)], ids=["narrow", "wide", "statuses"])
async def test_the_errors_of_the_app_stay_as_they_are(site, make_app, classes):
    mounts = [Mount("/soundcloud", site.routes)]
    app, plain = make_app(dict.fromkeys(classes, site.routes.refuse), mounts), make_app({}, mounts)
    for name in OWN:
        if (make_app is starlette_app) and name == "object":
            continue
        for headers in (PAGE, JSON):
            for method in ("GET", "PUT"):
                path = f"/fail/{name}" if name != "missing" else "/missing"
                if make_app is starlette_app and "?" in path:
                    path = "/fail"
                expected = await answer(plain, method, path, headers)
                assert parts(await answer(app, method, path, headers)) == parts(expected), (name, method, headers)
                assert 300 <= expected.status_code < 500


async def test_fastapi_details_that_are_objects(site):
    app = fastapi_app({HTTPException: site.routes.refuse}, [])
    for headers in (PAGE, JSON):
        response = await answer(app, "GET", "/fail/object", headers)
        assert (response.status_code, response.json()) == (422, {"detail": {"code": "bad"}})
        assert response.headers["x-reason"] == "bad"
        invalid = await answer(app, "GET", "/fail/number?n=x", headers)
        assert invalid.json()["detail"][0]["loc"] == ["query", "n"]


async def test_validation_errors_go_to_fastapis_handler(site):
    from fastapi.exceptions import RequestValidationError

    app, plain = (fastapi_app(handlers, []) for handlers in ({RequestValidationError: site.routes.refuse}, {}))

    assert parts(await answer(app, "GET", "/fail/number", JSON)) == parts(
        await answer(plain, "GET", "/fail/number", JSON)
    )


async def test_other_exceptions_are_raised_again(site, make_app):
    app = make_app({ZeroDivisionError: site.routes.refuse}, [])
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "app": app}
    error = ZeroDivisionError("mine")
    with pytest.raises(ZeroDivisionError) as raised:
        await site.routes.refuse(Request(scope), error)

    assert raised.value is error


@pytest.mark.parametrize("classes", [NARROW, WIDE], ids=["narrow", "wide"])
async def test_the_errors_of_this_package_become_pages_and_json(site, make_app, classes):
    app = make_app(dict.fromkeys(classes, site.routes.refuse), [])
    for name, status in (("signed-out", 401), ("forged", 403), ("invalid", 400), ("rejected", 422)):
        shown, data = await answer(app, "GET", f"/fail/{name}", PAGE), await answer(app, "GET", f"/fail/{name}", JSON)
        assert (shown.status_code, data.status_code) == (status, status)
        assert sentences(shown)
        assert data.json()["error"]["status"] == status
    link = await answer(app, "GET", "/fail/signed-out?a=b", PAGE)
    assert 'href="/soundcloud/login?next=/fail/signed-out%3Fa%3Db"' in link.text


async def test_a_link_puts_no_text_on_a_page(site, make_app):
    app = make_app(dict.fromkeys(NARROW, site.routes.refuse), [])
    for name in ("invalid", "rejected"):
        followed = await answer(app, "GET", f"/fail/{name}", PAGE)
        assert "0900" not in followed.text
        assert "0900" in (await answer(app, "POST", f"/fail/{name}", PAGE)).text
        assert "0900" in (await answer(app, "GET", f"/fail/{name}", JSON)).text


@pytest.mark.parametrize(
    "query",
    [
        "error=locked&error_description=",
        "error=invalid_request&error_description=",
        "error=locked&state=&error_description=",
        "error=locked&state=unknown&error_description=",
        "error=locked&state=a&state=b&error_description=",
        "error=locked&error=",
        "x?error=locked&error_description=",
        "error=",
        "state=",
        "code=x&error=locked&state=",
    ],
)
@pytest.mark.parametrize("pending", [False, True])
async def test_the_callback_shows_no_text_of_a_link(site, query, pending):
    async with site.browser() as browser:
        if pending:
            await browser.depart()
        response = await browser.get(f"/soundcloud/callback?{query}{LURE.replace(' ', '+')}")
        form = await browser.post("/soundcloud/callback", data={"error": "locked", "error_description": LURE})
        after = await browser.get(form.headers["location"])

    assert response.status_code == after.status_code == 400
    assert "0900" not in response.text + after.text
    assert "(locked)" in sentences(after)


@pytest.mark.parametrize("name", ["Locked-Call", "<b>", "a" * 41, "Locked\u202e", "call 0900", "locked\u0660"])
async def test_the_name_of_an_error_is_a_plain_code(site, name):
    async with site.browser() as browser:
        response = await browser.get("/soundcloud/callback", params={"error": name})

    assert sentences(response).startswith(
        "You are not signed in SoundCloud rejected the sign-in with an invalid error code;"
    )


async def test_the_description_of_a_genuine_sign_in_is_escaped(site):
    async with site.browser() as browser:
        state = httpx.URL(await browser.depart()).params["state"]
        query = {"error": "server_error", "error_description": "<b>Later\u202e</b>", "state": state}
        response = await browser.get("/soundcloud/callback", params=query)

    assert "(server_error): &lt;b&gt;Later &lt;/b&gt;" in response.text


async def test_halves_of_surrogate_pairs(site, caplog):
    half = "\ud800 half"
    for error in (SignInError(half), InvalidInputError(half), UnprocessableEntityError(half, status=422)):
        assert page(message_for(error, quote=True), {}).body
        assert json.loads(json_response({"error": error.message}).body) == {"error": half}
    for record in caplog.records:
        assert record.levelno >= logging.WARNING
        record.getMessage().encode()
    assert caplog.records


class HalfTitles(httpx.AsyncHTTPTransport):
    """The sandbox refuses such a title: this transport answers in its place."""

    async def handle_async_request(self, request):
        if request.url.path.startswith("/tracks/"):
            return httpx.Response(
                200, headers={"Content-Type": "application/json"}, content=rb'{"title": "\ud800 half"}'
            )
        return await super().handle_async_request(request)


class HalfTitlesSite(Site):
    def client(self, store):
        urls = {"base_url": self.sandbox.api_url, "auth_url": self.sandbox.auth_url}
        app = (self.sandbox.client_id, self.sandbox.client_secret, self.sandbox.redirect_uri)
        return AsyncSoundCloudClient(*app, **urls, token_store=store, transport=HalfTitles())


async def test_a_title_with_half_a_surrogate_pair(sandbox, clock):
    async with HalfTitlesSite(sandbox, clock).browser("ada-night") as browser:
        response = await browser.get("/soundcloud/api/tracks/5")

    assert response.status_code == 200
    assert response.json()["title"] == "\ud800 half"


async def test_litestar_errors_stay_as_they_are(site):
    litestar = pytest.importorskip("litestar", reason="SKIPPED: pip install litestar")
    from litestar.exceptions import HTTPException as LitestarException
    from litestar.handlers import asgi

    @litestar.get("/fail/{name:str}")
    async def fail(request: litestar.Request) -> None:
        name = request.path_params["name"]
        if name == "own":
            raise LitestarException(detail="bad", status_code=422, headers={"X-Reason": "bad"}, extra={"code": "bad"})
        raise error_of(name)

    mount = asgi("/soundcloud", is_mount=True, copy_scope=True)(site.routes.__call__)
    app, plain = litestar.Litestar([mount, fail]), litestar.Litestar([fail])
    for path in ("/fail/own", "/fail/gone", "/fail/challenge", "/missing"):
        for headers in (PAGE, JSON):
            assert parts(await answer(app, "GET", path, headers)) == parts(await answer(plain, "GET", path, headers))
    assert (await answer(app, "GET", "/fail/signed-out", JSON)).status_code == 401


@pytest.mark.parametrize(
    ("seconds", "headers"),
    [(None, {}), (0.2, {"Retry-After": "1"}), (1.0, {"Retry-After": "1"}), (61.0, {"Retry-After": "61"})],
)
async def test_a_rate_limit_says_how_long_to_wait(seconds, headers):
    message = message_for(RateLimitError("slowly", status=429, retry_after=seconds), quote=True)

    assert (message.status, dict(message.headers)) == (429, headers)
