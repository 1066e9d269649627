"""The web application: three origins in one, told apart by their ports."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from logging import getLogger
from typing import TypeAlias, cast

from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response as HTTPResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from soundcloud.sandbox.errors import SandboxError
from soundcloud.sandbox.http import routing
from soundcloud.sandbox.http.messages import Request, Response, ResponseError, UploadedFile, error_response
from soundcloud.sandbox.http.recorder import note_form
from soundcloud.sandbox.media import app
from soundcloud.sandbox.oauth import consent, grants
from soundcloud.sandbox.pages import dashboard
from soundcloud.sandbox.state import State

_LOGGER = getLogger("soundcloud.sandbox")
# Useless values, but SoundCloud's.
_RATE_LIMIT = {"x-ratelimit-limit": "-1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}
_SEARCHES = frozenset({"get_tracks", "get_users", "get_playlists"})
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")

Form: TypeAlias = dict[str, str | UploadedFile]
Work: TypeAlias = Callable[[], Response]


class SandboxApp:
    """The ASGI application of one sandbox.

    Args:
        state: What it serves.
        routes: What the API answers.
        ports: The ports of the API, of the sign-in host and of the host that serves sound.
    """

    def __init__(self, state: State, routes: Iterable[routing.Route], ports: tuple[int, int, int]) -> None:
        self._state = state
        api, auth, sound = ports
        self._by_port: dict[int, ASGIApp] = {
            api: _application([*self._own_routes(), *self._api_routes(routes)]),
            auth: _application(
                [
                    Route("/authorize", self._authorize, methods=["GET", "POST"]),
                    Route("/oauth/token", self._token, methods=["POST"]),
                    Route("/sign-out", self._sign_out, methods=["POST"]),
                ]
            ),
            sound: _application(app.routes(state)),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the application of the port that it came in by."""
        try:
            await self._by_port[scope["server"][1]](scope, receive, send)
        except asyncio.CancelledError:
            # The server stops and has hung up: there is nobody to tell.
            return

    def _own_routes(self) -> list[BaseRoute]:
        """What the API's origin has beside SoundCloud's paths: for people, and for whoever started it."""
        state = self._state
        return [
            Route("/", self._reading(lambda request: dashboard.show(state, request.query_params))),
            Route("/-/health", self._reading(lambda _: dashboard.health(state))),
            Route(
                "/-/listen/{track}",
                self._reading(lambda request: dashboard.listen(state, request.path_params["track"])),
            ),
        ]

    def _reading(self, work: Callable[[HTTPRequest], Response]) -> Callable[[HTTPRequest], object]:
        async def endpoint(request: HTTPRequest) -> HTTPResponse:
            return _response(self._run(lambda: work(request)))

        return endpoint

    def _api_routes(self, routes: Iterable[routing.Route]) -> list[BaseRoute]:
        by_path: dict[str, dict[str, routing.Route]] = {}
        for route in routes:
            by_path.setdefault(route.path, {})[route.method] = route
        # Plain names before placeholders: /me/followings/tracks is not a user called "tracks".
        paths = sorted(by_path, key=lambda path: [part.startswith("{") for part in path.split("/")])
        return [Route(path, self._endpoint(by_path[path]), methods=list(by_path[path])) for path in paths]

    def _endpoint(self, by_method: dict[str, routing.Route]) -> Callable[[HTTPRequest], object]:
        async def endpoint(request: HTTPRequest) -> HTTPResponse:
            route = by_method["GET" if request.method == "HEAD" else request.method]
            try:
                async with _body(request) as (content, form):
                    answer = self._run(lambda: self._api(route, request, content, form))
            except ClientDisconnect:
                return HTTPResponse(status_code=400)
            headers = {} if route.operation in _SEARCHES else _RATE_LIMIT
            return _response(answer, headers)

        return endpoint

    def _api(self, route: routing.Route, request: HTTPRequest, content: bytes, form: Form | None) -> Response:
        access_token = grants.parse_authorization(request.headers.get("authorization"))
        viewer = grants.find_viewer(self._state.database, access_token) if access_token else None
        if viewer is None:
            return error_response(401)
        call = Request(self._state, request.url.path, request.path_params, request.query_params, viewer, content, form)
        if route.method != "GET" and route.operation != "post_sign_out":
            # An app's own token reads; writing takes a person's.
            _ = call.user_id
        return route.handler(call)

    def _run(self, work: Work) -> Response:
        """Do the work as a whole or not at all, and nothing else meanwhile."""
        try:
            with self._state.database.transaction():
                return work()
        except ResponseError as problem:
            return problem.response
        except SandboxError as problem:
            return error_response(400, str(problem))
        except Exception:  # a defect of the sandbox: it is logged, and the client gets an answer
            _LOGGER.exception("a handler of the sandbox failed")
            return error_response(500, "The sandbox failed; its log says why.")

    async def _authorize(self, request: HTTPRequest) -> HTTPResponse:
        if request.method != "POST":
            return _response(self._run(lambda: consent.page(self._state, request.query_params)))
        fields = await _texts(request)
        username, allow = fields.get("username"), fields.get("decision") == "allow"
        return _response(self._run(lambda: consent.decide(self._state, fields, username, allow=allow)))

    async def _token(self, request: HTTPRequest) -> HTTPResponse:
        fields, authorization = await _texts(request), request.headers.get("authorization")
        address = request.client.host if request.client else ""
        return _response(self._run(lambda: grants.handle_token_request(self._state, authorization, fields, address)))

    async def _sign_out(self, request: HTTPRequest) -> HTTPResponse:
        content = await request.body()
        try:
            sent = json.loads(content)
        except (ValueError, RecursionError):
            sent = None
        access_token = cast("dict[str, object]", sent).get("access_token") if isinstance(sent, dict) else None
        text = access_token if isinstance(access_token, str) else None
        return _response(self._run(lambda: grants.sign_out(self._state.database, text)))


def _application(routes: list[BaseRoute]) -> Starlette:
    return Starlette(routes=routes, exception_handlers={HTTPException: _http_error})


async def _http_error(request: HTTPRequest, problem: Exception) -> HTTPResponse:  # noqa: ARG001 - Starlette gives both
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    if status == 405:
        return HTTPResponse("unknown route", 405, media_type="text/plain")
    detail = problem.detail if isinstance(problem, HTTPException) and status == 400 else ""
    return _response(error_response(status, detail), _RATE_LIMIT)


@asynccontextmanager
async def _body(request: HTTPRequest) -> AsyncGenerator[tuple[bytes, Form | None], None]:
    """Read the body: as a form where it is one, else as bytes."""
    if not request.headers.get("content-type", "").lower().startswith(_FORMS):
        yield await request.body(), None
        return
    async with request.form() as form:
        note_form(request.scope, form)
        yield b"", _fields(form)


def _fields(form: FormData) -> Form:
    return {
        name: UploadedFile(value.filename or "", value.file) if isinstance(value, UploadFile) else value
        for name, value in form.multi_items()
    }


async def _texts(request: HTTPRequest) -> dict[str, str]:
    async with _body(request) as (_, form):
        return {name: value for name, value in (form or {}).items() if isinstance(value, str)}


def _response(answer: Response, headers: Mapping[str, str] | None = None) -> HTTPResponse:
    content, media_type = answer.content, answer.media_type
    if media_type is None and content is not None:
        content = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        media_type = "application/json; charset=utf-8"
    elif media_type is not None and media_type.startswith("application/json"):
        content = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return HTTPResponse(content, answer.status, {**(headers or {}), **answer.headers}, media_type)
