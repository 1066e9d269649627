"""A candidate in its own process: `python -m benchmarks.worker CANDIDATE URL`.

Each line of stdin is a round as JSON: the name of a method and its arguments. The result is a line on stdout. Start-up, sign-in
and connecting are not part of a round.
"""

import gc
import hashlib
import inspect
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx

from soundcloud import AsyncSoundCloudClient, SoundCloudClient

Outcome = dict[str, Any]
STATM = Path("/proc/self/statm")
WORK_TEXT = "a track, written as JSON " * 40


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def work(times: int) -> None:
    """Simulate the work per item by hashing a kilobyte several times, which holds the interpreter lock."""
    for _ in range(times):
        hashlib.sha256(WORK_TEXT.encode()).hexdigest()


def times_of(microseconds: float) -> int:
    """Return the number of hashes that take a time. A fixed amount of work does not shrink while another thread runs."""
    work(1_000)
    seconds: list[float] = []
    for _ in range(50):
        start = time.perf_counter()
        work(100)
        seconds.append((time.perf_counter() - start) / 100)
    return round(microseconds / 1e6 / statistics.median(seconds))


def iterate(titles: Callable[[], Iterable[str | None]], every: int, times: int = 0) -> Outcome:
    """Iterate over items, read one field of each, and record the memory at intervals and the seconds to the first item."""
    count, memory, start, first = 0, list[int](), time.perf_counter(), 0.0
    for title in titles():
        if title:
            count += 1
            if count == 1:
                first = time.perf_counter() - start
            if times:
                work(times)
            if count % every == 0:
                memory.append(resident())
    return {"count": count, "memory": memory, "first": first}


async def concurrently(call: Callable[[int], Awaitable[object]], first: int, count: int, lanes: int) -> Outcome:
    """Send concurrent requests for different tracks, so that request deduplication saves nothing."""
    numbers = iter(range(first, first + count))
    times: list[float] = []

    async def lane() -> None:
        for number in numbers:
            start = time.perf_counter()
            await call(number)
            times.append(time.perf_counter() - start)

    async with anyio.create_task_group() as group:
        for _ in range(lanes):
            group.start_soon(lane)
    return {"count": count, "median": statistics.median(times), "slowest": max(times)}


class MemoryRecorder:
    """Records the memory with each chunk of an upload."""

    def __init__(self) -> None:
        self.memory: list[int] = []

    def __call__(self, sent: int, total: int) -> None:
        """Record the memory."""
        self.memory.append(resident())


def uploaded(path: str, memory: list[int]) -> Outcome:
    """Return the outcome of an upload."""
    return {"count": Path(path).stat().st_size, "memory": memory}


async def chunks(path: str) -> AsyncIterator[bytes]:
    """Yield a file for httpx's async client, in chunks as large as those of its sync client."""
    with Path(path).open("rb") as file:
        while chunk := file.read(65_536):
            yield chunk


class Ours:
    """`SoundCloudClient` with its default settings and models."""

    def __init__(self, url: str) -> None:
        self.client = SoundCloudClient("id", "secret", base_url=url, auth_url=url)
        self.client.auth.get_client_token()

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def sequential(self, first: int, count: int) -> Outcome:
        """Fetch tracks sequentially."""
        for number in range(first, first + count):
            assert self.client.tracks.get_track(number).title
        return {"count": count}

    def walk(self, every: int, prefetch: bool = False, times: int = 0) -> Outcome:
        """Iterate over a list."""
        settings: Any = {"prefetch": True} if prefetch else {}

        def titles() -> Iterator[str | None]:
            items = self.client.paginate_items(lambda: self.client.search.tracks("lofi", limit=200), **settings)
            return (track.title for track in items)

        return iterate(titles, every, times)

    def upload(self, path: str, watched: bool = False) -> Outcome:
        """Upload a file."""
        watcher = MemoryRecorder()
        assert self.client.tracks.upload(path, title="Night", on_progress=watcher if watched else None).title
        return uploaded(path, watcher.memory)


