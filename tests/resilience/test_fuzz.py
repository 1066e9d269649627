"""Whatever a server answers, to whatever call: what is declared comes back, or an error of ours; the client goes on as before.

Hypothesis draws the replies, see `tests.resilience.replies`. Most are given to both clients by a transport, and have to come to the
same with both; the others are sent over sockets, in four ways.
"""

import copy
import inspect
import pickle
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from types import UnionType
from typing import Any, get_args, get_origin

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from soundcloud import (
    AsyncPage,
    AsyncSoundCloudClient,
    Limits,
    Page,
    RequestTimeoutError,
    Retry,
    SoundCloudClient,
    SoundCloudError,
    Timeout,
    Token,
)
from soundcloud.caches import MemoryCache
from soundcloud.models import Playlist, Track, User
from soundcloud.raw import RawResponse
from soundcloud.registry import namespace_classes
from soundcloud_api.types import Model
from tests.resilience.calls import FULL, urn
from tests.resilience.conftest import sockets, sockets_left
from tests.resilience.replies import DrawnReply, replies
from tests.resilience.server import WeatherServer
from tests.spec.test_contract import IN_DOCUMENT, least
from tests.stress.crowd import report

BY_TRANSPORT = 80_000 if FULL else 400
BY_SOCKETS = 5_000 if FULL else 40  # in each of the four ways
BLOCK = 1_000 if FULL else 400
"""How many replies are drawn at a time: hypothesis remembers them all."""
NOW = datetime(2026, 11, 23, tzinfo=UTC)
API = "https://api.soundcloud.com"
# Nothing here takes long. What ends by its time is something that hung.
PATIENT = Timeout(total=20)
AT_ONCE = Retry(max_retries=1, base_delay=0, max_delay=0)
ONCE, AGAIN = Retry(max_retries=0), Retry(base_delay=0.01)
WAYS = {"sync": ("", ""), "asyncio": ("asyncio", "httpx"), "trio": ("trio", "httpx"), "aiohttp": ("asyncio", "aiohttp")}

pytestmark = pytest.mark.usefixtures("retrying")

OTHER_CALLS: dict[str, tuple[dict[str, Any], Any]] = {
    "auth.get_client_token": ({}, Token),
    "auth.get_user_token": ({"code": "code", "code_verifier": "verifier"}, Token),
    "auth.refresh_user_token": ({}, Token),
    "raw.get": ({"path": "/tracks/{id}", "parameters": {"id": 1}}, RawResponse),
    "raw.request": ({"method": "HEAD", "path": "/tracks"}, RawResponse),
    "resolve.resolve": ({"url": "https://soundcloud.com/forss/flickermood"}, Track | User | Playlist),
}


def declared_by(name: str) -> Any:
    """What a method says that it gives back."""
    namespace, method = name.split(".")
    return inspect.signature(getattr(namespace_classes(SoundCloudClient)[namespace], method)).return_annotation


CALLS = {entry.name: (least(entry), declared_by(entry.name)) for entry in IN_DOCUMENT} | OTHER_CALLS


properties = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],  # not the one that explains: it takes long, in calls that hang longer
)


@st.composite
def exchanges(draw: Callable[[Any], Any]) -> tuple[str, DrawnReply]:
    """A call, and the reply to it."""
    name = draw(st.sampled_from(sorted(CALLS)))
    return name, draw(replies(CALLS[name][1]))


def for_each_reply(number: int, count: int, check: Callable[[str, DrawnReply], None]) -> int:
    """Check so many replies, the same in every run; tells how many there were."""
    made = 0

    @seed(number)
    @settings(properties, max_examples=count)
    @given(exchanges())
    def each(exchange: tuple[str, DrawnReply]) -> None:
        nonlocal made
        made += 1
        check(*exchange)

    each()
    return made


def fits(value: Any, declared: Any) -> bool:
    """Whether a value is what a method declares; the items of lists too."""
    if declared is None:
        return value is None
    if isinstance(declared, UnionType):
        return any(fits(value, each) for each in get_args(declared))
    if get_origin(declared) is None:
        return isinstance(value, declared)
    items = value.collection if isinstance(value, Page | AsyncPage) else value
    expected = Page | AsyncPage if get_origin(declared) is Page else get_origin(declared)
    return isinstance(value, expected) and all(isinstance(item, get_args(declared)) for item in items)


