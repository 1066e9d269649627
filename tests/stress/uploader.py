"""Uploads a file in a process of its own: `python -m tests.stress.uploader WAY ADDRESS PATH` writes how far its memory grew."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from soundcloud import AsyncSoundCloudClient, SoundCloudClient, Timeout

STATM = Path("/proc/self/statm")
CHUNK = 100_000


def resident() -> int:
    """The resident memory of this process, in bytes."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Watcher:
    """Looks at the memory with every chunk that is sent."""

    def __init__(self) -> None:
        self.start = self.most = resident()
        self.told = (0, 0)

    def __call__(self, sent: int, total: int) -> None:
        """Take note."""
        self.most, self.told = max(self.most, resident()), (sent, total)


def chunks(path: str) -> Any:
    """The file piece by piece, as a program's own stream gives it."""
    with Path(path).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


async def async_chunks(path: str) -> Any:
    """The same, asynchronously."""
    for chunk in chunks(path):
        await asyncio.sleep(0)
        yield chunk


def main(way: str, address: str, path: str) -> None:
    """Upload something small, so that everything is there, then the file."""
    settings: Any = {"access_token": "own", "base_url": address, "auth_url": address}
    settings["timeout"] = Timeout(total=None, read=120, write=120)
    size = Path(path).stat().st_size
    if way.startswith("sync"):
        with SoundCloudClient(**settings) as client:
            client.tracks.upload(bytes(1_000_000), title="Small")
            watcher = Watcher()
            if way.endswith("stream"):
                client.tracks.upload(chunks(path), title="Large", length=size, on_progress=watcher)
            else:
                client.tracks.upload(path, title="Large", on_progress=watcher)
    else:
        watcher = asyncio.run(uploaded(way, settings, path, size))
    assert watcher.told == (size, size)
    sys.stdout.write(str(watcher.most - watcher.start))


async def uploaded(way: str, settings: Any, path: str, size: int) -> Watcher:
    """The same with the asynchronous client."""
    engine: Any = "aiohttp" if "aiohttp" in way else "httpx"
    async with AsyncSoundCloudClient(**settings, engine=engine) as client:
        await client.tracks.upload(bytes(1_000_000), title="Small")
        watcher = Watcher()
        if way.endswith("stream"):
            await client.tracks.upload(async_chunks(path), title="Large", length=size, on_progress=watcher)
        else:
            await client.tracks.upload(path, title="Large", on_progress=watcher)
    return watcher


if __name__ == "__main__":
    main(*sys.argv[1:])
