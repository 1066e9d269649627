"""What stands before the sandbox's application: the journal, the faults, and the addresses that steer both.

A request without faults goes straight through. What the others meet is decided in `chance`, what they get is made in
`failures` and `oddities`; here it is done.
"""

import asyncio
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.faults import connections, drift
from soundcloud.sandbox.faults.error_responses import CANNED_KINDS, LOOP_PATH, Failure, make_failure, redirect_to_loop
from soundcloud.sandbox.faults.selection import FaultPlan, FaultSelector
from soundcloud.sandbox.faults.settings import DriftKind, ErrorKind, Faults, FlakyKind
from soundcloud.sandbox.http.control import CONTROL_PATHS
from soundcloud.sandbox.http.operations import OperationFinder
from soundcloud.sandbox.http.recorder import RequestRecorder
from soundcloud.sandbox.http.request_log import Origin, RequestLog
from soundcloud.sandbox.http.routing import Route
from soundcloud.sandbox.oauth.grants import parse_authorization
from soundcloud.sandbox.state import State

# The sandbox's own paths begin so, but for the page at `/`; SoundCloud has none like them. Nothing goes wrong there, and
# nothing is written down.
_OWN = "/-/"
_ORIGINS: tuple[Origin, Origin, Origin] = ("api", "sign-in", "sound")
_PERSON = (
    "SELECT permalink FROM access_tokens JOIN sessions ON sessions.id = session_id"
    " JOIN users ON users.id = user_id WHERE token = ?"
)
# No longer at a stretch: closing the sandbox ends a wait.
_NAP_SECONDS = 0.2
# A reply that breaks off sends no more than fits into the buffers on the way, so that it ends whether or not it is read.
_LARGEST_PART = 16_384
_DRIPS = 20
# So long the beginning of a reply has a head start over the reset that follows it.
_HEAD_START_SECONDS = 0.05

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply that was kept back."""

    status: int
    headers: Headers
    body: bytes

    def with_body(self, body: bytes, *added: tuple[bytes, bytes]) -> "_Reply":
        kept = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        return _Reply(self.status, [*kept, *added, (b"content-length", str(len(body)).encode())], body)

    def data(self) -> Any:
        """The JSON value of a success; None where it is none."""
        media_type = next((value for name, value in self.headers if name.lower() == b"content-type"), b"")
        if not 200 <= self.status < 300 or not media_type.startswith(b"application/json"):
            return None
        return json.loads(self.body)


class SandboxMiddleware:
    """The ASGI application that is served: it journals, misbehaves where it was told to, and passes on.

    Args:
        app: What answers.
        state: The data, to find out whose token came along.
        routes: What the API answers.
        ports: The ports of the API, of the sign-in host and of the host that serves sound.
        control: What answers at `CONTROL_PATHS`.
        expire_tokens: Makes all access tokens invalid.
        faults: How to fail from the start, and after each reset.
        journal_size: How many requests the journal keeps.
    """

    def __init__(
        self,
        app: ASGIApp,
        state: State,
        routes: Sequence[Route],
        ports: Sequence[int],
        *,
        control: ASGIApp,
        expire_tokens: Callable[[], None],
        faults: Faults,
        journal_size: int,
    ) -> None:
        self._app, self._control, self._expire_tokens = app, control, expire_tokens
        self._database = state.database
        self._finder = OperationFinder(routes)
        self._origins = dict(zip(ports, _ORIGINS, strict=True))
        self._urls = dict(zip(_ORIGINS, (state.api_url, state.auth_url, state.media_url), strict=True))
        self._closing = False
        self._chance: FaultSelector | None = None
        self.set_faults(faults)
        self._first_faults = faults
        self.request_log = RequestLog(journal_size)

    @property
    def faults(self) -> Faults:
        """How the sandbox fails at the moment."""
        return self._faults

    def set_faults(self, faults: Faults) -> None:
        """Fail in another way from the next request on; counters and chance begin anew. Any thread may do this."""
        _check(faults)
        self._faults = faults
        self._chance = FaultSelector(faults) if faults.any else None

    def reset(self) -> None:
        """Begin anew: an empty journal, the faults of the start."""
        self.request_log.clear()
        self.set_faults(self._first_faults)

    def close(self) -> None:
        """End every wait, so that the server can stop."""
        self._closing = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path, method = scope["path"], scope["method"]
        origin = self._origins[scope["server"][1]]
        if origin == "api" and (path == "/" or path.startswith(_OWN)) and path != LOOP_PATH:
            await (self._control if path in CONTROL_PATHS else self._app)(scope, receive, send)
            return
        to_api = origin == "api"
        recording = RequestRecorder(
            self.request_log,
            scope,
            receive,
            send,
            origin=origin,
            operation=self._finder.find(method, path) if to_api else None,
            user=self._person(scope) if to_api else None,
        )
        chance = self._chance
        try:
            if path == LOOP_PATH:
                await _send(recording, _written(redirect_to_loop(self._url(scope))))
                return
            plan = chance.plan(method, path, to_api=to_api) if chance is not None else None
            if chance is None or plan is None:
                await self._app(scope, recording.receive, recording.send)
            else:
                await self._meet(chance, plan, recording, scope)
        finally:
            recording.end()

    def _person(self, scope: Scope) -> str | None:
        """Find out whose token came along, before it can be signed out."""
        header = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        token = parse_authorization(header.decode("latin-1")) if header is not None else None
        if token is None:
            return None
        with self._database.lock:
            row = self._database.row(_PERSON, token)
        return None if row is None else str(row["permalink"])

    async def _meet(self, chance: FaultSelector, plan: FaultPlan, recording: RequestRecorder, scope: Scope) -> None:
        """Let a request meet what was planned for it."""
        if plan.latency:
            recording.faults.append("latency")
            await self._wait(plan.latency)
        if plan.expires_tokens and chance.take():
            recording.faults.append("expire_tokens")
            self._expire_tokens()
        error = plan.error
        if error == "reset_before" or error in CANNED_KINDS:
            if chance.take():
                recording.faults.append(error)
                await recording.drain()
                await self._fail(chance, plan, error, recording, scope)
                return
        elif error is not None:
            reply = await self._ask(scope, recording.receive)
            # Nothing can be broken of a reply that has no body.
            if reply.body and scope["method"] != "HEAD" and chance.take():
                recording.faults.append(error)
                await self._break(error, chance.faults.slow_seconds, reply, recording, scope)
            else:
                await _send(recording, reply)
            return
        if plan.drifts or plan.flaky is not None:
            await _send(recording, await self._distort(chance, plan, recording, scope))
        else:
            await self._app(scope, recording.receive, recording.send)

    async def _fail(
        self, chance: FaultSelector, plan: FaultPlan, kind: ErrorKind, recording: RequestRecorder, scope: Scope
    ) -> None:
        """Answer in the place of the application."""
        if kind == "reset_before":
            recording.end()
            await connections.reset(scope, recording.receive)
            return
        limit = chance.faults.rate_limit if plan.reset_in is not None else None
        await _send(recording, _written(make_failure(kind, plan.random, self._url(scope), limit, plan.reset_in)))

    async def _break(
        self, kind: ErrorKind, slow_seconds: float, reply: _Reply, recording: RequestRecorder, scope: Scope
    ) -> None:
        """Send a reply of the application so that it does not arrive as it was meant."""
        if kind == "broken_gzip":
            # The first block of the packed data is of a type that there is not, so that nobody unpacks any of it.
            packed = bytearray(gzip.compress(reply.body, mtime=0))
            packed[10] |= 0b110
            await _send(recording, reply.with_body(bytes(packed), (b"content-encoding", b"gzip")))
            return
        await recording.send({"type": "http.response.start", "status": reply.status, "headers": [*reply.headers]})
        if kind == "slow_body":
            size = -(-len(reply.body) // _DRIPS)
            for start in range(0, len(reply.body), size):
                await self._wait(slow_seconds * size / len(reply.body))
                more = start + size < len(reply.body)
                part = reply.body[start : start + size]
                await recording.send({"type": "http.response.body", "body": part, "more_body": more})
            return
        part = reply.body[: min(len(reply.body) // 2, _LARGEST_PART)]
        await recording.send({"type": "http.response.body", "body": part, "more_body": True})
        recording.end()
        if kind == "reset_during":
            await asyncio.sleep(_HEAD_START_SECONDS)
            await connections.reset(scope, recording.receive)
        else:
            await connections.cut_off(scope, recording.receive)

    async def _distort(
        self, chance: FaultSelector, plan: FaultPlan, recording: RequestRecorder, scope: Scope
    ) -> _Reply:
        """Ask the application, and change what it says."""
        without_mark = drift.without_mark(scope["query_string"])
        asked = scope if without_mark is None else {**scope, "query_string": without_mark}
        reply = await self._ask(asked, recording.receive)
        data, kinds = reply.data(), list[str]()
        # The page that follows on an empty one is the real one.
        flaky = plan.flaky if without_mark is None or plan.flaky != "empty_page_with_next" else None
        if flaky is not None and scope["method"] == "GET" and drift.is_page(data):
            odd = await self._odd_page(flaky, data, asked, self._own_url(scope), plan.random)
            if odd is not None and chance.take():
                data = odd
                kinds.append(flaky)
        if plan.drifts and chance.has_left:
            drifted = drift.drift(data, cast("tuple[DriftKind, ...]", chance.faults.drift), plan.random)
            if drifted and chance.take():
                kinds += drifted
        if not kinds:
            return reply
        recording.faults += kinds
        return reply.with_body(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())

    async def _odd_page(
        self, kind: FlakyKind, page: drift.Fields, scope: Scope, own_url: str, random: Random
    ) -> drift.Fields | None:
        """Make an odd page in the place of a page; None where this one cannot be."""
        match kind:
            case "empty_page_with_next":
                return {"collection": [], "next_href": drift.after_empty_link(own_url)}
            case "repeated_href":
                return {**page, "next_href": own_url}
            case "foreign_host":
                return {**page, "next_href": drift.foreign_link(page, own_url)}
            case "short_page":
                shorter = drift.shorter_query(scope["query_string"], random)
                if shorter is None:
                    return None
                query, size = shorter
                short: Any = (await self._ask({**scope, "query_string": query}, _nothing)).data()
                # Without a link the rest would be lost: then the list was shorter than both.
                if not drift.is_page(short) or not short.get("next_href"):
                    return None
                return {**short, "next_href": drift.with_size(short["next_href"], size)}

    def _url(self, scope: Scope) -> str:
        return self._urls[self._origins[scope["server"][1]]]

    def _own_url(self, scope: Scope) -> str:
        query = scope["query_string"].decode("latin-1")
        return f"{self._url(scope)}{scope['raw_path'].decode('latin-1')}" + (f"?{query}" if query else "")

    async def _ask(self, scope: Scope, receive: Receive) -> _Reply:
        """Let the application answer, and keep the reply back."""
        status, headers, body = 500, cast("Headers", ()), bytearray()

        async def keep(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], [*message.get("headers", ())]
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, keep)
        return _Reply(status, headers, bytes(body))

    async def _wait(self, seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while not self._closing and (rest := end - clock()) > 0:
            await asyncio.sleep(min(rest, _NAP_SECONDS))


def _check(faults: object) -> None:
    if not isinstance(faults, Faults):
        raise WrongSettingError("faults", f"give Faults(...), not {type(faults).__name__}")


async def _nothing() -> Message:
    """The body of a request that is asked a second time, which is always a GET."""
    return {"type": "http.request", "body": b"", "more_body": False}


def _written(failure: Failure) -> _Reply:
    headers = [(name.encode(), value.encode()) for name, value in failure.headers.items()]
    return _Reply(failure.status, headers, b"").with_body(failure.body)


async def _send(recording: RequestRecorder, reply: _Reply) -> None:
    await recording.send({"type": "http.response.start", "status": reply.status, "headers": [*reply.headers]})
    await recording.send({"type": "http.response.body", "body": reply.body})