def looked_at(value: Any) -> Any:
    """All that a value shows of itself, in a form that can be compared."""
    if isinstance(value, Page | AsyncPage):
        # What is no list of models has no `raw` of its own.
        return looked_at(value.collection), value.next_href, value.future_href, repr(value.raw), repr(value)[-30:]
    if isinstance(value, list):
        return [looked_at(item) for item in value]
    if isinstance(value, Model):
        assert value.extra.keys() <= value.raw.keys()
        within = [looked_at(getattr(value, name)) for name in type(value)._nested]
        return repr(value), repr(value.raw), within, repr(pickle.loads(pickle.dumps(value)))
    return repr(value)


def told_by(error: SoundCloudError) -> Any:
    """All that an error says, in a form that can be compared; it can be copied, and holds no secret."""
    assert vars(pickle.loads(pickle.dumps(error))) == vars(copy.copy(error)) == vars(error)
    assert str(error).isprintable() or "\n" not in str(error)
    assert "access-ada" not in f"{error}{error!r}"
    return type(error), sorted((name, repr(value)) for name, value in vars(error).items())


def call(client: SoundCloudClient, name: str, token: Token) -> Any:
    """Make a call and use what comes of it: what it gives back, or an error of ours. Anything else is raised."""
    client.set_token(token)
    arguments, declared = CALLS[name]
    namespace, method = name.split(".")
    try:
        value = getattr(getattr(client, namespace), method)(**arguments)
        assert fits(value, declared), (value, declared)
        looked = looked_at(value)
        if isinstance(value, Page):
            following = value.next_page()
            return looked, None if following is None else looked_at(following)
    except SoundCloudError as error:
        return error
    return looked


async def async_call(client: AsyncSoundCloudClient, name: str, token: Token) -> Any:
    """The same with the other client."""
    await client.set_token(token)
    arguments, declared = CALLS[name]
    namespace, method = name.split(".")
    try:
        value = await getattr(getattr(client, namespace), method)(**arguments)
        assert fits(value, declared), (value, declared)
        looked = looked_at(value)
        if isinstance(value, AsyncPage):
            following = await value.next_page()
            return looked, None if following is None else looked_at(following)
    except SoundCloudError as error:
        return error
    return looked


