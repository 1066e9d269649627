"""A server with tracks, pages, writes and tokens that injects faults.

It runs in a thread with its own event loop. A fault is selected by

- a name in the query of the request: `?fault=gzip-bomb`, or `secret_token=fault-gzip-bomb` for methods without other parameters;
- `script(path, ...)`: the faults of the next requests to a path, or the bytes of the responses;
- a `FaultSchedule`: a share of all requests, selected by a seed and the request, whatever the order of the requests.
"""

import asyncio
import json
import re
import socket
import struct
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.resilience.faults import FAULTS

PAGES, ITEMS = 3, 3
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_MARKER = re.compile(rb"write-\d+")
_LINGER = struct.pack("ii", 1, 0)  # makes close() send a TCP reset


def digest(token: str | None) -> str:
    """Return the hash of a token; an empty string without one."""
    return "" if token is None else sha256(token.encode()).hexdigest()


@dataclass
class ReceivedRequest:
    """A received request.

    Attributes:
        connection: The number of its connection.
        method: Its method.
        target: Its path and query.
        token: The hash of its access token; empty without one.
        label: Identifies a write: method, path, and the marker in its body.
        fault: The injected fault; None without one.
        applied: Whether the write was applied.
    """

    connection: int
    method: str
    target: str
    token: str
    label: str
    fault: str | None = None
    applied: bool = False

    @property
    def path(self) -> str:
        """The path without the query."""
        return unquote(urlsplit(self.target).path)


class FaultSchedule:
    """Selects the requests that get a fault.

    Args:
        seed: The seed.
        share: The share of requests with a fault, from 0 to 1.
        names: The faults to choose from.
    """

    def __init__(self, seed: int, share: float, names: Iterable[str] = tuple(FAULTS)) -> None:
        self._seed, self._share, self._names = seed, share, list(names)

    def select(self, method: str, target: str, occurrence: int) -> str | None:
        """Return the fault for the nth occurrence of a request, or None."""
        random = Random(f"{self._seed} {method} {target} {occurrence}")
        return random.choice(self._names) if random.random() < self._share else None


