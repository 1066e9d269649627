"""Several people on one client, one cache, one store and one engine at once: nobody gets what is somebody else's.

The server writes into everything that it sends, errors too, who asked. It gives all replies the same ETag, so that a mixed-up
entry of the cache would be confirmed and not noticed. What it was asked names a person here and there: it came with a token of
this person, or with none.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import unquote

import anyio
import httpx
import pytest

from soundcloud import (
    AsyncPage,
    AsyncSoundCloudClient,
    Limits,
    NotFoundError,
    Outcome,
    Page,
    Retry,
    SoundCloudClient,
    SoundCloudError,
    Timeout,
    Token,
)
from soundcloud.caches import AsyncRedisCache, MemoryCache, RedisCache
from soundcloud.events import RequestTelemetry
from soundcloud.raw import RawResponse
from soundcloud.stores import MemoryTokenStore
from tests.helpers.redis_server import PROGRAM, RedisServer
from tests.resilience.calls import FULL, urn
from tests.resilience.server import Schedule, WeatherServer, digest, track_of
from tests.stress.crowd import report

CALLS = 10_000 if FULL else 300
WORKERS = 16
EVERY = 40  # calls, after which the tokens of the two who can renew theirs are refused
# Both have a client with a store of its own; the third acts through `token=` on either.
OWNERS, GUEST = ("annabel", "bertrand"), "clothilde"
PEOPLE = (*OWNERS, GUEST)
FAULTS = ["429-bare", "5xx-json", "5xx-html", "reset-in-body", "reset-after", "close-after", "truncated-right-length"]
WAYS = {
    "threads": ("", "httpx"),
    "asyncio": ("asyncio", "httpx"),
    "trio": ("trio", "httpx"),
    "aiohttp": ("asyncio", "aiohttp"),
}
SETTINGS: dict[str, Any] = {
    "client_id": "id",
    "client_secret": "secret",
    "timeout": Timeout(total=60),
    "retry": Retry(max_retries=2, base_delay=0.002, max_delay=0.05),
    "cache_ttl": 0.05,
}

pytestmark = pytest.mark.usefixtures("retrying")


@dataclass(frozen=True)
class Kind:
    """A kind of call.

    Args:
        make: Makes the call: of a client, a small number, a name that is to stand in the request, and `token=` or nothing.
        says: Whether what comes back says who asked, where it is no error.
    """

    make: Callable[[Any, int, str, dict[str, str]], Any]
    says: bool = True


KINDS = [
    Kind(lambda client, number, name, token: client.tracks.get_track(number, **token)),
    Kind(lambda client, number, name, token: client.tracks.get_track(number, **token)),
    Kind(lambda client, number, name, token: client.me.get_me(**token)),
    Kind(lambda client, number, name, token: client.users.get_user(number, **token)),
    Kind(lambda client, number, name, token: client.with_options(cache=None).users.get_user(number, **token)),
    Kind(lambda client, number, name, token: client.with_options(dedupe=False).me.get_me(**token)),
    Kind(lambda client, number, name, token: client.fetch_all(lambda: client.users.get_tracks(number, **token))),
    Kind(lambda client, number, name, token: client.search.tracks("words", **token)),
    Kind(lambda client, number, name, token: client.search.tracks(f"by {name}", **token)),
    Kind(lambda client, number, name, token: client.tracks.get_track(number, secret_token=f"of-{name}", **token)),
    Kind(lambda client, number, name, token: client.raw.get(f"/things/{name}", **token), says=False),
    Kind(lambda client, number, name, token: client.tracks.get_tracks([number, number + 1], **token)),
    Kind(lambda client, number, name, token: client.map(lambda item: client.tracks.get_track(item, **token), [1, 2])),
    Kind(lambda client, number, name, token: client.tracks.update(number, title=f"of {name}", **token)),
    Kind(lambda client, number, name, token: client.likes.like_track(number, **token), says=False),
]


def shown(value: Any) -> str:
    """All that somebody gets to see."""
    match value:
        case SoundCloudError():
            return f"{value} {value!r} {vars(value)}"
        case Outcome():
            return shown(value.error if value.error is not None else value.value)
        case list():
            return " ".join(shown(item) for item in value)
        case Page() | AsyncPage():
            return f"{value.raw}"
        case RawResponse():
            return f"{value}{value.data}{value.headers}"
        case None:
            return ""
        case _:
            return f"{value!r}{value.raw}"


class Sparing(Schedule):
    """Spoils calls, but for renewals: whoever does not hear of the new pair is signed out, and gets nothing any more."""

    def fault(self, method: str, target: str, turn: int) -> str | None:
        return None if target == "/oauth/token" else super().fault(method, target, turn)


def is_map(value: Any) -> bool:
    """Whether it is what `client.map` gives back."""
    return isinstance(value, list) and all(isinstance(item, Outcome) for item in value)


class Storm:
    """Makes the calls of all, and watches what each gets.

    Args:
        server: The server.
    """

    def __init__(self, server: WeatherServer) -> None:
        self.server = server
        self.guest_token = server.sign_in(GUEST)["access_token"]
        self.work = iter(range(CALLS))
        self.lock = threading.Lock()
        self.problems: list[str] = []
        self.came: Counter[str] = Counter()

    def settings(self, name: str, store: MemoryTokenStore, cache: Any) -> dict[str, Any]:
        """What the client of somebody is made with."""
        pair = self.server.sign_in(name)
        own = store.for_user(name)
        expires_at = datetime.now(UTC) + timedelta(hours=1)
        own.set(Token(pair["access_token"], pair["refresh_token"], expires_at, grant="user"))
        urls = {"base_url": self.server.url, "auth_url": self.server.url}
        return SETTINGS | urls | {"token_store": own, "cache": cache, "on_request": self._note}

    def _note(self, seen: RequestTelemetry) -> None:
        self.came["joined"] += seen.deduplicated
        self.came["from the cache"] += seen.cached

    def next_call(self, clients: list[Any]) -> tuple[str, Kind, Callable[[], Any]] | None:
        """The next call, and who makes it; None when all are made."""
        with self.lock:
            number = next(self.work, None)
        if number is None:
            return None
        if number % EVERY == EVERY - 1:
            self.server.expire(OWNERS[number // EVERY % 2])
        chance = Random(number)
        which = chance.randrange(2)
        name, kind, token = OWNERS[which], chance.choice(KINDS), dict[str, str]()
        if chance.random() < 0.4:
            name, token = GUEST, {"token": self.guest_token}
        track = chance.randint(1, 2)
        return name, kind, lambda: kind.make(clients[which], track, name, token)

    def look(self, name: str, kind: Kind, value: Any) -> None:
        """Look at what somebody got."""
        text = shown(value)
        self.came[type(value).__name__ if isinstance(value, SoundCloudError) else "right"] += 1
        others = [other for other in PEOPLE if other != name and other in text]
        # Other errors may leave open whose they are: a lost connection, a page of the edge.
        answered = any(item.ok for item in value) if is_map(value) else not isinstance(value, SoundCloudError)
        says = kind.says and answered
        # Of a 404 that was cut short nothing but the status is known.
        refused = isinstance(value, NotFoundError) and value.code is not None
        if others or ((says or refused) and name not in text):
            self.problems.append(f"{name} got {text}")

    def be_thread(self, clients: list[SoundCloudClient]) -> None:
        while (turn := self.next_call(clients)) is not None:
            name, kind, make = turn
            try:
                value = make()
            except SoundCloudError as error:
                value = error
            self.look(name, kind, value)

    async def be_task(self, clients: list[AsyncSoundCloudClient]) -> None:
        while (turn := self.next_call(clients)) is not None:
            name, kind, make = turn
            try:
                value = await make()
            except SoundCloudError as error:
                value = error
            self.look(name, kind, value)

    def check(self, title: str, start: float) -> None:
        """Look at what the server was asked, when all is over."""
        server = self.server
        for entry in server.journal:
            owner = server.issued.get(entry.token)
            named = [name for name in PEOPLE if name in unquote(f"{entry.target} {entry.label}")]
            if entry.path != "/oauth/token" and (owner is None or named not in ([], [owner])):
                self.problems.append(f"{entry} came with a token of {owner}")
        assert self.problems[:5] == []
        assert sum(self.came.values()) - self.came["joined"] - self.came["from the cache"] == CALLS
        assert self.came["joined"] > 0
        assert self.came["from the cache"] > 0
        assert self.came["NotFoundError"] > 0
        renewed = sum(entry.path == "/oauth/token" for entry in server.journal)
        assert renewed > 0
        assert self.came["InvalidGrantError"] == 0
        report(
            f"leaks, {title}: {CALLS} calls of {len(PEOPLE)} people, {len(server.journal)} requests, {renewed} renewals, "
            f"{server.unchanged} times 304, {dict(self.came)}; {time.monotonic() - start:.0f} s"
        )


def storm_of_threads(storm: Storm, stack: ExitStack, redis: RedisServer | None) -> None:
    cache: Any = MemoryCache()
    engine: dict[str, Any] = {"limits": Limits(max_connections=6)}
    if redis is not None:
        cache = RedisCache.from_url(redis.url)
        stack.callback(cache.close)
        engine = {"http_client": stack.enter_context(httpx.Client())}
    store = MemoryTokenStore()
    clients = [stack.enter_context(SoundCloudClient(**storm.settings(name, store, cache), **engine)) for name in OWNERS]
    with ThreadPoolExecutor(WORKERS) as threads:
        for done in [threads.submit(storm.be_thread, clients) for _ in range(WORKERS)]:
            done.result()


async def storm_of_tasks(storm: Storm, engine: str, redis: RedisServer | None) -> None:
    cache: Any = MemoryCache() if redis is None else AsyncRedisCache.from_url(redis.url)
    shared = None if redis is None else httpx.AsyncClient()
    given = {"engine": engine, "limits": Limits(max_connections=6)} if shared is None else {"http_client": shared}
    store = MemoryTokenStore()
    clients = [AsyncSoundCloudClient(**storm.settings(name, store, cache), **given) for name in OWNERS]
    async with clients[0], clients[1]:
        async with anyio.create_task_group() as tasks:
            for _ in range(WORKERS):
                tasks.start_soon(storm.be_task, clients)
    if shared is not None:
        await shared.aclose()
        await cache.aclose()


@pytest.mark.parametrize(
    ("way", "shared"),
    [
        ("threads", "memory"),
        ("threads", "redis"),
        ("asyncio", "memory"),
        ("asyncio", "redis"),
        ("trio", "memory"),
        ("aiohttp", "memory"),
    ],
)
def test_nobody_gets_what_is_somebody_elses(way, shared):
    """With Redis both clients also send through one client of httpx."""
    if shared == "redis" and PROGRAM is None:
        pytest.skip("redis-server is not installed")
    start = time.monotonic()
    backend, engine = WAYS[way]
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer()) if shared == "redis" else None
        server = stack.enter_context(WeatherServer(Sparing(5, 0.1, FAULTS)))
        server.etag = '"1"'
        storm = Storm(server)
        if backend:
            anyio.run(storm_of_tasks, storm, engine, redis, backend=backend)
        else:
            storm_of_threads(storm, stack, redis)
    storm.check(f"{way}, {shared}", start)


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_one_etag_for_two(weather):
    weather.etag = '"1"'
    clock, cache = Hand(), MemoryCache()
    tokens = {name: weather.sign_in(name)["access_token"] for name in PEOPLE}
    made = SETTINGS | {
        "base_url": weather.url,
        "auth_url": weather.url,
        "clock": clock,
        "cache": cache,
        "cache_ttl": 60,
    }

    def ask(client: SoundCloudClient) -> list[str]:
        return [client.tracks.get_track(1, token=token).title for token in tokens.values()]

    async def ask_async(client: AsyncSoundCloudClient) -> list[str]:
        return [(await client.tracks.get_track(1, token=token)).title for token in tokens.values()]

    async def main() -> list[str]:
        async with AsyncSoundCloudClient(**made) as client:
            return await ask_async(client)

    with SoundCloudClient(**made) as client:
        first = ask(client)
        clock.now += timedelta(seconds=100)
        confirmed = ask(client)
        clock.now += timedelta(seconds=100)
        from_the_other = anyio.run(main)

    assert first == confirmed == from_the_other == [f"{name} {urn(1)}" for name in PEOPLE]
    assert weather.unchanged == 6
    assert [weather.issued[entry.token] for entry in weather.journal] == [*PEOPLE] * 3


def whole(track: dict[str, Any]) -> bytes:
    """A whole reply with a track."""
    body = repr(track).replace("'", '"').encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.parametrize("way", WAYS)
def test_what_comes_after_a_reply_is_nobodys(weather, way):
    """A server sends more than it was asked for: the next call on the connection would take it for its own reply."""
    backend, engine = WAYS[way]
    annabel, bertrand = (weather.sign_in(name)["access_token"] for name in OWNERS)
    one, two = track_of(urn(1), "annabel"), track_of(urn(2), "annabel")
    made = {
        "base_url": weather.url,
        "auth_url": weather.url,
        "limits": Limits(max_connections=1),
        "retry": Retry(base_delay=0.01),
    }
    weather.everywhere = (whole(one) + whole(two), True)

    async def main() -> list[str]:
        async with AsyncSoundCloudClient(engine=engine, **made) as client:
            first = await client.tracks.get_track(1, token=annabel)
            weather.everywhere = None
            return [first.title, (await client.tracks.get_track(1, token=bertrand)).title]

    if backend:
        titles = anyio.run(main, backend=backend)
    else:
        with SoundCloudClient(**made) as client:
            first = client.tracks.get_track(1, token=annabel)
            weather.everywhere = None
            titles = [first.title, client.tracks.get_track(1, token=bertrand).title]

    assert titles == [f"annabel {urn(1)}", f"bertrand {urn(1)}"]
    assert digest(bertrand) in {entry.token for entry in weather.journal}
