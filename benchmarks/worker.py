"""One candidate in a process of its own: `python -m benchmarks.worker CANDIDATE ADDRESS`.

Each line of stdin is one round, as JSON: the name of a method and its arguments. The answer is one line on stdout. Starting
up, signing in and connecting are over when a round starts.
"""

import asyncio
import gc
import hashlib
import inspect
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx

from soundcloud import AsyncSoundCloudClient, SoundCloudClient

Outcome = dict[str, Any]
STATM = Path("/proc/self/statm")
WORK_TEXT = "a track, written as JSON " * 40


def resident() -> int:
    """The resident memory of this process, in bytes."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def work(times: int) -> None:
    """Do as much as an item may cost whoever walks: hash a kilobyte some times. It holds the interpreter's lock."""
    for _ in range(times):
        hashlib.sha256(WORK_TEXT.encode()).hexdigest()


def times_of(microseconds: float) -> int:
    """How often to hash for so much work. An amount, not a time: a thread that takes the lock must not shorten it."""
    work(1_000)
    seconds: list[float] = []
    for _ in range(50):
        start = time.perf_counter()
        work(100)
        seconds.append((time.perf_counter() - start) / 100)
    return round(microseconds / 1e6 / statistics.median(seconds))


def walked(titles: Iterable[str | None], every: int, times: int = 0) -> Outcome:
    """Walk items, reading one field of each, and note the memory now and then."""
    count, memory = 0, list[int]()
    for title in titles:
        if title:
            count += 1
            if times:
                work(times)
            if count % every == 0:
                memory.append(resident())
    return {"count": count, "memory": memory}


async def concurrently(call: Callable[[int], Awaitable[object]], first: int, count: int, lanes: int) -> Outcome:
    """Make calls, so many at once. Each asks for a track of its own, so that joining requests saves nothing."""
    numbers = iter(range(first, first + count))

    async def lane() -> None:
        for number in numbers:
            await call(number)

    await asyncio.gather(*(lane() for _ in range(lanes)))
    return {"count": count}


class Watcher:
    """Looks at the memory with every chunk of an upload."""

    def __init__(self) -> None:
        self.memory: list[int] = []

    def __call__(self, sent: int, total: int) -> None:
        """Take note."""
        self.memory.append(resident())


def uploaded(path: str, memory: list[int]) -> Outcome:
    """What came of an upload."""
    return {"count": Path(path).stat().st_size, "memory": memory}


async def pieces(path: str) -> AsyncIterator[bytes]:
    """A file as httpx's asynchronous client takes it, in pieces as large as those that its other client makes."""
    with Path(path).open("rb") as file:
        while piece := file.read(65_536):
            yield piece


class Ours:
    """`SoundCloudClient`, as it is installed, with everything typed."""

    def __init__(self, address: str) -> None:
        self.client = SoundCloudClient("id", "secret", base_url=address, auth_url=address)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def sequential(self, first: int, count: int) -> Outcome:
        """Get tracks, one after another."""
        for number in range(first, first + count):
            assert self.client.tracks.get_track(number).title
        return {"count": count}

    def walk(self, every: int, prefetch: bool = False, times: int = 0) -> Outcome:
        """Walk a list, item by item."""
        settings: Any = {"prefetch": True} if prefetch else {}
        items = self.client.paginate_items(lambda: self.client.search.tracks("lofi", limit=200), **settings)
        return walked((track.title for track in items), every, times)

    def upload(self, path: str, watched: bool = False) -> Outcome:
        """Upload a file."""
        watcher = Watcher()
        assert self.client.tracks.upload(path, title="Night", on_progress=watcher if watched else None).title
        return uploaded(path, watcher.memory)


class OursAsync:
    """`AsyncSoundCloudClient`."""

    def __init__(self, address: str) -> None:
        self.client = AsyncSoundCloudClient("id", "secret", base_url=address, auth_url=address)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def concurrent(self, first: int, count: int, lanes: int) -> Outcome:
        """Get tracks, so many at once."""

        async def call(number: int) -> None:
            assert (await self.client.tracks.get_track(number)).title

        return await concurrently(call, first, count, lanes)

    async def upload(self, path: str, watched: bool = False) -> Outcome:
        """Upload a file."""
        watcher = Watcher()
        assert (await self.client.tracks.upload(path, title="Night", on_progress=watcher if watched else None)).title
        return uploaded(path, watcher.memory)


def token(address: str) -> dict[str, str]:
    """Sign in as an app does, and make a header of the token."""
    pair = httpx.post(f"{address}/oauth/token", auth=("id", "secret"), data={"grant_type": "client_credentials"}).json()
    return {"Authorization": f"OAuth {pair['access_token']}"}


class Httpx:
    """`httpx.Client` and `.json()`, as a script would use them."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.Client(headers=token(address))

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def sequential(self, first: int, count: int) -> Outcome:
        """Get tracks, one after another."""
        for number in range(first, first + count):
            assert self.http.get(f"{self.address}/tracks/{number}").json()["title"]
        return {"count": count}

    def walk(self, every: int) -> Outcome:
        """Walk a list, item by item."""
        return walked(self._titles(), every)

    def upload(self, path: str) -> Outcome:
        """Send a file as it is."""
        with Path(path).open("rb") as file:
            assert self.http.post(f"{self.address}/tracks", content=file).json()["title"]
        return uploaded(path, [])

    def _titles(self) -> Iterator[str | None]:
        link: str | None = f"{self.address}/tracks?q=lofi&limit=200&linked_partitioning=true"
        while link:
            page = self.http.get(link).json()
            for track in page["collection"]:
                yield track["title"]
            link = page["next_href"]


class HttpxAsync:
    """`httpx.AsyncClient` and `.json()`, as a script would use them."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.AsyncClient(headers=token(address))

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def concurrent(self, first: int, count: int, lanes: int) -> Outcome:
        """Get tracks, so many at once."""

        async def call(number: int) -> None:
            assert (await self.http.get(f"{self.address}/tracks/{number}")).json()["title"]

        return await concurrently(call, first, count, lanes)

    async def upload(self, path: str) -> Outcome:
        """Send a file as it is."""
        headers = {"Content-Length": str(Path(path).stat().st_size)}
        reply = await self.http.post(f"{self.address}/tracks", content=pieces(path), headers=headers)
        assert reply.json()["title"]
        return uploaded(path, [])


CANDIDATES: dict[str, Callable[[str], object]] = {
    "ours": Ours,
    "ours-async": OursAsync,
    "httpx": Httpx,
    "httpx-async": HttpxAsync,
}


def main(name: str, address: str) -> None:
    """Run rounds until stdin ends."""
    candidate = CANDIDATES[name](address)
    with asyncio.Runner() as runner:

        def run(job: str, **settings: Any) -> Any:
            outcome = getattr(candidate, job)(**settings)
            return runner.run(outcome) if inspect.iscoroutine(outcome) else outcome

        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            gc.collect()
            start = time.perf_counter()
            outcome = run(**json.loads(line))
            print(json.dumps({"seconds": time.perf_counter() - start, **outcome}), flush=True)
        run("close")


if __name__ == "__main__":
    main(*sys.argv[1:])
