"""ASGI middleware: allows requests of other origins (CORS), records requests, injects faults, serves the control API.

`faults.selection` decides which request gets which fault. `faults.error_responses` and `faults.drift` make the responses. This
module applies them.
"""

import asyncio
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias, cast

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.faults import connections, drift
from soundcloud.sandbox.faults.error_responses import (
    CANNED_KINDS,
    LOOP_PATH,
    loop_redirect,
    make_canned_response,
)
from soundcloud.sandbox.faults.selection import FaultPlan, FaultSelector
from soundcloud.sandbox.faults.settings import DriftKind, ErrorKind, Faults, FlakyKind
from soundcloud.sandbox.http.messages import Response
from soundcloud.sandbox.http.recorder import RequestRecorder
from soundcloud.sandbox.http.request_log import Origin, RequestLog
from soundcloud.sandbox.http.routing import OperationFinder, Route
from soundcloud.sandbox.oauth.grants import parse_authorization
from soundcloud.sandbox.state import State

# Any page may call the API and the media host, as with SoundCloud; the media host needs GET only.
_METHODS = ("DELETE", "GET", "HEAD", "POST", "PUT")
_EXPOSED_HEADERS = (
    *("Accept-Ranges", "Content-Length", "Content-Range", "Location", "Retry-After", "X-Request-Id"),
    *("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Sandbox-Invented"),
)
_PREFLIGHT_SECONDS = 600
# Paths of the sign-in host that the setting `token_cors` opens to pages.
_TOKEN_PATHS = frozenset({"/oauth/token", "/sign-out"})
# What a browser loads to show a page. It gets no faults and is not recorded.
_ASSET_KINDS = frozenset({b"font", b"image", b"manifest", b"script", b"style"})
# The sandbox's own paths, which SoundCloud does not have. They get no faults and are not recorded, nor is the dashboard at `/`.
_OWN = "/-/"
_ORIGINS: tuple[Origin, Origin, Origin] = ("api", "sign-in", "sound")
_FIND_USER = (
    "SELECT permalink FROM access_tokens JOIN sessions ON sessions.id = session_id"
    " JOIN users ON users.id = user_id WHERE token = ?"
)
# Waits are split, so that `close` ends them.
_SLEEP_SECONDS = 0.2
# Small enough for the socket buffers: sending must not block if the client does not read.
_MAXIMUM_PART = 16_384
_SLOW_PARTS = 20
# Delay before the reset, so that the client sees the first bytes.
_RESET_DELAY_SECONDS = 0.05

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _BufferedResponse:
    """A response that has not been sent yet."""

    status: int
    headers: Headers
    body: bytes

    def with_body(self, body: bytes, *added: tuple[bytes, bytes]) -> "_BufferedResponse":
        kept = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        return _BufferedResponse(self.status, [*kept, *added, (b"content-length", str(len(body)).encode())], body)

    def data(self) -> Any:
        """Return the JSON value of a successful response; None for any other one."""
        media_type = next((value for name, value in self.headers if name.lower() == b"content-type"), b"")
        if not 200 <= self.status < 300 or not media_type.startswith(b"application/json"):
            return None
        return json.loads(self.body)


