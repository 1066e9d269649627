"""The web application: three origins, told apart by their ports."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from logging import getLogger
from typing import TypeAlias, cast

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response as HTTPResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from soundcloud.sandbox.errors import SandboxError
from soundcloud.sandbox.http import routing
from soundcloud.sandbox.http.messages import (
    RATE_LIMIT_HEADERS,
    Request,
    Response,
    ResponseError,
    UploadedFile,
    error_response,
)
from soundcloud.sandbox.http.recorder import record_form
from soundcloud.sandbox.media import app
from soundcloud.sandbox.oauth import consent, grants
from soundcloud.sandbox.state import State

_LOGGER = getLogger("soundcloud.sandbox")

_SEARCHES = frozenset({"get_tracks", "get_users", "get_playlists"})
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")

Form: TypeAlias = dict[str, str | UploadedFile]


class SandboxApp:
    """The ASGI application of one sandbox."""

    def __init__(self, state: State, routes: Iterable[routing.Route], ports: tuple[int, int, int]) -> None:
        self._state = state
        api, auth, media = ports
        self._by_port: dict[int, ASGIApp] = {
            api: _application(self._api_routes(routes)),
            auth: _application(
                [
                    Route("/authorize", self._authorize, methods=["GET", "POST"]),
                    Route("/oauth/token", self._token, methods=["POST"]),
                    Route("/sign-out", self._sign_out, methods=["POST"]),
                ]
            ),
            media: _application(app.routes(state)),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request to the application of its port."""
        try:
            await self._by_port[scope["server"][1]](scope, receive, send)
        except asyncio.CancelledError:
            # The server is stopping and has closed the connection; uvicorn would log a traceback.
            return

    def _api_routes(self, routes: Iterable[routing.Route]) -> list[BaseRoute]:
        by_path: dict[str, dict[str, routing.Route]] = {}
        for route in routes:
            by_path.setdefault(route.path, {})[route.method] = route
        return [Route(path, self._endpoint(by_method), methods=list(by_method)) for path, by_method in by_path.items()]

    def _endpoint(self, by_method: dict[str, routing.Route]) -> Callable[[HTTPRequest], object]:
        async def endpoint(request: HTTPRequest) -> HTTPResponse:
            route = by_method["GET" if request.method == "HEAD" else request.method]
            try:
                async with _body(request) as (content, form):
                    response = self._run(lambda: self._handle(route, request, content, form))
            except ClientDisconnect:
                return HTTPResponse(status_code=400)
            return _to_http(response, {} if route.operation in _SEARCHES else RATE_LIMIT_HEADERS)

        return endpoint

    def _handle(self, route: routing.Route, http: HTTPRequest, content: bytes, form: Form | None) -> Response:
        """Check the access token and call the handler."""
        access_token = grants.parse_authorization(http.headers.get("authorization"))
        viewer = grants.find_viewer(self._state.database, access_token) if access_token else None
        if viewer is None:
            return error_response(401)
        request = Request(self._state, http.scope["path"], http.path_params, http.query_params, viewer, content, form)
        if route.method != "GET" and route.operation not in {"post_sign_out", "post_disconnect"}:
            # An app token cannot write; `user_id` rejects it.
            _ = request.user_id
        return route.handler(request)

    def _run(self, respond: Callable[[], Response]) -> Response:
        """Call a function in a transaction, which an error rolls back, and map its errors to responses."""
        try:
            with self._state.database.transaction():
                return respond()
        except ResponseError as error:
            return error.response
        except SandboxError as error:
            return error_response(400, str(error))
        except Exception:  # a bug in the sandbox must not end the server
            _LOGGER.exception("a handler of the sandbox failed")
            return error_response(500, "The sandbox failed; its log says why.")

    async def _authorize(self, request: HTTPRequest) -> HTTPResponse:
        if request.method == "POST":
            fields = await _read_fields(request)
            username, allow = fields.get("username"), fields.get("decision") == "allow"
            response = self._run(lambda: consent.decide(self._state, fields, username, allow=allow))
        else:
            response = self._run(lambda: consent.page(self._state, request.query_params))
        if "text/html" in request.headers.get("accept", ""):
            # A browser; programs read the address in the redirect.
            response = consent.show_unreachable(self._state, response)
        return _to_http(response)

    async def _token(self, request: HTTPRequest) -> HTTPResponse:
        fields, authorization = await _read_fields(request), request.headers.get("authorization")
        address = request.client.host if request.client else ""
        return _to_http(self._run(lambda: grants.handle_token_request(self._state, authorization, fields, address)))

    async def _sign_out(self, request: HTTPRequest) -> HTTPResponse:
        content = await request.body()
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            body = None
        value = cast("dict[str, object]", body).get("access_token") if isinstance(body, dict) else None
        access_token = value if isinstance(value, str) else None
        return _to_http(self._run(lambda: grants.sign_out(self._state.database, access_token)))


def _application(routes: list[BaseRoute]) -> Starlette:
    return Starlette(routes=routes, exception_handlers={HTTPException: _handle_http_exception})


async def _handle_http_exception(request: HTTPRequest, error: Exception) -> HTTPResponse:  # noqa: ARG001 - Starlette's signature
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        return HTTPResponse("unknown route", 405, media_type="text/plain")
    detail = error.detail if isinstance(error, HTTPException) and status == 400 else ""
    return _to_http(error_response(status, detail), RATE_LIMIT_HEADERS)


@asynccontextmanager
async def _body(request: HTTPRequest) -> AsyncGenerator[tuple[bytes, Form | None], None]:
    """Read the body as a form, if it is one, or as bytes."""
    if not request.headers.get("content-type", "").lower().startswith(_FORMS):
        yield await request.body(), None
        return
    async with request.form() as form:
        record_form(request.scope, form)
        fields: Form = {
            name: UploadedFile(value.filename or "", value.file) if isinstance(value, UploadFile) else value
            for name, value in form.multi_items()
        }
        yield b"", fields


async def _read_fields(request: HTTPRequest) -> dict[str, str]:
    async with _body(request) as (_, form):
        return {name: value for name, value in (form or {}).items() if isinstance(value, str)}


def _to_http(response: Response, headers: Mapping[str, str] | None = None) -> HTTPResponse:
    content, media_type = response.content, response.media_type
    if media_type is None and content is not None:
        media_type = "application/json; charset=utf-8"
    if media_type is not None and media_type.startswith("application/json"):
        content = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return HTTPResponse(content, response.status, {**(headers or {}), **response.headers}, media_type)
