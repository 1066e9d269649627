"""Method calls of all kinds for both clients, and a log that checks their results."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from soundcloud import ConnectionFailedError, RateLimitError, Retry, SoundCloudError, Timeout
from soundcloud.raw import RawResponse
from tests.resilience.server import ITEMS, PAGES, FaultyServer

TOTAL_SECONDS = 2.0
GRACE_SECONDS = 20.0  # delay that a busy machine may add to a deadline
SETTINGS: dict[str, Any] = {
    "timeout": Timeout(total=TOTAL_SECONDS, connect=2, read=0.3, write=1, pool=2),
    "retry": Retry(max_retries=2, base_delay=0.002, max_delay=0.05),
    "max_response_bytes": 2_000_000,
}


BACKENDS = ["asyncio", "trio", "httpx"]
"""The ways of the async client to send: its own connections on asyncio and trio, and an httpx transport on asyncio."""


def anyio_backend(backend: str) -> str:
    return "trio" if backend == "trio" else "asyncio"


def transport_of(backend: str, **limits: int) -> dict[str, Any]:
    """Return the `transport=` argument of a backend, if it has one."""
    return {"transport": httpx.AsyncHTTPTransport(limits=httpx.Limits(**limits))} if backend == "httpx" else {}


def settings_of(server: FaultyServer, user: str, **others: Any) -> dict[str, Any]:
    """Return the settings of a client of the faulty server."""
    tokens = server.issue_tokens(user)
    return {
        "client_id": "id",
        "client_secret": "secret",
        "base_url": server.url,
        "auth_url": server.url,
        "access_token": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
        **SETTINGS,
        **others,
    }


@dataclass(frozen=True)
class Call:
    """A method call, parametrized by a number that is unique for each write.

    Args:
        make: Makes the call with a client and a number.
        is_right: Whether a result is right for a number and a user.
        label: The label of the write, see `ReceivedRequest.label`; None for a read.
        requests: How many requests it sends, each with its own deadline.
    """

    make: Callable[[Any, int], Any]
    is_right: Callable[[Any, int, str], bool]
    label: Callable[[int], str] | None = None
    requests: int = 1


def urn(number: int) -> str:
    return f"soundcloud:tracks:{number}"


def _is_none(value: Any, number: int, user: str) -> bool:
    return value is None


READS = [
    Call(
        lambda client, number: client.tracks.get_track(number),
        lambda value, number, user: value.title == f"{user} {urn(number)}",
    ),
    Call(
        lambda client, number: client.fetch_all(lambda: client.users.get_tracks(number)),
        lambda value, number, user: (
            [item.title for item in value] == [f"{user} {urn(item + 1)}" for item in range(PAGES * ITEMS)]
        ),
        requests=PAGES,
    ),
    Call(lambda client, number: client.me.get_me(), lambda value, number, user: value.username == user),
    Call(
        lambda client, number: client.raw.get("/tracks/{urn}", {"urn": urn(number)}),
        lambda value, number, user: isinstance(value, RawResponse),
    ),
    Call(
        lambda client, number: client.fetch_all(lambda: client.search.tracks(f"words {number}"), max_items=2),
        lambda value, number, user: [item.title for item in value] == [f"{user} {urn(item)}" for item in (1, 2)],
    ),
]
WRITES = [
    Call(
        lambda client, number: client.tracks.update(number, title=f"write-{number}"),
        lambda value, number, user: value.urn == urn(number),
        lambda number: f"PUT /tracks/{urn(number)} write-{number}",
    ),
    Call(
        lambda client, number: client.tracks.delete(number),
        _is_none,
        lambda number: f"DELETE /tracks/{urn(number)}",
    ),
    Call(
        lambda client, number: client.likes.like_track(number),
        _is_none,
        lambda number: f"POST /likes/tracks/{urn(number)}",
    ),
    Call(
        lambda client, number: client.playlists.create(title=f"write-{number}"),
        lambda value, number, user: value.title == f"write-{number}",
        lambda number: f"POST /playlists write-{number}",
    ),
    Call(
        lambda client, number: client.tracks.create_comment(number, f"write-{number}"),
        lambda value, number, user: value.body == f"write-{number}",
        lambda number: f"POST /tracks/{urn(number)}/comments write-{number}",
    ),
    Call(
        lambda client, number: client.me.follow(number),
        _is_none,
        lambda number: f"PUT /me/followings/soundcloud:users:{number}",
    ),
    Call(
        lambda client, number: client.tracks.upload(b"sound" * 50, title=f"write-{number}"),
        lambda value, number, user: value.title == f"write-{number}",
        lambda number: f"POST /tracks write-{number}",
    ),
    Call(
        lambda client, number: client.raw.delete(f"/things/{number}"),
        lambda value, number, user: isinstance(value, RawResponse),
    ),
]
CALLS = [*READS, *READS, *WRITES]


class CallLog:
    """Makes calls and compares the results with the writes that the server applied.

    Args:
        server: The server.
        user: The user of the client.
    """

    def __init__(self, server: FaultyServer, user: str) -> None:
        self.server, self.user = server, user
        self.right = self.failed = 0
        self._lock = threading.Lock()
        self.problems: list[str] = []
        self.errors: Counter[str] = Counter()
        self._writes: list[tuple[str, SoundCloudError | None]] = []

    def make(self, client: Any, call: Call, number: int) -> None:
        """Make a call with the sync client and record its result."""
        start, value, error = time.monotonic(), None, None
        try:
            value = call.make(client, number)
        except Exception as raised:
            error = raised
        with self._lock:
            self._record(call, number, value, error, time.monotonic() - start)

    async def async_make(self, client: Any, call: Call, number: int) -> None:
        """Make a call with the async client and record its result."""
        start, value, error = time.monotonic(), None, None
        try:
            value = await call.make(client, number)
        except Exception as raised:
            error = raised
        with self._lock:
            self._record(call, number, value, error, time.monotonic() - start)

    def _record(self, call: Call, number: int, value: Any, error: Exception | None, seconds: float) -> None:
        if error is None:
            self.right += 1
            if not call.is_right(value, number, self.user):
                self.problems.append(f"wrong result: {value!r}")
        elif isinstance(error, SoundCloudError):
            self.failed += 1
            self.errors[type(error).__name__] += 1
        else:
            self.problems.append(f"not a SoundCloudError: {error!r}")
            return
        if seconds > call.requests * TOTAL_SECONDS + GRACE_SECONDS:
            self.problems.append(f"{seconds:.1f} s, after the deadline: {error!r}")
        if call.label is not None:
            self._writes.append((call.label(number), error))

    def check(self) -> None:
        """Compare the results of writes with the writes that the server applied; call it after the server has stopped."""
        for label, error in self._writes:
            count = self.server.applied[label]
            if error is None:
                expected = {1}
            elif isinstance(error, RateLimitError) or (isinstance(error, ConnectionFailedError) and not error.sent):
                expected = {0}
            else:
                expected = {0, 1}
            if count not in expected:
                self.problems.append(f"{label}: applied {count} times, reported as {error!r}")
        assert self.problems[:5] == []
        assert self.right > self.failed, self.errors
