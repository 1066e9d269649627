"""The routes of the media origin, which needs no token: audio, images, oEmbed, the player and the pages of permalinks."""

import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from functools import partial
from logging import getLogger
from typing import Literal, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response as HTTPResponse
from starlette.responses import StreamingResponse
from starlette.routing import BaseRoute, Route

from soundcloud.sandbox.http.messages import Response, ResponseError
from soundcloud.sandbox.media import images, oembed, player, streams
from soundcloud.sandbox.media.streams import CORS_HEADERS, File, text_response
from soundcloud.sandbox.pages import permalink
from soundcloud.sandbox.state import State

_LOGGER = getLogger("soundcloud.sandbox")
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)
_IMAGE = re.compile(rf"/((?:artworks|avatars)-[A-Za-z0-9-]+)-({'|'.join(images.SIZES)})\.(jpg|png)", re.ASCII)
_WAVEFORM = re.compile(r"/waves/([0-9]{1,18})_m\.(png|json)", re.ASCII)
# An image may be cached, because a new upload gets a new URL.
_IMAGE_HEADERS = {**CORS_HEADERS, "Cache-Control": "public, max-age=3600"}


# Draws a picture: in a thread, without the lock, because it takes up to a tenth of a second.
Drawing: TypeAlias = Callable[[], Response]


def routes(state: State) -> list[BaseRoute]:
    """Return the routes of the media origin."""

    def endpoint(
        handle: Callable[[HTTPRequest], Response | File | Drawing],
    ) -> Callable[[HTTPRequest], Awaitable[HTTPResponse]]:
        async def respond(request: HTTPRequest) -> HTTPResponse:
            try:
                with state.database.lock:
                    response = handle(request)
                if callable(response):
                    response = await run_in_threadpool(response)
            except ResponseError as error:
                response = error.response
            except Exception:  # a bug in the sandbox: log it, and still send a response
                _LOGGER.exception("the media origin of the sandbox failed")
                response = text_response(500, "The sandbox failed; its log has the details.")
            return _send_file(response, request) if isinstance(response, File) else _send(response)

        return respond

    return [
        Route("/oembed", endpoint(lambda request: oembed.embed(state, request.query_params))),
        Route("/player", endpoint(lambda request: player.show(state, request.query_params))),
        Route("/player/", endpoint(lambda request: player.show(state, request.query_params))),
        Route(
            "/player/sounds/{number}",
            endpoint(
                lambda request: player.redirect_to_audio(state, request.path_params["number"], request.query_params)
            ),
        ),
        Route("/favicon.ico", endpoint(lambda _: _serve_image(state, "player", images.SIZES["small"], "png"))),
        Route("/player/{name}", endpoint(lambda request: player.serve_static(request.path_params["name"]))),
        Route("/{path:path}", endpoint(lambda request: _serve(state, request))),
    ]


def _serve(state: State, request: HTTPRequest) -> Response | File | Drawing:
    path = request.scope["path"]
    if found := _IMAGE.fullmatch(path):
        return _serve_image(state, found[1], images.SIZES[found[2]], "png" if found[3] == "png" else "jpeg")
    if found := _WAVEFORM.fullmatch(path):
        return _serve_waveform(state, int(found[1]), found[2])
    return permalink.show(state, path) or streams.serve(state, path, request.query_params, request.headers)


def _serve_image(state: State, name: str, size: int, kind: Literal["jpeg", "png"]) -> Response | Drawing:
    """Return the uploaded image as it is, whatever the size, or draw one."""
    upload = state.uploads.get(name)
    if upload is not None:
        return Response(upload[0].read_bytes(), headers=_IMAGE_HEADERS, media_type=upload[1])
    return lambda: Response(images.draw_image(name, size, kind), headers=_IMAGE_HEADERS, media_type=f"image/{kind}")


def _serve_waveform(state: State, track_id: int, extension: str) -> Response | Drawing:
    row = state.database.row("SELECT duration FROM tracks WHERE id = ?", track_id)
    if row is None:
        return text_response(404, "Not found")
    seconds = row["duration"] / 1000
    return (
        partial(_draw_waveform, track_id, seconds) if extension == "png" else partial(_list_samples, track_id, seconds)
    )


def _draw_waveform(track_id: int, seconds: float) -> Response:
    picture = images.draw_waveform(images.make_waveform(track_id, seconds))
    return Response(picture, headers=_IMAGE_HEADERS, media_type="image/png")


def _list_samples(track_id: int, seconds: float) -> Response:
    samples = images.make_waveform(track_id, seconds)
    content = {"width": images.WAVEFORM_WIDTH, "height": images.WAVEFORM_HEIGHT, "samples": samples}
    return Response(content, headers=_IMAGE_HEADERS)


def _send(response: Response) -> HTTPResponse:
    content = response.content
    if content is not None and not isinstance(content, str | bytes):
        content = json.dumps(content, ensure_ascii=False)
    return HTTPResponse(content, response.status, dict(response.headers), response.media_type or "application/json")


def _send_file(file: File, request: HTTPRequest) -> HTTPResponse:
    """Send a file or the requested range, which browsers use for seeking."""
    headers = {**CORS_HEADERS, "Accept-Ranges": "bytes", "Cache-Control": "no-store"}
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    start, stop, status = 0, file.size, 200
    if found is not None and (found[1] or found[2]):
        if found[1]:
            start, stop = int(found[1]), min(file.size, int(found[2]) + 1 if found[2] else file.size)
        else:
            start = max(0, file.size - int(found[2]))
        if start >= stop:
            return HTTPResponse(status_code=416, headers={**headers, "Content-Range": f"bytes */{file.size}"})
        status = 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        return HTTPResponse(status_code=status, headers=headers, media_type=file.media_type)
    return StreamingResponse(_stream(file.read(start, stop)), status, headers, file.media_type)


async def _stream(chunks: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
    # Async, because Starlette runs a sync iterator in a thread; a chunk takes about a millisecond, which needs none.
    for chunk in chunks:
        yield chunk
