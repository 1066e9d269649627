"""Measurements of the token manager: overhead per request, refreshes, and a token that expires for many workers."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import httpx

from benchmarks.measuring import difference, figure, interleaved
from benchmarks.rows import Row, Target
from soundcloud import SoundCloudClient, Token
from soundcloud.stores import FileTokenStore, MemoryTokenStore

ROUNDS = 20
ME = {
    "avatar_url": "https://i1.sndcdn.com/avatars-1-large.jpg",
    "kind": "user",
    "permalink": "ada",
    "permalink_url": "https://soundcloud.com/ada",
    "uri": "https://api.soundcloud.com/users/soundcloud:users:1",
    "urn": "soundcloud:users:1",
    "username": "Ada",
}


class Endpoint(httpx.BaseTransport):
    """Answers from memory: the API accepts the last access token, the token endpoint takes each refresh token once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.refreshes = 0

    def expire(self) -> None:
        """Expire the access token."""
        with self._lock:
            self.refreshes += 1

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request and count refreshes."""
        with self._lock:
            if request.url.path == "/oauth/token":
                self.refreshes += 1
                pair = {"access_token": f"access-{self.refreshes}", "refresh_token": f"refresh-{self.refreshes}"}
                return httpx.Response(200, json={**pair, "expires_in": 3599})
            valid = request.headers["authorization"] == f"OAuth access-{self.refreshes}"
            return (
                httpx.Response(200, json=ME) if valid else httpx.Response(401, json={"code": 401, "message": "expired"})
            )


def first() -> Token:
    return Token("access-0", "refresh-0", datetime.now(UTC) + timedelta(hours=1), grant="user")


def client_of(endpoint: Endpoint, **settings: Any) -> SoundCloudClient:
    return SoundCloudClient("id", "secret", transport=endpoint, **settings)


def measure() -> list[Row]:
    """Measure everything with a transport that answers from memory."""
    rows: list[Row] = []
    endpoint = Endpoint()
    with client_of(endpoint, token_store=MemoryTokenStore(first())) as client:
        times = interleaved(
            {"given": lambda: client.me.get_me(token="access-0"), "session": lambda: client.me.get_me()},
            rounds=60,
            calls=50,
        )
    cost = difference(times["session"], times["given"], scale=1e6, unit=" us")
    rows.append(Row("token manager per request", result=cost, of="over a request with token="))
    with TemporaryDirectory() as folder:
        stores: dict[str, Callable[[], Any]] = {
            "MemoryTokenStore": lambda: MemoryTokenStore(),
            "FileTokenStore": lambda: FileTokenStore(Path(folder) / f"{time.monotonic_ns()}.json"),
        }
        for name, make in stores.items():
            rows.append(refreshes(name, make()))
            rows.extend(_storm(name, make(), clients) for clients in (1, 4))
    return rows


def refreshes(name: str, store: Any) -> Row:
    """Measure a client whose token is rejected at each request."""
    endpoint = Endpoint()
    store.set(first())
    with client_of(endpoint, token_store=store) as client:
        client.me.get_me()
        speeds: list[float] = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for _ in range(10):
                endpoint.expire()
                client.me.get_me()
            speeds.append(10 / (time.perf_counter() - start))
    return Row(f"sequential refreshes, {name}", result=figure(speeds, "/s"))


def _storm(name: str, store: Any, clients: int, workers: int = 64) -> Row:
    """Measure the time until all workers have a response after their token expired."""
    endpoint = Endpoint()
    times: list[float] = []
    most = 0
    store.set(first())
    made = [client_of(endpoint, token_store=store) for _ in range(clients)]

    def call(number: int) -> object:
        return made[number % clients].me.get_me()

    with ThreadPoolExecutor(workers) as threads:
        for _ in range(ROUNDS):
            endpoint.expire()
            before, start = endpoint.refreshes, time.perf_counter()
            list(threads.map(call, range(workers)))
            times.append((time.perf_counter() - start) * 1e3)
            most = max(most, endpoint.refreshes - before)
    for client in made:
        client.close()
    case = f"{workers} threads, {clients} client{'s' * (clients > 1)}, {name}: time to respond after a token expired"
    result = figure([most], " refreshes" if most > 1 else " refresh")
    return Row(case, figure(times, " ms"), result=result, asked=Target("at most", 1, " refresh"))