class Exchange:
    """A request and its response."""

    def __init__(
        self,
        server: "FaultyServer",
        entry: ReceivedRequest,
        headers: dict[str, str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.server, self.entry, self._reader, self._writer = server, entry, reader, writer
        self.headers = headers
        self.status, self.body = 200, b""
        self.open = True

    @property
    def target(self) -> str:
        """The path and query of the request."""
        return self.entry.target

    @property
    def elsewhere(self) -> str:
        """The URL of another origin."""
        return self.server.elsewhere

    def apply(self, condition: bool = True) -> None:
        """Apply the write, at most once for each request."""
        if condition and self.entry.method in WRITES and not self.entry.applied:
            self.entry.applied = True
            self.server.applied[self.entry.label] += 1

    def response_head(self, status: int, length: int | None, headers: dict[str, str] | None = None) -> bytes:
        """Return the head of a response."""
        fields = {"Content-Type": "application/json; charset=utf-8", "X-Request-Id": f"r{self.entry.connection}"}
        fields |= {} if length is None else {"Content-Length": str(length)}
        lines = [
            f"HTTP/1.1 {status} Whatever",
            *(f"{name}: {value}" for name, value in (fields | (headers or {})).items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    async def send(self, data: bytes) -> None:
        """Send bytes; wait until they left the write buffer."""
        self._writer.write(data)
        await self._writer.drain()

    async def respond(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Send a complete response."""
        await self.send(self.response_head(status, len(body), headers) + body)

    async def respond_normally(self) -> None:
        """Apply the write and send the response without a fault."""
        self.apply()
        etag = self.server.etag if self.entry.method == "GET" and self.status == 200 else None
        if etag is None:
            await self.respond(self.status, self.body)
        elif self.headers.get("if-none-match") == etag:
            self.server.unchanged += 1
            await self.send(self.response_head(304, None, {"ETag": etag}))
        else:
            await self.respond(self.status, self.body, {"ETag": etag})

    async def pause(self, seconds: float) -> None:
        """Wait; raise ConnectionResetError when the client disconnects."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._reader.read()
            raise ConnectionResetError("the client disconnected")

    def reset(self) -> None:
        """Reset the connection."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self._writer.transport.abort()
        self.open = False

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        self.open = False


class FaultyServer:
    """Serves SoundCloud's API with faults; a context manager.

    Args:
        schedule: Selects the requests that get a fault.

    Attributes:
        elsewhere: The URL of another origin, for the fault `redirect-elsewhere`.
        etag: The ETag of every response to a GET, for all users; None for none.
        unchanged: How many responses were a 304.
        issued_to: The user of each access token, by its hash.
        fixed_response: The bytes of every response, and whether the connection stays open; or None.
    """

    def __init__(self, schedule: FaultSchedule | None = None) -> None:
        self.schedule, self.elsewhere = schedule, "http://192.0.2.1"
        self.requests: list[ReceivedRequest] = []
        self.applied: Counter[str] = Counter()
        self.users: dict[str, str] = {}
        self.refreshes: dict[str, str] = {}
        self.problems: list[str] = []
        self.url = ""
        self.etag: str | None = None
        self.unchanged = 0
        self.issued_to: dict[str, str] = {}
        self.fixed_response: tuple[bytes, bool] | None = None
        self._occurrences: Counter[tuple[str, str]] = Counter()
        self._scripts: dict[str, deque[str | bytes]] = defaultdict(deque)
        self._pairs = 0
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._connections = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="faulty-server")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)
        assert not self._thread.is_alive()
        if error[0] is None:
            assert self.problems == []

    def script(self, path: str, *responses: str | bytes) -> None:
        """Set the next responses of a path: names of faults, bytes to send, or `good`."""
        self._scripts[path].extend(responses)

    def clear_scripts(self) -> None:
        """Remove the scripted responses."""
        self._scripts.clear()

    def issue_tokens(self, user: str, lifetime: int = 3600) -> dict[str, Any]:
        """Issue a token pair for a user; return it as the token endpoint does."""
        with self._lock:
            self._pairs += 1
            pair = {"access_token": f"access-{user}-{self._pairs}", "refresh_token": f"refresh-{user}-{self._pairs}"}
        self.users[pair["access_token"]] = self.issued_to[digest(pair["access_token"])] = user
        self.refreshes[pair["refresh_token"]] = user
        return pair | {"expires_in": lifetime, "token_type": "bearer", "scope": ""}

    def expire(self, user: str) -> None:
        """Expire all access tokens of a user."""
        for token in [token for token, owner in list(self.users.items()) if owner == user]:
            self.users.pop(token, None)

    async def _main(self) -> None:
        self._loop, self._over, self._tasks = asyncio.get_running_loop(), asyncio.Event(), set[Any]()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024, limit=2**20)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        self._connections += 1
        number = self._connections
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer.transport.set_write_buffer_limits(0)
        try:
            while await self._exchange(number, reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client disconnected, or the server stops
        except Exception as error:
            self.problems.append(repr(error))
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _exchange(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").rstrip().split("\r\n")
        method, target, _ = line.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await self._body(reader, headers)
        word, _, token = headers.get("authorization", "").partition(" ")
        path = urlsplit(target).path
        marker = _MARKER.search(body)
        label = f"{method} {path}" + (f" {marker[0].decode()}" if marker else "")
        entry = ReceivedRequest(number, method, target, digest(token or None), label)
        self.requests.append(entry)
        exchange = Exchange(self, entry, headers, reader, writer)
        if self.fixed_response is not None:
            response, keep_open = self.fixed_response
            await exchange.send(response)
            return keep_open
        if path == "/oauth/token":
            exchange.status, exchange.body = self._token(parse_qs(body.decode()))
        elif word == "OAuth" and token in self.users:
            exchange.status, exchange.body = normal_response(method, target, body, self.users[token], self.url)
        else:
            await exchange.respond(401, b'{"code": 401, "message": "invalid token", "errors": [], "link": ""}')
            return True
        await self._respond(exchange)
        return exchange.open

    async def _respond(self, exchange: Exchange) -> None:
        selected = self._select_fault(exchange)
        if isinstance(selected, bytes):
            exchange.entry.fault = "bytes"
            exchange.apply()
            await exchange.send(selected)
            exchange.close()
        elif selected is None:
            await exchange.respond_normally()
        else:
            exchange.entry.fault = selected
            await FAULTS[selected](exchange, Random(f"{selected} {exchange.target}"))

    def _select_fault(self, exchange: Exchange) -> str | bytes | None:
        entry = exchange.entry
        occurrence = self._occurrences[entry.method, entry.target] = self._occurrences[entry.method, entry.target] + 1
        if scripted := self._scripts.get(entry.path):
            response = scripted.popleft()
            return None if response == "good" else response
        query = parse_qs(urlsplit(entry.target).query)
        name = query.get("fault", query.get("secret_token", [""]))[0].removeprefix("fault-")
        if name in FAULTS:
            return name
        return None if self.schedule is None else self.schedule.select(entry.method, entry.target, occurrence)

    async def _body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if "chunked" not in headers.get("transfer-encoding", ""):
            return await reader.readexactly(int(headers.get("content-length", "0")))
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body

    def _token(self, form: dict[str, list[str]]) -> tuple[int, bytes]:
        """Return the response of the token endpoint; a refresh token works once."""
        with suppress(KeyError):
            user = self.refreshes.pop(form["refresh_token"][0])
            return 200, json.dumps(self.issue_tokens(user)).encode()
        return 400, b'{"error": "invalid_grant", "error_description": "used"}'


def user_json(name: str) -> dict[str, Any]:
    """Return a user."""
    return {"kind": "user", "urn": "soundcloud:users:1", "username": name}


def track_json(number: str, user: str) -> dict[str, Any]:
    """Return a track whose title names the user."""
    return {"kind": "track", "urn": number, "title": f"{user} {number}", "duration": 1000, "user": user_json(user)}


def normal_response(method: str, target: str, body: bytes, user: str, url: str) -> tuple[int, bytes]:
    """Return status and body of the response without a fault."""
    parts = urlsplit(target)
    path = unquote(parts.path)
    marker = _MARKER.search(body)
    title = marker[0].decode() if marker else path
    match method, path.strip("/").split("/"):
        case "GET", ["me"]:
            value: Any = user_json(user)
        case (("GET" | "PUT"), ["tracks", urn]):
            value = track_json(urn, user)
        case "GET", ["users", urn]:
            return 404, json.dumps({"code": 404, "message": f"{urn} is hidden from {user}", "errors": []}).encode()
        case "GET", ["tracks"] | ["me" | "users", *_, "tracks"]:
            value = page_json(target, user, url)
        case "POST", ["playlists"]:
            return 201, json.dumps({"kind": "playlist", "urn": "soundcloud:playlists:1", "title": title}).encode()
        case "POST", ["tracks"]:
            return 201, json.dumps({"kind": "track", "urn": "soundcloud:tracks:1", "title": title}).encode()
        case "POST", ["tracks", _, "comments"]:
            return 201, json.dumps({"kind": "comment", "urn": "soundcloud:comments:1", "body": title}).encode()
        case (("POST" | "DELETE" | "PUT"), _):
            return 200, b""
        case _:
            value = {"path": path, "user": user}
    return 200, json.dumps(value).encode()


def page_json(target: str, user: str, url: str) -> dict[str, Any]:
    """Return one of three pages."""
    parts = urlsplit(target)
    number = int(parse_qs(parts.query).get("cursor", ["0"])[0])
    items = [track_json(f"soundcloud:tracks:{number * ITEMS + item + 1}", user) for item in range(ITEMS)]
    page: dict[str, Any] = {"collection": items}
    if number + 1 < PAGES:
        query = "&".join(piece for piece in parts.query.split("&") if piece and not piece.startswith("cursor="))
        page["next_href"] = f"{url}{parts.path}?{query}&cursor={number + 1}"
    return page
