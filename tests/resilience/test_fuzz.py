"""Random responses to every method: it returns its declared type or raises a SoundCloudError, and the client still works.

Hypothesis generates the responses, see `tests.resilience.responses`. Most are returned by a mock transport to both clients, whose
results must be the same; the others are sent over sockets to each backend.
"""

import copy
import inspect
import pickle
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
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
from tests.helpers.load import FULL, report
from tests.resilience.calls import BACKENDS, anyio_backend, transport_of, urn
from tests.resilience.conftest import sockets, sockets_after_closing
from tests.resilience.responses import GeneratedResponse, responses
from tests.resilience.server import FaultyServer
from tests.spec.test_contract import IN_DOCUMENT, least

TRANSPORT_COUNT = 80_000 if FULL else 400
SOCKET_COUNT = 5_000 if FULL else 40  # for each backend
BLOCK = 1_000 if FULL else 400
"""Responses per Hypothesis run: Hypothesis keeps all of them in memory."""
NOW = datetime(2026, 11, 23, tzinfo=UTC)
API = "https://api.soundcloud.com"
# No call takes long: a timeout means that a call hangs.
LONG_TIMEOUT = Timeout(total=20)
AT_ONCE = Retry(max_retries=1, base_delay=0, max_delay=0)
ONCE, AGAIN = Retry(max_retries=0), Retry(base_delay=0.01)
pytestmark = [
    pytest.mark.usefixtures("retrying"),
    pytest.mark.filterwarnings("ignore:SoundCloud deprecates:DeprecationWarning"),
]

OTHER_CALLS: dict[str, tuple[dict[str, Any], Any]] = {
    "auth.get_client_token": ({}, Token),
    "auth.get_user_token": ({"code": "code", "code_verifier": "verifier"}, Token),
    "auth.refresh_user_token": ({}, Token),
    "raw.get": ({"path": "/tracks/{id}", "parameters": {"id": 1}}, RawResponse),
    "raw.request": ({"method": "HEAD", "path": "/tracks"}, RawResponse),
    "resolve.resolve": ({"url": "https://soundcloud.com/forss/flickermood"}, Track | User | Playlist),
}


def declared_type(name: str) -> Any:
    """Return the declared return type of a method."""
    namespace, method = name.split(".")
    return inspect.signature(getattr(namespace_classes(SoundCloudClient)[namespace], method)).return_annotation


CALLS = {entry.name: (least(entry), declared_type(entry.name)) for entry in IN_DOCUMENT} | OTHER_CALLS


properties = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],  # without Phase.explain, which takes long
)


@st.composite
def exchanges(draw: Callable[[Any], Any]) -> tuple[str, GeneratedResponse]:
    """Generate a method and a response to it."""
    name = draw(st.sampled_from(sorted(CALLS)))
    return name, draw(responses(CALLS[name][1]))


def for_each_response(number: int, count: int, check: Callable[[str, GeneratedResponse], None]) -> int:
    """Check `count` responses, the same in every run; return how many were generated."""
    made = 0

    @seed(number)
    @settings(properties, max_examples=count)
    @given(exchanges())
    def each(exchange: tuple[str, GeneratedResponse]) -> None:
        nonlocal made
        made += 1
        check(*exchange)

    each()
    return made


def fits(value: Any, declared: Any) -> bool:
    """Return whether a value has the declared type, items of lists included."""
    if declared is None:
        return value is None
    if isinstance(declared, UnionType):
        return any(fits(value, each) for each in get_args(declared))
    if get_origin(declared) is None:
        return isinstance(value, declared)
    items = value.collection if isinstance(value, Page | AsyncPage) else value
    expected = Page | AsyncPage if get_origin(declared) is Page else get_origin(declared)
    return isinstance(value, expected) and all(isinstance(item, get_args(declared)) for item in items)


