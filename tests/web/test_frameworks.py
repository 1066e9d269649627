"""The same routes in Starlette, FastAPI and Litestar."""

import subprocess
import sys
from typing import Annotated

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from soundcloud import AsyncSoundCloudClient
from soundcloud.web import NotSignedInError
from tests.web.conftest import ORIGIN, Browser

pytestmark = pytest.mark.anyio


def starlette_app(routes):
    async def name(request):
        async with routes.client(request) as client:
            return PlainTextResponse((await client.me.get_me()).permalink)

    return Starlette(
        routes=[Mount("/soundcloud", routes), Route("/name", name), Route("/change", name, methods=["POST"])],
        exception_handlers={NotSignedInError: routes.refuse},
    )


def fastapi_app(routes):
    fastapi = pytest.importorskip("fastapi", reason="SKIPPED: pip install fastapi")
    app = fastapi.FastAPI(exception_handlers={NotSignedInError: routes.refuse})
    app.mount("/soundcloud", routes)
    current = Annotated[AsyncSoundCloudClient, fastapi.Depends(routes.current_client)]

    @app.get("/name")
    @app.post("/change")
    async def name(client: current) -> str:
        return fastapi.Response((await client.me.get_me()).permalink)

    return app


def litestar_app(routes):
    litestar = pytest.importorskip("litestar", reason="SKIPPED: pip install litestar")
    from litestar.handlers import asgi

    async def handler(request: litestar.Request) -> str:
        async with routes.client(request) as client:
            return (await client.me.get_me()).permalink

    name, change = litestar.get("/name")(handler), litestar.post("/change", status_code=200)(handler)
    return litestar.Litestar([asgi("/soundcloud", is_mount=True, copy_scope=True)(routes.__call__), name, change])


@pytest.fixture(params=[starlette_app, fastapi_app, litestar_app])
def app(request, site):
    return request.param(site.routes)


async def test_sign_in_and_sign_out(app, site):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as http:
        http.headers["accept"] = "text/html"
        browser = Browser(site, http)

        assert (await browser.get("/name")).status_code == 401
        assert (await browser.sign_in("ada-night", "/name")).headers["location"] == "/name"
        assert (await browser.get("/name")).text.strip('"') == "ada-night"

        # What changes something needs the token.
        assert (await browser.post("/change")).status_code == 403
        headers = {"X-CSRF-Token": await browser.csrf_token()}
        assert (await browser.post("/change", headers=headers)).text.strip('"') == "ada-night"

        assert (await browser.get("/soundcloud/api/me/likes/tracks?limit=1")).status_code == 200
        assert (await browser.get("/soundcloud/api/me")).status_code == 404
        assert (await browser.get("/soundcloud/logout")).status_code == 200
        assert (await browser.sign_out()).status_code == 303
        assert (await browser.get("/name")).status_code == 401


async def test_a_session_that_ends_during_a_request(app, site):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as http:
        browser = Browser(site, http)
        await browser.sign_in("ada-night")
        token = site.token_of("ada-night").access_token
        async with site.client(site.token_store.for_user("nobody")) as client:
            await client.auth.sign_out(token)
        response = await browser.get("/name")

        assert response.status_code == 401
        assert browser.session_id is None


@pytest.mark.parametrize("name", ["itsdangerous", "python_multipart", "starlette"])
def test_a_missing_dependency_is_named(name):
    code = f"import sys; sys.modules[{name!r}] = None; import soundcloud.web"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert f"ImportError: soundcloud.web needs {name}: pip install 'soundcloud-sdk[web]'" in done.stderr