class OursAsync:
    """`AsyncSoundCloudClient`."""

    def __init__(self, url: str) -> None:
        self.client = AsyncSoundCloudClient("id", "secret", base_url=url, auth_url=url)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def concurrent(self, first: int, count: int, lanes: int) -> Outcome:
        """Fetch tracks concurrently."""

        async def call(number: int) -> None:
            assert (await self.client.tracks.get_track(number)).title

        return await concurrently(call, first, count, lanes)

    async def mapped(self, first: int, count: int, lanes: int) -> Outcome:
        """Fetch tracks with `map`."""
        ids = range(first, first + count)
        outcomes = await self.client.map(self.client.tracks.get_track, ids, concurrency=lanes)
        return {"count": sum(outcome.ok for outcome in outcomes)}

    async def upload(self, path: str, watched: bool = False) -> Outcome:
        """Upload a file."""
        watcher = MemoryRecorder()
        assert (await self.client.tracks.upload(path, title="Night", on_progress=watcher if watched else None)).title
        return uploaded(path, watcher.memory)


def token(url: str) -> dict[str, str]:
    """Sign in as an app does, and make a header of the token."""
    pair = httpx.post(f"{url}/oauth/token", auth=("id", "secret"), data={"grant_type": "client_credentials"}).json()
    return {"Authorization": f"OAuth {pair['access_token']}"}


class Httpx:
    """`httpx.Client` and `.json()`, as a script would use them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(headers=token(url))

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def sequential(self, first: int, count: int) -> Outcome:
        """Fetch tracks sequentially."""
        for number in range(first, first + count):
            assert self.http.get(f"{self.url}/tracks/{number}").json()["title"]
        return {"count": count}

    def walk(self, every: int) -> Outcome:
        """Iterate over a list."""
        return iterate(self._titles, every)

    def upload(self, path: str) -> Outcome:
        """Upload a file."""
        with Path(path).open("rb") as file:
            assert self.http.post(f"{self.url}/tracks", content=file).json()["title"]
        return uploaded(path, [])

    def _titles(self) -> Iterator[str | None]:
        link: str | None = f"{self.url}/tracks?q=lofi&limit=200&linked_partitioning=true"
        while link:
            page = self.http.get(link).json()
            for track in page["collection"]:
                yield track["title"]
            link = page["next_href"]


class HttpxAsync:
    """`httpx.AsyncClient` and `.json()`, as a script would use them."""

    def __init__(self, url: str, *, http2: bool = False) -> None:
        self.url = url
        self.http = httpx.AsyncClient(headers=token(url), http2=http2)

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def concurrent(self, first: int, count: int, lanes: int) -> Outcome:
        """Fetch tracks concurrently."""

        async def call(number: int) -> None:
            assert (await self.http.get(f"{self.url}/tracks/{number}")).json()["title"]

        return await concurrently(call, first, count, lanes)

    async def upload(self, path: str) -> Outcome:
        """Upload a file."""
        headers = {"Content-Length": str(Path(path).stat().st_size)}
        response = await self.http.post(f"{self.url}/tracks", content=chunks(path), headers=headers)
        assert response.json()["title"]
        return uploaded(path, [])


CANDIDATES: dict[str, Callable[[str], object]] = {
    "ours": Ours,
    "ours-async": OursAsync,
    "httpx": Httpx,
    "httpx-async": HttpxAsync,
    "httpx-http2": partial(HttpxAsync, http2=True),
    "ours-uvloop": OursAsync,
    "ours-trio": OursAsync,
}


async def run_rounds(name: str, url: str) -> None:
    """Run rounds until stdin ends."""
    candidate: Any = CANDIDATES[name](url)
    print(json.dumps({"ready": True}), flush=True)
    while line := sys.stdin.readline():  # nothing else runs between the rounds
        gc.collect()
        start = time.perf_counter()
        job = json.loads(line)
        outcome = getattr(candidate, job.pop("job"))(**job)
        if inspect.isawaitable(outcome):
            outcome = await outcome
        print(json.dumps({"seconds": time.perf_counter() - start, **outcome}), flush=True)
    closed = candidate.close()
    if inspect.isawaitable(closed):
        await closed


def main(name: str, url: str) -> None:
    """Run a candidate on its event loop."""
    options = {"use_uvloop": True} if name.endswith("uvloop") else {}
    backend = "trio" if name.endswith("trio") else "asyncio"
    anyio.run(run_rounds, name, url, backend=backend, backend_options=options)


if __name__ == "__main__":
    main(*sys.argv[1:])