class Parts(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in parts, and may break off."""

    def __init__(self, parts: list[bytes], *, breaks: bool) -> None:
        self._parts, self._breaks = parts, breaks

    def __iter__(self):
        yield from self._parts
        if self._breaks:
            raise httpx.RemoteProtocolError("peer closed connection")

    async def __aiter__(self):
        for part in self:
            yield part


class Answers:
    """A transport that gives the reply that was drawn."""

    def __init__(self) -> None:
        self.reply = DrawnReply(200, [], b"", "length", False, b"")

    def handle(self, request: httpx.Request) -> httpx.Response:
        reply = self.reply
        if reply.framed == "length":
            return httpx.Response(reply.status, headers=reply.headers, content=reply.body)
        middle = len(reply.body) // 2
        parts = [reply.body] if reply.framed == "close" else [reply.body[:middle], b"", reply.body[middle:]]
        return httpx.Response(reply.status, headers=reply.headers, stream=Parts(parts, breaks=reply.framed == "wrong"))


SETTINGS: dict[str, Any] = {
    "client_id": "id",
    "client_secret": "secret",
    "redirect_uri": "https://example.com/callback",
    "timeout": PATIENT,
    "max_response_bytes": 100_000,
}


def test_by_a_transport():
    begin, made, failed = time.monotonic(), 0, dict[str, int]()
    answers, cache = Answers(), MemoryCache()
    shared = SETTINGS | {"clock": lambda: NOW, "retry": AT_ONCE}
    transport = httpx.MockTransport(answers.handle)
    token = Token("access-ada", "refresh-ada", grant="user")
    with ExitStack() as stack:
        # One of them has a cache: with it, and without it, a call comes to the same.
        client = stack.enter_context(SoundCloudClient(transport=transport, cache=cache, **shared))
        portal = stack.enter_context(start_blocking_portal())
        other = stack.enter_context(
            portal.wrap_async_context_manager(AsyncSoundCloudClient(transport=transport, **shared))
        )

        def check(name: str, reply: DrawnReply) -> None:
            answers.reply = reply
            cache.clear()
            outcomes = [call(client, name, token), portal.call(async_call, other, name, token)]
            error = outcomes[0]
            if isinstance(error, SoundCloudError):
                failed[type(error).__name__] = failed.get(type(error).__name__, 0) + 1
                assert not isinstance(error, RequestTimeoutError)
                outcomes = [told_by(outcome) for outcome in outcomes]
            assert outcomes[0] == outcomes[1]

        for block in range(BY_TRANSPORT // BLOCK):
            made += for_each_reply(block, BLOCK, check)
    assert made >= BY_TRANSPORT
    assert 0 < sum(failed.values()) < made
    report(
        f"fuzz, both clients by a transport: {made} replies to {len(CALLS)} calls, {made - sum(failed.values())} values, "
        f"errors {failed}; {time.monotonic() - begin:.0f} s"
    )


class Caller:
    """Makes calls over sockets in one of the ways, with a client that has one connection.

    Args:
        way: Which.
        server: Whom to call.
    """

    def __init__(self, way: str, server: WeatherServer) -> None:
        self._backend, self._engine = WAYS[way]
        self._server = server
        self._made = SETTINGS | {
            "base_url": server.url,
            "auth_url": server.url,
            "retry": ONCE,
            "limits": Limits(max_connections=1, max_keepalive=1),
        }

    def __enter__(self) -> "Caller":
        self._stack = ExitStack()
        if self._backend:
            self._portal = self._stack.enter_context(start_blocking_portal(self._backend))
            made = AsyncSoundCloudClient(engine=self._engine, **self._made)
            self._async = self._stack.enter_context(self._portal.wrap_async_context_manager(made))
        else:
            self._client = self._stack.enter_context(SoundCloudClient(**self._made))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def call(self, name: str, token: Token) -> Any:
        """Make a call, and then one in good weather: the client's one connection is free, and what it reads is its own."""
        if self._backend:
            return self._portal.call(self._await, name, token)
        outcome = call(self._client, name, token)
        self._server.everywhere = None
        assert self._client.with_options(retry=AGAIN).tracks.get_track(7, token=token.access_token).urn == urn(7)
        return outcome

    async def _await(self, name: str, token: Token) -> Any:
        outcome = await async_call(self._async, name, token)
        self._server.everywhere = None
        again = self._async.with_options(retry=AGAIN)
        assert (await again.tracks.get_track(7, token=token.access_token)).urn == urn(7)
        return outcome


@pytest.mark.parametrize("way", WAYS)
def test_over_sockets(way: str):
    begin, made, failed = time.monotonic(), 0, dict[str, int]()
    with WeatherServer() as server:
        pair = server.sign_in("ada")
        token = Token(pair["access_token"], pair["refresh_token"], grant="user")

        def check(name: str, reply: DrawnReply) -> None:
            server.everywhere = reply.wire()
            error = caller.call(name, token)
            if isinstance(error, SoundCloudError):
                failed[type(error).__name__] = failed.get(type(error).__name__, 0) + 1
                told_by(error)
                assert not isinstance(error, RequestTimeoutError)

        for block in range(max(1, BY_SOCKETS // BLOCK)):
            with Caller(way, server) as caller:
                caller.call("me.get_me", token)  # now it has its one connection
                before = len(sockets())
                made += for_each_reply(1000 * (1 + list(WAYS).index(way)) + block, min(BLOCK, BY_SOCKETS), check)
                assert len(sockets_left(before)) <= before
            server.journal.clear()
    assert made >= BY_SOCKETS
    assert 0 < sum(failed.values()) < made
    report(
        f"fuzz over sockets, {way}: {made} replies to {len(CALLS)} calls, {made - sum(failed.values())} values, "
        f"errors {failed}; {time.monotonic() - begin:.0f} s"
    )