def snapshot(value: Any) -> Any:
    """Return everything that a value shows, in a comparable form."""
    if isinstance(value, Page | AsyncPage):
        # A page that is not a list of models has no `raw` of its own.
        return snapshot(value.collection), value.next_href, value.future_href, repr(value.raw), repr(value)[-30:]
    if isinstance(value, list):
        return [snapshot(item) for item in value]
    if isinstance(value, Model):
        assert value.extra.keys() <= value.raw.keys()
        within = [snapshot(getattr(value, name, None)) for name in type(value)._nested]
        return repr(value), repr(value.raw), within, repr(pickle.loads(pickle.dumps(value)))
    return repr(value)


def error_snapshot(error: SoundCloudError) -> Any:
    """Return everything that an error shows, in a comparable form; check that it can be copied and holds no secret."""
    assert vars(pickle.loads(pickle.dumps(error))) == vars(copy.copy(error)) == vars(error)
    assert str(error).isprintable() or "\n" not in str(error)
    assert "access-ada" not in f"{error}{error!r}"
    return type(error), sorted((name, repr(value)) for name, value in vars(error).items())


def call(client: SoundCloudClient, name: str, token: Token) -> Any:
    """Make a call; return a snapshot of its result or its SoundCloudError. Any other exception is raised."""
    client.set_token(token)
    arguments, declared = CALLS[name]
    namespace, method = name.split(".")
    try:
        value = getattr(getattr(client, namespace), method)(**arguments)
        assert fits(value, declared), (value, declared)
        result = snapshot(value)
        if isinstance(value, Page):
            following = value.next_page()
            return result, None if following is None else snapshot(following)
    except SoundCloudError as error:
        return error
    return result


async def async_call(client: AsyncSoundCloudClient, name: str, token: Token) -> Any:
    """Make a call with the async client, see `call`."""
    await client.set_token(token)
    arguments, declared = CALLS[name]
    namespace, method = name.split(".")
    try:
        value = await getattr(getattr(client, namespace), method)(**arguments)
        assert fits(value, declared), (value, declared)
        result = snapshot(value)
        if isinstance(value, AsyncPage):
            following = await value.next_page()
            return result, None if following is None else snapshot(following)
    except SoundCloudError as error:
        return error
    return result


class BodyStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in parts that may be truncated."""

    def __init__(self, parts: list[bytes], *, truncated: bool) -> None:
        self._parts, self._truncated = parts, truncated

    def __iter__(self):
        yield from self._parts
        if self._truncated:
            raise httpx.RemoteProtocolError("peer closed connection")

    async def __aiter__(self):
        for part in self:
            yield part


class MockServer:
    """The handler of a mock transport that returns the generated response."""

    def __init__(self) -> None:
        self.response = GeneratedResponse(200, [], b"", "length", False, b"")

    def handle(self, request: httpx.Request) -> httpx.Response:
        response = self.response
        if response.framing == "length":
            return httpx.Response(response.status, headers=response.headers, content=response.body)
        middle = len(response.body) // 2
        parts = (
            [response.body] if response.framing == "close" else [response.body[:middle], b"", response.body[middle:]]
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=BodyStream(parts, truncated=response.framing == "wrong")
        )


SETTINGS: dict[str, Any] = {
    "client_id": "id",
    "client_secret": "secret",
    "redirect_uri": "https://example.com/callback",
    "timeout": LONG_TIMEOUT,
    "max_response_bytes": 100_000,
}


def test_both_clients_with_a_mock_transport():
    start, made, failed = time.monotonic(), 0, dict[str, int]()
    mock, cache = MockServer(), MemoryCache()
    shared = SETTINGS | {"clock": lambda: NOW, "retry": AT_ONCE}
    transport = httpx.MockTransport(mock.handle)
    token = Token("access-ada", "refresh-ada", grant="user")
    with ExitStack() as stack:
        # Only one client has a cache: the results must be the same.
        client = stack.enter_context(SoundCloudClient(transport=transport, cache=cache, **shared))
        portal = stack.enter_context(start_blocking_portal())
        other = stack.enter_context(
            portal.wrap_async_context_manager(AsyncSoundCloudClient(transport=transport, **shared))
        )

        def check(name: str, response: GeneratedResponse) -> None:
            mock.response = response
            cache.clear()
            results = [call(client, name, token), portal.call(async_call, other, name, token)]
            error = results[0]
            if isinstance(error, SoundCloudError):
                failed[type(error).__name__] = failed.get(type(error).__name__, 0) + 1
                assert not isinstance(error, RequestTimeoutError)
                results = [error_snapshot(result) for result in results]
            assert results[0] == results[1]

        for block in range(TRANSPORT_COUNT // BLOCK):
            made += for_each_response(block, BLOCK, check)
    assert made >= TRANSPORT_COUNT
    assert 0 < sum(failed.values()) < made
    report(
        f"fuzz, both clients by a transport: {made} responses to {len(CALLS)} calls, {made - sum(failed.values())} values, "
        f"errors {failed}; {time.monotonic() - start:.0f} s"
    )


class Caller:
    """Makes calls over sockets with a client that has one connection.

    Args:
        backend: `sync`, or a backend of the async client.
        server: The server.
    """

    def __init__(self, backend: str, server: FaultyServer) -> None:
        self._backend = backend
        self._server = server
        self._settings = SETTINGS | {
            "base_url": server.url,
            "auth_url": server.url,
            "retry": ONCE,
            "limits": Limits(max_connections=1, max_keepalive=1),
        }

    def __enter__(self) -> "Caller":
        self._stack = ExitStack()
        if self._backend != "sync":
            self._portal = self._stack.enter_context(start_blocking_portal(anyio_backend(self._backend)))
            client = AsyncSoundCloudClient(**self._settings, **transport_of(self._backend, max_connections=1))
            self._async = self._stack.enter_context(self._portal.wrap_async_context_manager(client))
        else:
            self._client = self._stack.enter_context(SoundCloudClient(**self._settings))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def call(self, name: str, token: Token) -> Any:
        """Make a call and then a normal one, which checks that the connection is free and has no bytes left over."""
        if self._backend != "sync":
            return self._portal.call(self._async_call, name, token)
        result = call(self._client, name, token)
        self._server.fixed_response = None
        assert self._client.with_options(retry=AGAIN).tracks.get_track(7, token=token.access_token).urn == urn(7)
        return result

    async def _async_call(self, name: str, token: Token) -> Any:
        result = await async_call(self._async, name, token)
        self._server.fixed_response = None
        again = self._async.with_options(retry=AGAIN)
        assert (await again.tracks.get_track(7, token=token.access_token)).urn == urn(7)
        return result


@pytest.mark.parametrize("backend", ["sync", *BACKENDS])
def test_each_backend_over_sockets(backend: str):
    start, made, failed = time.monotonic(), 0, dict[str, int]()
    with FaultyServer() as server:
        tokens = server.issue_tokens("ada")
        token = Token(tokens["access_token"], tokens["refresh_token"], grant="user")

        def check(name: str, response: GeneratedResponse) -> None:
            if backend == "httpx" and response.extra.startswith(b"HTTP"):
                # httpx on asyncio takes a response that was not requested as the response to the next request.
                response = replace(response, extra=b"")
            server.fixed_response = response.to_bytes()
            error = caller.call(name, token)
            if isinstance(error, SoundCloudError):
                failed[type(error).__name__] = failed.get(type(error).__name__, 0) + 1
                error_snapshot(error)
                assert not isinstance(error, RequestTimeoutError)

        for block in range(max(1, SOCKET_COUNT // BLOCK)):
            with Caller(backend, server) as caller:
                caller.call("me.get_me", token)  # opens the connection
                before = len(sockets())
                made += for_each_response(
                    1000 * (1 + ["sync", *BACKENDS].index(backend)) + block, min(BLOCK, SOCKET_COUNT), check
                )
                assert len(sockets_after_closing(before)) <= before
            server.requests.clear()
    assert made >= SOCKET_COUNT
    assert 0 < sum(failed.values()) < made
    report(
        f"fuzz over sockets, {backend}: {made} responses to {len(CALLS)} calls, {made - sum(failed.values())} values, "
        f"errors {failed}; {time.monotonic() - start:.0f} s"
    )