class SandboxMiddleware:
    """The ASGI application that the server runs: records a request, applies its faults and passes it to the application."""

    def __init__(
        self,
        app: ASGIApp,
        state: State,
        routes: Sequence[Route],
        ports: Sequence[int],
        *,
        control: ASGIApp,
        request_log: RequestLog,
        expire_tokens: Callable[[], None],
        faults: Faults,
    ) -> None:
        self._app, self._control, self._expire_tokens = app, control, expire_tokens
        self._database, self._settings = state.database, state.settings
        self._with_cors = CORSMiddleware(
            self._handle,
            allow_origins=("*",),
            allow_methods=_METHODS,
            allow_headers=("*",),
            expose_headers=_EXPOSED_HEADERS,
            max_age=_PREFLIGHT_SECONDS,
        )
        self._finder = OperationFinder(routes)
        self._origins = dict(zip(ports, _ORIGINS, strict=True))
        self._urls = dict(zip(_ORIGINS, (state.api_url, state.auth_url, state.media_url), strict=True))
        self._closing = False
        self._selector: FaultSelector | None = None
        self.set_faults(faults)
        self._initial_faults = faults
        self._request_log = request_log

    @property
    def faults(self) -> Faults:
        """The current faults."""
        return self._faults

    def set_faults(self, faults: object) -> None:
        """Replace the faults from the next request on, and restart the counters and the random sequence. Thread-safe."""
        if not isinstance(faults, Faults):
            raise WrongSettingError("faults", f"give Faults(...), not {type(faults).__name__}")
        self._faults = faults
        self._selector = FaultSelector(faults, self._database.clock.monotonic) if faults.any else None

    def reset(self) -> None:
        """Clear the request log and restore the initial faults."""
        self._request_log.clear()
        self.set_faults(self._initial_faults)

    def close(self) -> None:
        """End all waits, so that the server can stop."""
        self._closing = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; answer the preflight request of a page."""
        path, origin = scope["path"], self._origins[scope["server"][1]]
        if origin == "api" and (path == "/" or path.startswith(_OWN)) and path != LOOP_PATH:
            await self._control(scope, receive, send)
        elif _is_asset(scope):
            await self._app(scope, receive, send)
        elif origin != "sign-in" or (self._settings.token_cors and path in _TOKEN_PATHS):
            await self._with_cors(scope, receive, send)
        else:
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record a request and apply its faults."""
        path, method = scope["path"], scope["method"]
        origin = self._origins[scope["server"][1]]
        to_api = origin == "api"
        recorder = RequestRecorder(
            self._request_log,
            scope,
            receive,
            send,
            origin=origin,
            operation=self._finder.find(method, path) if to_api else None,
            user=self._find_user(scope) if to_api else None,
        )
        selector = self._selector
        try:
            if path == LOOP_PATH:
                await _send(recorder, _buffer(loop_redirect(self._origin_url(scope))))
                return
            plan = selector.plan(method, path, to_api=to_api) if selector is not None else None
            if selector is None or plan is None:
                await self._app(scope, recorder.receive, recorder.send)
            else:
                await self._apply(selector, plan, recorder, scope)
        finally:
            recorder.finish()

    def _find_user(self, scope: Scope) -> str | None:
        """Return the permalink of the token's user; looked up first, as the request may sign the user out."""
        header = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        token = parse_authorization(header.decode("latin-1")) if header is not None else None
        if token is None:
            return None
        with self._database.lock:
            row = self._database.row(_FIND_USER, token)
        return None if row is None else str(row["permalink"])

    async def _apply(self, selector: FaultSelector, plan: FaultPlan, recorder: RequestRecorder, scope: Scope) -> None:
        """Handle a request with its faults."""
        if plan.latency:
            recorder.faults.append("latency")
            await self._wait(plan.latency)
        if plan.expires_tokens and selector.take():
            recorder.faults.append("expire_tokens")
            self._expire_tokens()
        error = plan.error
        if error == "reset_before" or error in CANNED_KINDS:
            if selector.take():
                recorder.faults.append(error)
                await recorder.drain()
                await self._fail(selector, plan, error, recorder, scope)
                return
        elif error is not None:
            response = await self._ask(scope, recorder.receive)
            # These kinds damage the body, so there must be one.
            if response.body and scope["method"] != "HEAD" and selector.take():
                recorder.faults.append(error)
                await self._damage(error, selector.faults.slow_seconds, response, recorder, scope)
            else:
                await _send(recorder, response)
            return
        if plan.drifts or plan.flaky is not None:
            await _send(recorder, await self._drift(selector, plan, recorder, scope))
        else:
            await self._app(scope, recorder.receive, recorder.send)

    async def _fail(
        self, selector: FaultSelector, plan: FaultPlan, kind: ErrorKind, recorder: RequestRecorder, scope: Scope
    ) -> None:
        """Answer without calling the application."""
        if kind == "reset_before":
            recorder.finish()
            await connections.reset(scope, recorder.receive)
            return
        limit = selector.faults.rate_limit if plan.reset_in is not None else None
        canned = make_canned_response(kind, plan.random, self._origin_url(scope), limit, plan.reset_in)
        await _send(recorder, _buffer(canned))

    async def _damage(
        self, kind: ErrorKind, slow_seconds: float, response: _BufferedResponse, recorder: RequestRecorder, scope: Scope
    ) -> None:
        """Send a response of the application damaged, truncated or slowly."""
        if kind == "broken_gzip":
            # Block type 3 is reserved (RFC 1951 section 3.2.3), so every decoder fails at the first block.
            packed = bytearray(gzip.compress(response.body, mtime=0))
            packed[10] |= 0b110
            await _send(recorder, response.with_body(bytes(packed), (b"content-encoding", b"gzip")))
            return
        await recorder.send({"type": "http.response.start", "status": response.status, "headers": [*response.headers]})
        if kind == "slow_body":
            size = -(-len(response.body) // _SLOW_PARTS)
            for start in range(0, len(response.body), size):
                await self._wait(slow_seconds * size / len(response.body))
                more = start + size < len(response.body)
                part = response.body[start : start + size]
                await recorder.send({"type": "http.response.body", "body": part, "more_body": more})
            return
        part = response.body[: min(len(response.body) // 2, _MAXIMUM_PART)]
        await recorder.send({"type": "http.response.body", "body": part, "more_body": True})
        recorder.finish()
        if kind == "reset_during":
            await asyncio.sleep(_RESET_DELAY_SECONDS)
            await connections.reset(scope, recorder.receive)
        else:
            await connections.truncate(scope, recorder.receive)

    async def _drift(
        self, selector: FaultSelector, plan: FaultPlan, recorder: RequestRecorder, scope: Scope
    ) -> _BufferedResponse:
        """Return a response of the application, changed."""
        url, query = self._url(scope), drift.remove_empty_page_marker(scope["query_string"])
        follows_empty_page = query is not None
        scope = {**scope, "query_string": query} if follows_empty_page else scope
        response = await self._ask(scope, recorder.receive)
        data, kinds = response.data(), list[str]()
        # Two empty pages in a row would never end.
        flaky = None if follows_empty_page and plan.flaky == "empty_page_with_next" else plan.flaky
        if flaky is not None and scope["method"] == "GET" and drift.is_page(data):
            page = await self._flaky_page(flaky, data, scope, url, plan.random)
            if page is not None and selector.take():
                data = page
                kinds.append(flaky)
        if plan.drifts and selector.has_left:
            drifted = drift.drift(data, cast("tuple[DriftKind, ...]", selector.faults.drift), plan.random)
            if drifted and selector.take():
                kinds += drifted
        if not kinds:
            return response
        recorder.faults += kinds
        return response.with_body(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())

    async def _flaky_page(
        self, kind: FlakyKind, page: drift.Fields, scope: Scope, url: str, random: Random
    ) -> drift.Fields | None:
        """Return a malformed version of a page, or None if this page cannot have one."""
        match kind:
            case "empty_page_with_next":
                return {"collection": [], "next_href": drift.add_empty_page_marker(url)}
            case "repeated_href":
                return {**page, "next_href": url}
            case "foreign_host":
                return {**page, "next_href": drift.with_foreign_host(page.get("next_href") or url)}
            case "short_page":
                shorter = drift.shorten_page(scope["query_string"], random)
                if shorter is None:
                    return None
                query, size = shorter
                short: Any = (await self._ask({**scope, "query_string": query}, _empty_body)).data()
                # Without a next page the missing items would be lost; then the list is too short for this fault.
                if not drift.is_page(short) or not short.get("next_href"):
                    return None
                return {**short, "next_href": drift.with_page_size(short["next_href"], size)}

    def _origin_url(self, scope: Scope) -> str:
        return self._urls[self._origins[scope["server"][1]]]

    def _url(self, scope: Scope) -> str:
        query = scope["query_string"].decode("latin-1")
        return f"{self._origin_url(scope)}{scope['raw_path'].decode('latin-1')}" + (f"?{query}" if query else "")

    async def _ask(self, scope: Scope, receive: Receive) -> _BufferedResponse:
        """Return the response of the application without sending it."""
        status, headers, body = 500, cast("Headers", ()), bytearray()

        async def buffer(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], [*message.get("headers", ())]
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, buffer)
        return _BufferedResponse(status, headers, bytes(body))

    async def _wait(self, seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while not self._closing and (remaining := end - clock()) > 0:
            await asyncio.sleep(min(remaining, _SLEEP_SECONDS))


def _is_asset(scope: Scope) -> bool:
    """Return whether a browser loads a picture, a script or a style sheet; it marks those requests (Fetch Metadata)."""
    kind = next((value for name, value in scope["headers"] if name == b"sec-fetch-dest"), None)
    return kind in _ASSET_KINDS or scope["path"] == "/favicon.ico"


async def _empty_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _buffer(canned: Response) -> _BufferedResponse:
    headers = [(name.encode(), value.encode()) for name, value in canned.headers.items()]
    return _BufferedResponse(canned.status, headers, b"").with_body(canned.content)


async def _send(recorder: RequestRecorder, response: _BufferedResponse) -> None:
    await recorder.send({"type": "http.response.start", "status": response.status, "headers": [*response.headers]})
    await recorder.send({"type": "http.response.body", "body": response.body})
