"""Fixtures of the web tests: a site on https, its browsers, and a sandbox."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.sandbox import Sandbox
from soundcloud.stores import MemoryTokenStore
from soundcloud.web import MemorySessionStore, NotSignedInError, Sessions, SoundCloudRoutes
from tests.helpers.redis_server import PROGRAM, RedisServer

ORIGIN = "https://site.test"
SECRET_KEY = "not-very-secret-but-of-forty-characters!"
ALLOWED = ("/me/likes/tracks", "/me/tracks", "/tracks/{track_urn}", "/users/{user_urn}/web-profiles")


class Clock:
    """A clock that only moves when a test moves it."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


class Site:
    """A web app with the routes at /soundcloud, and two routes of its own."""

    def __init__(self, sandbox: Sandbox, clock: Clock, **settings: Any) -> None:
        self.sandbox, self.clock = sandbox, clock
        self.token_store = settings.pop("token_store", None) or MemoryTokenStore()
        self.session_store = settings.pop("session_store", None) or MemorySessionStore()
        secret_key, routes = settings.pop("secret_key", SECRET_KEY), settings.pop("routes", {})
        self.sessions = Sessions(secret_key, store=self.session_store, clock=clock, **settings)
        self.routes = SoundCloudRoutes(
            self.client,
            session=self.sessions,
            token_store=self.token_store,
            **{"api": ALLOWED, "home": "/home", **routes},
        )
        self.app = Starlette(
            routes=[
                Mount("/soundcloud", self.routes),
                Route("/name", self.name),
                Route("/like/{track}", self.like, methods=["POST"]),
            ],
            exception_handlers={NotSignedInError: self.routes.refuse},
        )

    def client(self, store: Any) -> AsyncSoundCloudClient:
        return AsyncSoundCloudClient(
            self.sandbox.client_id,
            self.sandbox.client_secret,
            self.sandbox.redirect_uri,
            base_url=self.sandbox.api_url,
            auth_url=self.sandbox.auth_url,
            token_store=store,
        )

    async def name(self, request: Request) -> Response:
        async with self.routes.client(request) as client:
            return JSONResponse((await client.me.get_me()).permalink)

    async def like(self, request: Request) -> Response:
        async with self.routes.client(request) as client:
            await client.likes.like_track(request.path_params["track"])
        return Response(status_code=204)

    @asynccontextmanager
    async def browser(self, username: str | None = None, address: str = "127.0.0.1") -> AsyncIterator["Browser"]:
        """Yield a browser, optionally signed in as a user."""
        transport = httpx.ASGITransport(self.app, client=(address, 1234))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
            http.headers.update({"Accept": "text/html,*/*;q=0.8", "User-Agent": "Browser/1.0"})
            browser = Browser(self, http)
            if username is not None:
                await browser.sign_in(username)
            yield browser

    def token_of(self, username: str) -> Any:
        """Return the token of a user in the token store."""
        return self.token_store.for_user(self.urn_of(username)).get()

    def urn_of(self, username: str) -> str:
        """Return the URN of a sandbox user."""
        with SoundCloudClient(**self.sandbox.client_settings(username)) as client:
            return client.me.get_me().urn or ""


class Browser:
    """An HTTP client that follows redirects only on request and records all responses."""

    def __init__(self, site: Site, http: httpx.AsyncClient) -> None:
        self.site, self.http = site, http
        self.seen: list[httpx.Response] = []

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("POST", path, **options)

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        response = await self.http.request(method, path, **options)
        self.seen.append(response)
        return response

    async def depart(self, target: str | None = None) -> str:
        """Start a sign-in and return the URL of the consent page."""
        response = await self.get("/soundcloud/login", params={} if target is None else {"next": target})
        assert response.status_code == 303
        return response.headers["location"]

    async def sign_in(self, username: str = "ada-night", target: str | None = None) -> httpx.Response:
        """Sign in and return the response of the callback."""
        back = self.site.sandbox.approve(await self.depart(target), user=username)
        response = await self.get(back)
        assert response.status_code == 303, response.text
        return response

    async def csrf_token(self) -> str:
        return (await self.get("/soundcloud/me")).json()["csrf_token"]

    async def sign_out(self, **fields: str) -> httpx.Response:
        return await self.post("/soundcloud/logout", data={"csrf_token": await self.csrf_token(), **fields})

    @property
    def session_id(self) -> str | None:
        return self.http.cookies.get("__Host-sid")

    @property
    def set_cookies(self) -> list[str]:
        """Return all `Set-Cookie` headers."""
        return [cookie for response in self.seen for cookie in response.headers.get_list("set-cookie")]

    def everything(self) -> str:
        """Return everything that this browser received."""
        return "\n".join(f"{response.headers!r}\n{response.text}" for response in self.seen)


def sentences(response: httpx.Response) -> str:
    """Return the visible text of a page."""
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    _, _, main = response.text.partition("<main>")
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    with Sandbox(redirect_uri=f"{ORIGIN}/soundcloud/callback") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(sandbox: Sandbox, clock: Clock) -> Site:
    return Site(sandbox, clock)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    if PROGRAM is None:
        pytest.skip("SKIPPED: redis-server is not installed; on Debian: apt-get install redis-server")
    with RedisServer() as server:
        yield server
