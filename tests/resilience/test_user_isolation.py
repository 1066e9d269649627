"""Several users share a client, a cache, a token store and a connection pool: no user gets the data of another.

The server names the user in every response, errors included. All responses have the same ETag, so a mixed-up cache entry would be
revalidated. Some requests contain the name of a user: they must carry a token of that user.
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
    Failure,
    Limits,
    NotFoundError,
    Page,
    Retry,
    SoundCloudClient,
    SoundCloudError,
    Success,
    Timeout,
    Token,
)
from soundcloud.caches import AsyncRedisCache, MemoryCache, RedisCache
from soundcloud.events import RequestTelemetry
from soundcloud.raw import RawResponse
from soundcloud.stores import MemoryTokenStore
from tests.helpers.clock import ManualClock
from tests.helpers.load import FULL, report
from tests.helpers.redis_server import PROGRAM, RedisServer
from tests.resilience.calls import anyio_backend, transport_of, urn
from tests.resilience.server import FaultSchedule, FaultyServer, digest, track_json

COUNT = 10_000 if FULL else 300
WORKERS = 16
EXPIRY_INTERVAL = 40  # calls after which the tokens of an owner expire
# The owners have a client and a store each; the guest uses `token=` with both clients.
OWNERS, GUEST = ("annabel", "bertrand"), "clothilde"
USERS = (*OWNERS, GUEST)
FAULTS = ["429-bare", "5xx-json", "5xx-html", "reset-in-body", "reset-after", "close-after", "truncated-right-length"]
SETTINGS: dict[str, Any] = {
    "client_id": "id",
    "client_secret": "secret",
    "timeout": Timeout(total=60),
    "retry": Retry(max_retries=2, base_delay=0.002, max_delay=0.05),
    "cache_ttl": 0.05,
}

pytestmark = pytest.mark.usefixtures("retrying")


@dataclass(frozen=True)
class Call:
    """A method call.

    Args:
        make: Makes the call with a client, a small number, the name of the user, and the `token=` argument or none.
        names_user: Whether the result names the user.
    """

    make: Callable[[Any, int, str, dict[str, str]], Any]
    names_user: bool = True


CALLS = [
    Call(lambda client, number, name, token: client.tracks.get_track(number, **token)),
    Call(lambda client, number, name, token: client.tracks.get_track(number, **token)),
    Call(lambda client, number, name, token: client.me.get_me(**token)),
    Call(lambda client, number, name, token: client.users.get_user(number, **token)),
    Call(lambda client, number, name, token: client.with_options(cache=None).users.get_user(number, **token)),
    Call(lambda client, number, name, token: client.with_options(dedupe=False).me.get_me(**token)),
    Call(lambda client, number, name, token: client.fetch_all(lambda: client.users.get_tracks(number, **token))),
    Call(lambda client, number, name, token: client.search.tracks("words", **token)),
    Call(lambda client, number, name, token: client.search.tracks(f"by {name}", **token)),
    Call(lambda client, number, name, token: client.tracks.get_track(number, secret_token=f"of-{name}", **token)),
    Call(lambda client, number, name, token: client.raw.get(f"/things/{name}", **token), names_user=False),
    Call(lambda client, number, name, token: client.tracks.get_tracks([number, number + 1], **token)),
    Call(lambda client, number, name, token: client.map(lambda item: client.tracks.get_track(item, **token), [1, 2])),
    Call(lambda client, number, name, token: client.tracks.update(number, title=f"of {name}", **token)),
    Call(lambda client, number, name, token: client.likes.like_track(number, **token), names_user=False),
]


def everything_in(value: Any) -> str:
    """Return all text of a result."""
    match value:
        case SoundCloudError():
            return f"{value} {value!r} {vars(value)}"
        case Success() | Failure():
            return everything_in(value.error if value.error is not None else value.value)
        case list():
            return " ".join(everything_in(item) for item in value)
        case Page() | AsyncPage():
            return f"{value.raw}"
        case RawResponse():
            return f"{value}{value.data}{value.headers}"
        case None:
            return ""
        case _:
            return f"{value!r}{value.raw}"


class FaultsExceptForTokens(FaultSchedule):
    """Injects no faults into token refreshes: a lost response would sign the user out."""

    def select(self, method: str, target: str, occurrence: int) -> str | None:
        return None if target == "/oauth/token" else super().select(method, target, occurrence)


def is_map(value: Any) -> bool:
    """Return whether a value is a result of `client.map`."""
    return isinstance(value, list) and all(isinstance(item, Success | Failure) for item in value)


class Workload:
    """Makes the calls of all users and checks their results.

    Args:
        server: The server.
    """

    def __init__(self, server: FaultyServer) -> None:
        self.server = server
        self.guest_token = server.issue_tokens(GUEST)["access_token"]
        self.numbers = iter(range(COUNT))
        self.lock = threading.Lock()
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()

    def settings(self, name: str, store: MemoryTokenStore, cache: Any) -> dict[str, Any]:
        """Return the settings of the client of a user."""
        tokens = self.server.issue_tokens(name)
        own = store.for_user(name)
        expires_at = datetime.now(UTC) + timedelta(hours=1)
        own.set(Token(tokens["access_token"], tokens["refresh_token"], expires_at, grant="user"))
        urls = {"base_url": self.server.url, "auth_url": self.server.url}
        return SETTINGS | urls | {"token_store": own, "cache": cache, "on_request": self._count}

    def _count(self, seen: RequestTelemetry) -> None:
        with self.lock:
            self.counts["deduplicated"] += seen.deduplicated
            self.counts["from the cache"] += seen.cached

    def next_call(self, clients: list[Any]) -> tuple[str, Call, Callable[[], Any]] | None:
        """Return the user, the call and a function that makes it; None after the last call."""
        with self.lock:
            number = next(self.numbers, None)
        if number is None:
            return None
        if number % EXPIRY_INTERVAL == EXPIRY_INTERVAL - 1:
            self.server.expire(OWNERS[number // EXPIRY_INTERVAL % 2])
        random = Random(number)
        which = random.randrange(2)
        name, call, token = OWNERS[which], random.choice(CALLS), dict[str, str]()
        if random.random() < 0.4:
            name, token = GUEST, {"token": self.guest_token}
        track = random.randint(1, 2)
        return name, call, lambda: call.make(clients[which], track, name, token)

    def check_result(self, name: str, call: Call, value: Any) -> None:
        """Check that a result names its user and no other."""
        text = everything_in(value)
        with self.lock:
            self.counts[type(value).__name__ if isinstance(value, SoundCloudError) else "right"] += 1
        others = [other for other in USERS if other != name and other in text]
        # Other errors do not name a user: a lost connection, an HTML page of the edge.
        answered = any(item.ok for item in value) if is_map(value) else not isinstance(value, SoundCloudError)
        must_name = call.names_user and answered
        # A truncated 404 has a status only.
        refused = isinstance(value, NotFoundError) and value.code is not None
        if others or ((must_name or refused) and name not in text):
            self.problems.append(f"{name} got {text}")

    def run_in_thread(self, clients: list[SoundCloudClient]) -> None:
        while (turn := self.next_call(clients)) is not None:
            name, call, make = turn
            try:
                value = make()
            except SoundCloudError as error:
                value = error
            self.check_result(name, call, value)

    async def run_in_task(self, clients: list[AsyncSoundCloudClient]) -> None:
        while (turn := self.next_call(clients)) is not None:
            name, call, make = turn
            try:
                value = await make()
            except SoundCloudError as error:
                value = error
            self.check_result(name, call, value)

    def check(self, title: str, start: float) -> None:
        """Check the requests and the counts at the end."""
        server = self.server
        for request in server.requests:
            owner = server.issued_to.get(request.token)
            named = [name for name in USERS if name in unquote(f"{request.target} {request.label}")]
            if request.path != "/oauth/token" and (owner is None or named not in ([], [owner])):
                self.problems.append(f"{request} had a token of {owner}")
        assert self.problems[:5] == []
        assert sum(self.counts.values()) - self.counts["deduplicated"] - self.counts["from the cache"] == COUNT
        assert self.counts["deduplicated"] > 0
        assert self.counts["from the cache"] > 0
        assert self.counts["NotFoundError"] > 0
        refreshes = sum(request.path == "/oauth/token" for request in server.requests)
        assert refreshes > 0
        assert self.counts["InvalidGrantError"] == 0
        report(
            f"user isolation, {title}: {COUNT} calls, {len(server.requests)} requests, {refreshes} refreshes, "
            f"{server.unchanged} responses 304, {dict(self.counts)}; {time.monotonic() - start:.0f} s"
        )


def run_in_threads(workload: Workload, stack: ExitStack, redis: RedisServer | None) -> None:
    cache: Any = MemoryCache()
    options: dict[str, Any] = {"limits": Limits(max_connections=6)}
    if redis is not None:
        cache = RedisCache.from_url(redis.url)
        stack.callback(cache.close)
        options = {"http_client": stack.enter_context(httpx.Client())}
    store = MemoryTokenStore()
    clients = [
        stack.enter_context(SoundCloudClient(**workload.settings(name, store, cache), **options)) for name in OWNERS
    ]
    with ThreadPoolExecutor(WORKERS) as threads:
        for done in [threads.submit(workload.run_in_thread, clients) for _ in range(WORKERS)]:
            done.result()


async def run_in_tasks(workload: Workload, backend: str, redis: RedisServer | None) -> None:
    cache: Any = MemoryCache() if redis is None else AsyncRedisCache.from_url(redis.url)
    shared = None if redis is None else httpx.AsyncClient()
    limits = {"limits": Limits(max_connections=6)}
    store = MemoryTokenStore()
    options = [
        {"http_client": shared} if shared is not None else limits | transport_of(backend, max_connections=6)
        for _ in OWNERS
    ]
    clients = [
        AsyncSoundCloudClient(**workload.settings(name, store, cache), **given)
        for name, given in zip(OWNERS, options, strict=True)
    ]
    async with clients[0], clients[1]:
        async with anyio.create_task_group() as tasks:
            for _ in range(WORKERS):
                tasks.start_soon(workload.run_in_task, clients)
    if shared is not None:
        await shared.aclose()
        await cache.aclose()


@pytest.mark.parametrize(
    ("backend", "shared"),
    [
        ("threads", "memory"),
        ("threads", "redis"),
        ("asyncio", "memory"),
        ("asyncio", "redis"),
        ("trio", "memory"),
        ("httpx", "memory"),
    ],
)
def test_no_user_gets_data_of_another(backend, shared):
    """Test with a shared cache; with Redis the clients also share an httpx client."""
    if shared == "redis" and PROGRAM is None:
        pytest.skip("redis-server is not installed")
    start = time.monotonic()
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer()) if shared == "redis" else None
        server = stack.enter_context(FaultyServer(FaultsExceptForTokens(5, 0.1, FAULTS)))
        server.etag = '"1"'
        workload = Workload(server)
        if backend == "threads":
            run_in_threads(workload, stack, redis)
        else:
            anyio.run(run_in_tasks, workload, backend, redis, backend=anyio_backend(backend))
    workload.check(f"{backend}, {shared}", start)


def test_users_with_the_same_etag(server):
    server.etag = '"1"'
    clock, cache = ManualClock(), MemoryCache()
    tokens = {name: server.issue_tokens(name)["access_token"] for name in USERS}
    settings = SETTINGS | {
        "base_url": server.url,
        "auth_url": server.url,
        "clock": clock,
        "cache": cache,
        "cache_ttl": 60,
    }

    def ask(client: SoundCloudClient) -> list[str]:
        return [client.tracks.get_track(1, token=token).title for token in tokens.values()]

    async def ask_async(client: AsyncSoundCloudClient) -> list[str]:
        return [(await client.tracks.get_track(1, token=token)).title for token in tokens.values()]

    async def main() -> list[str]:
        async with AsyncSoundCloudClient(**settings) as client:
            return await ask_async(client)

    with SoundCloudClient(**settings) as client:
        first = ask(client)
        clock.advance(100)
        confirmed = ask(client)
        clock.advance(100)
        async_titles = anyio.run(main)

    assert first == confirmed == async_titles == [f"{name} {urn(1)}" for name in USERS]
    assert server.unchanged == 6
    assert [server.issued_to[request.token] for request in server.requests] == [*USERS] * 3


def response_with(track: dict[str, Any]) -> bytes:
    """Return the bytes of a response with a track."""
    body = repr(track).replace("'", '"').encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.parametrize("backend", ["sync", "asyncio", "trio"])
def test_bytes_after_a_response_are_not_used(server, backend):
    """The next call on the connection must not take extra bytes for its response. httpx does not guarantee that."""
    annabel, bertrand = (server.issue_tokens(name)["access_token"] for name in OWNERS)
    one, two = track_json(urn(1), "annabel"), track_json(urn(2), "annabel")
    settings = {
        "base_url": server.url,
        "auth_url": server.url,
        "limits": Limits(max_connections=1),
        "retry": Retry(base_delay=0.01),
    }
    server.fixed_response = (response_with(one) + response_with(two), True)

    async def main() -> list[str]:
        async with AsyncSoundCloudClient(**settings) as client:
            first = await client.tracks.get_track(1, token=annabel)
            server.fixed_response = None
            return [first.title, (await client.tracks.get_track(1, token=bertrand)).title]

    if backend != "sync":
        titles = anyio.run(main, backend=anyio_backend(backend))
    else:
        with SoundCloudClient(**settings) as client:
            first = client.tracks.get_track(1, token=annabel)
            server.fixed_response = None
            titles = [first.title, client.tracks.get_track(1, token=bertrand).title]

    assert titles == [f"annabel {urn(1)}", f"bertrand {urn(1)}"]
    assert digest(bertrand) in {request.token for request in server.requests}
