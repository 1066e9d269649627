"""What staying signed in costs: a call with a session, a renewal, and many workers whose token expires at once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import httpx

from benchmarks.measuring import interleaved
from soundcloud import SoundCloudClient, Token
from soundcloud.stores import FileTokenStore, MemoryTokenStore

Row = tuple[str, str, str]
ADDRESS = "https://api.soundcloud.com"
ROUNDS = 20


class Endpoint(httpx.BaseTransport):
    """Answers from memory: the API accepts the last access token, the token endpoint takes each refresh token once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.refreshes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, and count the refreshes."""
        with self._lock:
            if request.url.path == "/oauth/token":
                self.refreshes += 1
                pair = {"access_token": f"access-{self.refreshes}", "refresh_token": f"refresh-{self.refreshes}"}
                return httpx.Response(200, json={**pair, "expires_in": 3599})
            good = request.headers["authorization"] == f"OAuth access-{self.refreshes}"
            return httpx.Response(200 if good else 401, json={"urn": "soundcloud:users:1"})


def first() -> Token:
    return Token("access-0", "refresh-0", datetime.now(UTC) + timedelta(hours=1), grant="user")


def client_of(endpoint: Endpoint, **settings: Any) -> SoundCloudClient:
    return SoundCloudClient("id", "secret", transport=endpoint, **settings)


def measure() -> list[Row]:
    """Measure all of it; the transport answers from memory, so that what is left is this package's own work."""
    rows: list[Row] = []
    endpoint = Endpoint()
    with client_of(endpoint, token_store=MemoryTokenStore(first())) as client:
        medians = interleaved(
            {"given": lambda: client.me.get_me(token="access-0"), "session": lambda: client.me.get_me()},
            rounds=60,
            calls=50,
        )
    cost = (medians["session"] - medians["given"]) * 1e6
    rows.append(("session logic of a call, over a call with token=", f"{cost:.1f} us", "-"))
    with TemporaryDirectory() as folder:
        stores: dict[str, Callable[[], Any]] = {
            "MemoryTokenStore": lambda: MemoryTokenStore(),
            "FileTokenStore": lambda: FileTokenStore(Path(folder) / f"{time.monotonic_ns()}.json"),
        }
        for name, make in stores.items():
            rows.append(_renewals(name, make()))
            rows.extend(_storm(name, make(), clients) for clients in (1, 4))
    return rows


def _renewals(name: str, store: Any) -> Row:
    """One client whose token is refused at every call."""
    endpoint = Endpoint()
    store.set(first())
    with client_of(endpoint, token_store=store) as client:
        client.me.get_me()
        start = time.perf_counter()
        for _ in range(200):
            with endpoint._lock:  # noqa: SLF001
                endpoint.refreshes += 1  # what was good is so no more
            client.me.get_me()
        took = time.perf_counter() - start
    return (f"renewals one after the other, {name}", f"{200 / took:,.0f} a second", "-")


def _storm(name: str, store: Any, clients: int, workers: int = 64) -> Row:
    """Workers that all find their token refused at once: the time until each has an answer."""
    endpoint, times = Endpoint(), []
    store.set(first())
    made = [client_of(endpoint, token_store=store) for _ in range(clients)]
    with ThreadPoolExecutor(workers) as threads:
        for _ in range(ROUNDS):
            with endpoint._lock:  # noqa: SLF001
                endpoint.refreshes += 1
            before, start = endpoint.refreshes, time.perf_counter()
            list(threads.map(lambda number: made[number % clients].me.get_me(), range(workers)))
            times.append(time.perf_counter() - start)
            assert endpoint.refreshes == before + 1, "refreshed more than once"
    for client in made:
        client.close()
    median = sorted(times)[len(times) // 2]
    row = f"{median * 1e3:.1f} ms until each has its answer, 1 refresh"
    return (f"{workers} threads, {clients} client{'s' * (clients > 1)}, {name}: a token expires", row, "1 refresh")
