"""A site with the routes of `soundcloud.web` for tests in a browser."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.sandbox import Sandbox
from soundcloud.stores import MemoryTokenStore
from soundcloud.web import Sessions, SoundCloudRoutes
from tests.helpers.asgi_server import serve
from tests.helpers.clock import ManualClock

LIMIT = 40
# A player that has a sound of the test.
FAKE = """<!doctype html><script>
  const sound = JSON.parse(decodeURIComponent(location.search.slice(1)));
  const post = (method, value) => parent.postMessage(JSON.stringify({ method, value }), "*");
  onmessage = ({ data }) => {
    const { method } = JSON.parse(data);
    if (/^get|^is/.test(method)) post(method, method === "getCurrentSound" ? sound : 0);
  };
  post("ready");
</script>"""


class WebSite:
    """A site with the routes at /soundcloud, and a page with a strict policy and a player.

    Args:
        url: The URL of the site.
        files: More pages and scripts of the site, by path. `{csrf}` becomes the CSRF token of the session.
    """

    def __init__(self, url: str, files: Mapping[str, str] | None = None) -> None:
        self.url, self.clock, self.files = url, ManualClock(), dict(files or {})
        self.sandbox = Sandbox(redirect_uri=f"{url}/soundcloud/callback")
        self.player = f"{self.sandbox.media_url}/player/"
        self.policy = (
            "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; "
            f"frame-src 'self' {self.sandbox.media_url}"
        )
        self.routes = SoundCloudRoutes(
            self.client,
            session=Sessions("not-very-secret-but-of-forty-characters!", clock=self.clock.timestamp),
            token_store=MemoryTokenStore(),
            api=["/me/likes/tracks", "/users/{user_urn}/web-profiles"],
            public=["/tracks", "/tracks/{track_urn}"],
            public_limit=LIMIT,
            actions=["likes", "comments"],
        )
        self.app = Starlette(
            routes=[
                Mount("/soundcloud", self.routes),
                Route("/echo", self.echo, methods=["POST"]),
                Route("/text", lambda _: HTMLResponse("<p>not JSON</p>", 500)),
                Route("/broken", lambda _: HTMLResponse("{", media_type="application/json")),
                Route("/fake", lambda _: HTMLResponse(FAKE)),
                Route("/", self.page),
                Route("/{name}", self.file),
            ]
        )

    def client(self, store: Any) -> AsyncSoundCloudClient:
        sandbox = self.sandbox
        return AsyncSoundCloudClient(
            sandbox.client_id,
            sandbox.client_secret,
            sandbox.redirect_uri,
            base_url=sandbox.api_url,
            auth_url=sandbox.auth_url,
            token_store=store,
        )

    async def page(self, request: Request) -> Response:
        """Return a page with the player of `?player=`."""
        url = request.query_params.get("player", "")
        frame = f'<iframe src="{self.player}?url={url}" allow="autoplay"></iframe>' if url else ""
        content = (
            f'<!doctype html><html lang="en"><title>Site</title><link rel="icon" href="data:,"><h1>Site</h1>{frame}'
        )
        return HTMLResponse(content, headers={"Content-Security-Policy": self.policy})

    async def file(self, request: Request) -> Response:
        """Return a file of the test."""
        name = request.path_params["name"]
        if name not in self.files:
            return Response(status_code=404)
        session = await self.routes.find_session(request)
        content = self.files[name].replace("{csrf}", "" if session is None else session.csrf_token)
        media_type = "text/javascript" if name.endswith(".js") else "text/html"
        return Response(content, headers={"Content-Security-Policy": self.policy}, media_type=media_type)

    async def echo(self, request: Request) -> Response:
        """Return the body of a request of a signed-in user."""
        session = await self.routes.current_session(request)
        kind = request.headers["content-type"].partition(";")[0]
        body = (await request.body()).decode() if kind == "application/json" else dict(await request.form())
        return JSONResponse({"user": session.user, "type": kind, "body": body})

    def as_user(self, username: str = "ada-night") -> SoundCloudClient:
        """Return a client of a user of the sandbox."""
        return SoundCloudClient(**self.sandbox.client_settings(username))


@contextmanager
def open_site(files: Mapping[str, str] | None = None) -> Iterator[WebSite]:
    """Serve a site until the end of the block."""
    sites: list[WebSite] = []

    def make(url: str) -> Starlette:
        sites.append(WebSite(url, files))
        return sites[0].app

    with serve(make):
        yield sites[0]
    sites[0].sandbox.close()
