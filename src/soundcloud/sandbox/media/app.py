"""The routes of the origin that needs no token: sound, pictures, oEmbed and the player."""

import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from logging import getLogger

from starlette.requests import Request as HTTPRequest
from starlette.responses import Response as HTTPResponse
from starlette.responses import StreamingResponse
from starlette.routing import BaseRoute, Route

from soundcloud.sandbox.http.messages import Response, ResponseError
from soundcloud.sandbox.media import images, oembed, player, streams
from soundcloud.sandbox.media.streams import OPEN, File, text
from soundcloud.sandbox.state import State

_LOGGER = getLogger("soundcloud.sandbox")
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)
_PICTURE = re.compile(rf"/((?:artworks|avatars)-[A-Za-z0-9-]+)-({'|'.join(images.SIZES)})\.(?:jpg|png)", re.ASCII)
_WAVE = re.compile(r"/waves/([0-9]{1,18})_m\.(png|json)", re.ASCII)
# A picture stays what it is: one that is uploaded later has another address.
_PICTURE_HEADERS = {**OPEN, "Cache-Control": "public, max-age=3600"}


def routes(state: State) -> list[BaseRoute]:
    """List what the origin answers.

    Args:
        state: The sandbox.

    Returns:
        The routes.
    """

    def endpoint(answer: Callable[[HTTPRequest], Response | File]) -> Callable[[HTTPRequest], Awaitable[HTTPResponse]]:
        async def respond(request: HTTPRequest) -> HTTPResponse:
            try:
                with state.database.lock:
                    found = answer(request)
            except ResponseError as problem:
                found = problem.response
            except Exception:  # a defect of the sandbox: it is logged, and the client gets an answer
                _LOGGER.exception("the media origin of the sandbox failed")
                found = text(500, "The sandbox failed; its log says why.")
            return _file(found, request) if isinstance(found, File) else _whole(found)

        return respond

    return [
        Route("/oembed", endpoint(lambda request: oembed.answer(state, request.query_params))),
        Route("/player", endpoint(lambda request: player.page(state, request.query_params))),
        Route("/player/", endpoint(lambda request: player.page(state, request.query_params))),
        Route(
            "/player/sounds/{number}",
            endpoint(lambda request: player.sound(state, request.path_params["number"], request.query_params)),
        ),
        Route("/favicon.ico", endpoint(lambda _: _picture(state, "player", images.SIZES["small"]))),
        Route("/player/{name}", endpoint(lambda request: player.static(request.path_params["name"]))),
        Route("/{path:path}", endpoint(lambda request: _serve(state, request))),
    ]


def _serve(state: State, request: HTTPRequest) -> Response | File:
    path = request.url.path
    if found := _PICTURE.fullmatch(path):
        return _picture(state, found[1], images.SIZES[found[2]])
    if found := _WAVE.fullmatch(path):
        return _wave(state, int(found[1]), found[2])
    return streams.serve(state, path, request.query_params, request.headers)


def _picture(state: State, name: str, size: int) -> Response:
    """Give the picture that was uploaded, as it is in every size, or one that is drawn."""
    kept = state.uploads.find(name)
    if kept is not None:
        return Response(kept[0].read_bytes(), headers=_PICTURE_HEADERS, media_type=kept[1])
    return Response(images.draw_picture(name, size), headers=_PICTURE_HEADERS, media_type="image/png")


def _wave(state: State, number: int, ending: str) -> Response:
    row = state.database.row("SELECT duration FROM tracks WHERE id = ?", number)
    if row is None:
        return text(404, "Not found")
    samples = images.waveform(number, row["duration"] / 1000)
    if ending == "png":
        return Response(images.draw_waveform(samples), headers=_PICTURE_HEADERS, media_type="image/png")
    content = {"width": images.WAVE_WIDTH, "height": images.WAVE_HEIGHT, "samples": samples}
    return Response(content, headers=_PICTURE_HEADERS)


def _whole(answer: Response) -> HTTPResponse:
    content = answer.content
    if content is not None and not isinstance(content, str | bytes):
        content = json.dumps(content, ensure_ascii=False)
    return HTTPResponse(content, answer.status, dict(answer.headers), answer.media_type or "application/json")


def _file(file: File, request: HTTPRequest) -> HTTPResponse:
    """Send a file, or the part of it that was asked for: browsers jump in a sound that way."""
    headers = {**OPEN, "Accept-Ranges": "bytes", "Cache-Control": "no-store"}
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
    return StreamingResponse(_pieces(file.read(start, stop)), status, headers, file.media_type)


async def _pieces(pieces: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
    # Made as they are sent: each is a matter of a millisecond, and needs no thread of its own.
    for piece in pieces:
        yield piece
