"""A SoundCloud in bad weather: it serves tracks, pages, writes and tokens, and spoils the replies that it is told to spoil.

It speaks on plain sockets, in a thread with an event loop of its own. Which reply is spoiled, and how, is said by

- a name in the query of the call: `?fault=gzip-bomb`, or `secret_token=fault-gzip-bomb` where a method takes no other;
- `script(path, ...)`: what the next calls of a path get, names of faults or the very bytes to answer with;
- a `Schedule`: a share of all calls, chosen by a seed from the call itself, so that the order of the calls does not matter.
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
_MARK = re.compile(rb"weather-\d+")
_LINGER = struct.pack("ii", 1, 0)  # close with a reset


def digest(token: str | None) -> str:
    """A token as the journal has it."""
    return "" if token is None else sha256(token.encode()).hexdigest()


@dataclass
class Entry:
    """One request, as the journal has it.

    Attributes:
        connection: The number of the connection that it came on.
        method: Its method.
        target: Its path and query.
        token: The digest of its access token; empty without one.
        label: What names a write: its method, path, and the mark in its body.
        fault: What was done to its reply; None for nothing.
        applied: Whether the write was done.
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
        """Its path."""
        return unquote(urlsplit(self.target).path)


class Schedule:
    """Which calls are spoiled, by a seed.

    Args:
        seed: The seed.
        share: How many of all calls, from 0 to 1.
        names: The faults to choose from.
    """

    def __init__(self, seed: int, share: float, names: Iterable[str] = tuple(FAULTS)) -> None:
        self._seed, self._share, self._names = seed, share, list(names)

    def fault(self, method: str, target: str, turn: int) -> str | None:
        """The fault for the so-manieth time that a call comes, or None."""
        chance = Random(f"{self._seed} {method} {target} {turn}")
        return chance.choice(self._names) if chance.random() < self._share else None


