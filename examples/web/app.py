"""The web app: the routes of `soundcloud.web`, two more routes, and three static files. The browser gets no token.

The page uses soundcloud.js for the user, the search, likes and players. Visitors who are not signed in can search
too. For uploads, the app has its own route.
"""

import asyncio
import html
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from soundcloud import AsyncSoundCloudClient, QuotaExceededError, RateLimitError, SoundCloudError, StatusError
from soundcloud.stores import LockingTokenStore
from soundcloud.web import CsrfError, NotSignedInError, Sessions, SoundCloudRoutes

FOLDER = Path(__file__).parent
READABLE = ("/me/likes/tracks", "/me/tracks", "/tracks")
PUBLIC = ("/tracks",)
ACTIONS = ("likes",)
MAX_UPLOAD_BYTES = 200_000_000
PRIVATE = {"Cache-Control": "no-store"}


class WebApp:
    """Creates the app.

    Args:
        client_factory: A function that returns a client for a token store.
        sessions: The settings of sessions.
        token_store: The store of the users' tokens.
        player: The URL of SoundCloud's player, or of the sandbox's.
        pictures: The origin of pictures.
        hint: A sentence about a sandbox for the start page. With a hint, titles are not links: the invented tracks have no page at
            soundcloud.com.
    """

    def __init__(
        self,
        client_factory: Callable[[Any], AsyncSoundCloudClient],
        *,
        sessions: Sessions,
        token_store: LockingTokenStore,
        player: str,
        pictures: str,
        hint: str = "",
    ) -> None:
        self.routes = SoundCloudRoutes(
            client_factory, session=sessions, token_store=token_store, api=READABLE, public=PUBLIC, actions=ACTIONS
        )
        self.player = player
        self.hint = hint
        # A defence against injected content: only these scripts and frames are allowed.
        origin = "/".join(player.split("/")[:3])
        self.policy = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' {pictures}; "
            f"frame-src {origin}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )

    def asgi(self) -> Starlette:
        """Return the ASGI app."""
        return Starlette(
            routes=[
                Route("/", self.start_page),
                Route("/upload", self.upload, methods=["POST"]),
                Mount("/soundcloud", self.routes),
                Mount("/static", StaticFiles(directory=FOLDER / "static")),
            ],
            exception_handlers=dict.fromkeys([NotSignedInError, CsrfError, SoundCloudError], self.routes.refuse),
        )

    async def start_page(self, request: Request) -> Response:
        """Return the page, with the CSRF token of the session for the upload."""
        headers = {"Content-Security-Policy": self.policy, "X-Content-Type-Options": "nosniff", **PRIVATE}
        session = await self.routes.find_session(request)
        values = {
            "csrf": "" if session is None else session.csrf_token,
            "hint": self.hint,
            "links": "no" if self.hint else "yes",
            "player": self.player,
        }
        page = (FOLDER / "index.html").read_text(encoding="utf-8")
        for name, value in values.items():
            page = page.replace(f"{{{name}}}", html.escape(value))
        return HTMLResponse(page, headers=headers)

    async def upload(self, request: Request) -> Response:
        """Upload a file to SoundCloud. The response has a line of JSON for each progress step and for the result."""
        if int(request.headers.get("content-length", MAX_UPLOAD_BYTES + 1)) > MAX_UPLOAD_BYTES:
            return _error(413, f"The file is larger than {MAX_UPLOAD_BYTES:,} bytes.")
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(self.routes.client(request))
            form = await request.form()
            file, title = form.get("file"), form.get("title")
            if not isinstance(file, UploadFile) or not isinstance(title, str) or not title.strip():
                return _error(422, "A file and a title are required.")
            # The client is closed after the last line.
            lines = _upload_lines(client, file, title.strip(), stack.pop_all())
            return StreamingResponse(lines, media_type="application/x-ndjson", headers=PRIVATE)
        raise AssertionError("unreachable: the block re-raises every exception")


def _error(status: int, message: str) -> Response:
    """Return an error in the form of `SoundCloudRoutes.refuse`, which the script shows."""
    return JSONResponse({"error": {"status": status, "message": message}}, status, headers=PRIVATE)


def _explain(error: SoundCloudError) -> str:
    """Return what a user can do about a failed upload."""
    match error:
        case QuotaExceededError():
            return "Your upload quota at SoundCloud is used up. Delete a track, or get a plan with more."
        case RateLimitError():
            return "SoundCloud accepts no more uploads for now. Try again later."
        case StatusError(status=422 | 415):
            return "SoundCloud cannot read this file as audio. Choose an MP3, FLAC, WAV, OGG or AIFF file."
        case StatusError(status=int(status)) if status < 500:
            return f"SoundCloud refused this file: {error.message}"
        case _:
            return "SoundCloud has a problem. Look whether the track is there before you try again."


async def _upload_lines(
    client: AsyncSoundCloudClient, file: UploadFile, title: str, stack: AsyncExitStack
) -> AsyncIterator[str]:
    async with stack:
        steps: asyncio.Queue[tuple[int, int] | None] = asyncio.Queue()
        sending = asyncio.create_task(
            client.tracks.upload(
                file.file,
                title=title,
                filename=file.filename,
                sharing="private",
                on_progress=lambda sent, total: steps.put_nowait((sent, total)),
            )
        )
        sending.add_done_callback(lambda _task: steps.put_nowait(None))
        try:
            while (step := await steps.get()) is not None:
                yield json.dumps({"sent": step[0], "total": step[1]}) + "\n"
            track = await sending
            yield json.dumps({"track": {"title": track.title, "urn": track.urn, "link": track.permalink_url}}) + "\n"
        except SoundCloudError as error:
            yield json.dumps({"error": _explain(error)}) + "\n"
        finally:
            sending.cancel()
