"""Calls of all kinds, made alike with both clients, and what is expected of each."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from soundcloud import ConnectionFailedError, RateLimitError, Retry, SoundCloudError, Timeout
from soundcloud.raw import RawResponse
from tests.resilience.server import ITEMS, PAGES, WeatherServer

FULL = os.environ.get("SOUNDCLOUD_STRESS") == "1"
TOTAL_SECONDS = 2.0
PATIENCE_SECONDS = 20.0  # what a busy machine may add to a deadline
SETTINGS: dict[str, Any] = {
    "timeout": Timeout(total=TOTAL_SECONDS, connect=2, read=0.3, write=1, pool=2),
    "retry": Retry(max_retries=2, base_delay=0.002, max_delay=0.05),
    "max_response_bytes": 2_000_000,
}


def settings_of(server: WeatherServer, user: str, **others: Any) -> dict[str, Any]:
    """What a client in bad weather is made with."""
    pair = server.sign_in(user)
    return {
        "client_id": "id",
        "client_secret": "secret",
        "base_url": server.url,
        "auth_url": server.url,
        "access_token": pair["access_token"],
        "refresh_token": pair["refresh_token"],
        **SETTINGS,
        **others,
    }


@dataclass(frozen=True)
class Kind:
    """A kind of call.

    Args:
        make: Makes the call: of a client and a number that no other call of this kind has.
        right: Whether a value is the right one, for a number and a user.
        label: What a write is counted by, see `Entry.label`; None for a call that changes nothing.
        requests: How many calls it is made of, each with a deadline of its own.
    """

    make: Callable[[Any, int], Any]
    right: Callable[[Any, int, str], bool]
    label: Callable[[int], str] | None = None
    requests: int = 1


def urn(number: int) -> str:
    return f"soundcloud:tracks:{number}"


def _nothing(value: Any, number: int, user: str) -> bool:
    return value is None


READS = [
    Kind(
        lambda client, number: client.tracks.get_track(number),
        lambda value, number, user: value.title == f"{user} {urn(number)}",
    ),
    Kind(
        lambda client, number: client.fetch_all(lambda: client.users.get_tracks(number)),
        lambda value, number, user: (
            [item.title for item in value] == [f"{user} {urn(item + 1)}" for item in range(PAGES * ITEMS)]
        ),
        requests=PAGES,
    ),
    Kind(lambda client, number: client.me.get_me(), lambda value, number, user: value.username == user),
    Kind(
        lambda client, number: client.raw.get("/tracks/{urn}", {"urn": urn(number)}),
        lambda value, number, user: isinstance(value, RawResponse),
    ),
    Kind(
        lambda client, number: client.fetch_all(lambda: client.search.tracks(f"words {number}"), max_items=2),
        lambda value, number, user: [item.title for item in value] == [f"{user} {urn(item)}" for item in (1, 2)],
    ),
]
WRITES = [
    Kind(
        lambda client, number: client.tracks.update(number, title=f"weather-{number}"),
        lambda value, number, user: value.urn == urn(number),
        lambda number: f"PUT /tracks/{urn(number)} weather-{number}",
    ),
    Kind(
        lambda client, number: client.tracks.delete(number),
        _nothing,
        lambda number: f"DELETE /tracks/{urn(number)}",
    ),
    Kind(
        lambda client, number: client.likes.like_track(number),
        _nothing,
        lambda number: f"POST /likes/tracks/{urn(number)}",
    ),
    Kind(
        lambda client, number: client.playlists.create(title=f"weather-{number}"),
        lambda value, number, user: value.title == f"weather-{number}",
        lambda number: f"POST /playlists weather-{number}",
    ),
    Kind(
        lambda client, number: client.tracks.create_comment(number, f"weather-{number}"),
        lambda value, number, user: value.body == f"weather-{number}",
        lambda number: f"POST /tracks/{urn(number)}/comments weather-{number}",
    ),
    Kind(
        lambda client, number: client.me.follow(number),
        _nothing,
        lambda number: f"PUT /me/followings/soundcloud:users:{number}",
    ),
    Kind(
        lambda client, number: client.tracks.upload(b"sound" * 50, title=f"weather-{number}"),
        lambda value, number, user: value.title == f"weather-{number}",
        lambda number: f"POST /tracks weather-{number}",
    ),
    Kind(
        lambda client, number: client.raw.delete(f"/things/{number}"),
        lambda value, number, user: isinstance(value, RawResponse),
    ),
]
KINDS = [*READS, *READS, *WRITES]


class Ledger:
    """What the calls came to, to be compared with what the server did.

    Args:
        server: The server.
        user: Whose calls they are.
    """

    def __init__(self, server: WeatherServer, user: str) -> None:
        self.server, self.user = server, user
        self.right = self.failed = self.late = 0
        self.problems: list[str] = []
        self.kinds: dict[str, int] = {}
        self._writes: list[tuple[str, SoundCloudError | None]] = []

    def enter(self, kind: Kind, number: int, value: Any, error: BaseException | None, seconds: float) -> None:
        """Enter what a call came to."""
        if error is None:
            self.right += 1
            if not kind.right(value, number, self.user):
                self.problems.append(f"the wrong value: {value!r}")
        elif isinstance(error, SoundCloudError):
            self.failed += 1
            self.kinds[type(error).__name__] = self.kinds.get(type(error).__name__, 0) + 1
        else:
            self.problems.append(f"not of ours: {error!r}")
            return
        if seconds > kind.requests * TOTAL_SECONDS + PATIENCE_SECONDS:
            self.problems.append(f"{seconds:.1f} s, after the deadline: {error!r}")
        if kind.label is not None:
            self._writes.append((kind.label(number), error if isinstance(error, SoundCloudError) else None))

    def check(self) -> None:
        """Compare the writes with what the server did, when it has ended."""
        done = self.server.applied
        for label, error in self._writes:
            times = done[label]
            if error is None:
                fine = times == 1
            elif isinstance(error, RateLimitError) or (isinstance(error, ConnectionFailedError) and not error.sent):
                fine = times == 0
            else:
                fine = times <= 1
            if not fine:
                self.problems.append(f"{label}: done {times} times, reported as {error!r}")
        assert self.problems[:5] == []
        assert self.right > self.failed, self.kinds