class Exchange:
    """One request and its reply."""

    def __init__(
        self,
        server: "WeatherServer",
        entry: Entry,
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
        """The path and query that were asked for."""
        return self.entry.target

    @property
    def elsewhere(self) -> str:
        """The address of somebody else."""
        return self.server.elsewhere

    def apply(self, done: bool = True) -> None:
        """Do the write, once for each request at most."""
        if done and self.entry.method in WRITES and not self.entry.applied:
            self.entry.applied = True
            self.server.applied[self.entry.label] += 1

    def head(self, status: int, length: int | None, headers: dict[str, str] | None = None) -> bytes:
        """The head of a reply."""
        fields = {"Content-Type": "application/json; charset=utf-8", "X-Request-Id": f"r{self.entry.connection}"}
        fields |= {} if length is None else {"Content-Length": str(length)}
        lines = [
            f"HTTP/1.1 {status} Whatever",
            *(f"{name}: {value}" for name, value in (fields | (headers or {})).items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    async def send(self, data: bytes) -> None:
        """Send bytes, and wait until they are on their way."""
        self._writer.write(data)
        await self._writer.drain()

    async def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Send a whole reply."""
        await self.send(self.head(status, len(body), headers) + body)

    async def answer(self) -> None:
        """Do what was asked for, and say so."""
        self.apply()
        etag = self.server.etag if self.entry.method == "GET" and self.status == 200 else None
        if etag is None:
            await self.reply(self.status, self.body)
        elif self.headers.get("if-none-match") == etag:
            self.server.unchanged += 1
            await self.send(self.head(304, None, {"ETag": etag}))
        else:
            await self.reply(self.status, self.body, {"ETag": etag})

    async def pause(self, seconds: float) -> None:
        """Let time pass; it ends when the client goes away."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._reader.read()
            raise ConnectionResetError("the client is gone")

    def reset(self) -> None:
        """End the connection with a reset."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self._writer.transport.abort()
        self.open = False

    def close(self) -> None:
        """End the connection in order."""
        self._writer.close()
        self.open = False


class WeatherServer:
    """The server; a context manager.

    Args:
        schedule: Which calls are spoiled.
        elsewhere: The address that redirects and links of the fault `elsewhere` lead to.

    Attributes:
        etag: The ETag of every reply to a reading call, whoever asks; None for none.
        unchanged: How many calls were answered with a 304.
        issued: To whom each access token was given, by its digest.
        everywhere: The very bytes that every call is answered with, whoever asks, and whether the connection stays; or None.
    """

    def __init__(self, schedule: Schedule | None = None, elsewhere: str = "http://192.0.2.1") -> None:
        self.schedule, self.elsewhere = schedule, elsewhere
        self.journal: list[Entry] = []
        self.applied: Counter[str] = Counter()
        self.users: dict[str, str] = {}
        self.refreshes: dict[str, str] = {}
        self.problems: list[str] = []
        self.url = ""
        self.etag: str | None = None
        self.unchanged = 0
        self.issued: dict[str, str] = {}
        self.everywhere: tuple[bytes, bool] | None = None
        self.refresh_seconds = 0.0
        self._turns: Counter[tuple[str, str]] = Counter()
        self._scripts: dict[str, deque[str | bytes]] = defaultdict(deque)
        self._pairs = 0
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._connections = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="weather-server")

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

    def script(self, path: str, *answers: str | bytes) -> None:
        """Say what the next calls of a path get: names of faults, bytes to send as they are, or `good`."""
        self._scripts[path].extend(answers)

    def forget(self) -> None:
        """Take back what was said of the next calls."""
        self._scripts.clear()

    def sign_in(self, user: str, lifetime: int = 3600) -> dict[str, Any]:
        """A new pair of tokens for somebody, as the token endpoint writes it."""
        with self._lock:
            self._pairs += 1
            pair = {"access_token": f"access-{user}-{self._pairs}", "refresh_token": f"refresh-{user}-{self._pairs}"}
        self.users[pair["access_token"]] = self.issued[digest(pair["access_token"])] = user
        self.refreshes[pair["refresh_token"]] = user
        return pair | {"expires_in": lifetime, "token_type": "bearer", "scope": ""}

    def expire(self, user: str) -> None:
        """Let all access tokens of somebody be refused from now on."""
        for token in [token for token, whose in list(self.users.items()) if whose == user]:
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
            pass  # the client went away, or the server ends
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
        mark = _MARK.search(body)
        label = f"{method} {path}" + (f" {mark[0].decode()}" if mark else "")
        entry = Entry(number, method, target, digest(token or None), label)
        self.journal.append(entry)
        exchange = Exchange(self, entry, headers, reader, writer)
        if self.everywhere is not None:
            answer, keep = self.everywhere
            await exchange.send(answer)
            return keep
        if path == "/oauth/token":
            await asyncio.sleep(self.refresh_seconds)
            exchange.status, exchange.body = self._token(parse_qs(body.decode()))
        elif word == "OAuth" and token in self.users:
            exchange.status, exchange.body = answer_to(method, target, body, self.users[token], self.url)
        else:
            await exchange.reply(401, b'{"code": 401, "message": "invalid token", "errors": [], "link": ""}')
            return True
        await self._spoil_or_answer(exchange)
        return exchange.open

    async def _spoil_or_answer(self, exchange: Exchange) -> None:
        answer = self._answer_to(exchange)
        if isinstance(answer, bytes):
            exchange.entry.fault = "bytes"
            exchange.apply()
            await exchange.send(answer)
            exchange.close()
        elif answer is None:
            await exchange.answer()
        else:
            exchange.entry.fault = answer
            await FAULTS[answer](exchange, Random(f"{answer} {exchange.target}"))

    def _answer_to(self, exchange: Exchange) -> str | bytes | None:
        entry = exchange.entry
        turn = self._turns[entry.method, entry.target] = self._turns[entry.method, entry.target] + 1
        if scripted := self._scripts.get(entry.path):
            answer = scripted.popleft()
            return None if answer == "good" else answer
        query = parse_qs(urlsplit(entry.target).query)
        asked = query.get("fault", query.get("secret_token", [""]))[0].removeprefix("fault-")
        if asked in FAULTS:
            return asked
        return None if self.schedule is None else self.schedule.fault(entry.method, entry.target, turn)

    async def _body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if "chunked" not in headers.get("transfer-encoding", ""):
            return await reader.readexactly(int(headers.get("content-length", "0")))
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body

    def _token(self, form: dict[str, list[str]]) -> tuple[int, bytes]:
        """What the token endpoint says: a refresh token is taken once."""
        with suppress(KeyError):
            user = self.refreshes.pop(form["refresh_token"][0])
            return 200, json.dumps(self.sign_in(user)).encode()
        return 400, b'{"error": "invalid_grant", "error_description": "spent"}'


def track_of(number: str, user: str) -> dict[str, Any]:
    """A track; its title says who asked."""
    person = {"kind": "user", "urn": "soundcloud:users:1", "username": user}
    return {"kind": "track", "urn": number, "title": f"{user} {number}", "duration": 1000, "user": person}


def answer_to(method: str, target: str, body: bytes, user: str, url: str) -> tuple[int, bytes]:
    """What the server says in good weather: status and body."""
    parts = urlsplit(target)
    path = unquote(parts.path)
    mark = _MARK.search(body)
    said = mark[0].decode() if mark else path
    match method, path.strip("/").split("/"):
        case "GET", ["me"]:
            value: Any = {"kind": "user", "urn": "soundcloud:users:1", "username": user}
        case (("GET" | "PUT"), ["tracks", urn]):
            value = track_of(urn, user)
        case "GET", ["users", urn]:
            return 404, json.dumps({"code": 404, "message": f"{urn} is hidden from {user}", "errors": []}).encode()
        case "GET", ["tracks"] | ["me" | "users", *_, "tracks"]:
            value = page_of(target, user, url)
        case "POST", ["playlists"]:
            return 201, json.dumps({"kind": "playlist", "urn": "soundcloud:playlists:1", "title": said}).encode()
        case "POST", ["tracks"]:
            return 201, json.dumps({"kind": "track", "urn": "soundcloud:tracks:1", "title": said}).encode()
        case "POST", ["tracks", _, "comments"]:
            return 201, json.dumps({"kind": "comment", "urn": "soundcloud:comments:1", "body": said}).encode()
        case (("POST" | "DELETE" | "PUT"), _):
            return 200, b""
        case _:
            value = {"path": path, "user": user}
    return 200, json.dumps(value).encode()


def page_of(target: str, user: str, url: str) -> dict[str, Any]:
    """One of three pages of a list."""
    parts = urlsplit(target)
    number = int(parse_qs(parts.query).get("cursor", ["0"])[0])
    items = [track_of(f"soundcloud:tracks:{number * ITEMS + item + 1}", user) for item in range(ITEMS)]
    page: dict[str, Any] = {"collection": items}
    if number + 1 < PAGES:
        query = "&".join(piece for piece in parts.query.split("&") if piece and not piece.startswith("cursor="))
        page["next_href"] = f"{url}{parts.path}?{query}&cursor={number + 1}"
    return page
