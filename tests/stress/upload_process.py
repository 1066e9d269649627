"""Uploads a file and prints the growth of its memory: `python -m tests.stress.upload_process VARIANT URL PATH`."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import httpx

from soundcloud import AsyncSoundCloudClient, SoundCloudClient, Timeout

STATM = Path("/proc/self/statm")
CHUNK = 100_000


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class MemoryMonitor:
    """A progress callback that records the peak memory."""

    def __init__(self) -> None:
        self.start = self.peak = resident()
        self.progress = (0, 0)

    def __call__(self, sent: int, total: int) -> None:
        self.peak, self.progress = max(self.peak, resident()), (sent, total)


def chunks(path: str) -> Any:
    """Yield the file in chunks."""
    with Path(path).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


async def async_chunks(path: str) -> Any:
    """Yield the file in chunks, asynchronously."""
    for chunk in chunks(path):
        await asyncio.sleep(0)
        yield chunk


def main(variant: str, url: str, path: str) -> None:
    """Upload a small file first, so that all modules are loaded, then the large one."""
    settings: Any = {"access_token": "own", "base_url": url, "auth_url": url}
    settings["timeout"] = Timeout(total=None, read=120, write=120)
    size = Path(path).stat().st_size
    if variant.startswith("sync"):
        with SoundCloudClient(**settings) as client:
            client.tracks.upload(bytes(1_000_000), title="Small")
            monitor = MemoryMonitor()
            if variant.endswith("stream"):
                client.tracks.upload(chunks(path), title="Large", length=size, on_progress=monitor)
            else:
                client.tracks.upload(path, title="Large", on_progress=monitor)
    else:
        monitor = asyncio.run(upload_async(variant, settings, path, size))
    assert monitor.progress == (size, size)
    sys.stdout.write(str(monitor.peak - monitor.start))


async def upload_async(variant: str, settings: Any, path: str, size: int) -> MemoryMonitor:
    """Upload with the async client."""
    if variant.endswith("httpx"):
        settings["transport"] = httpx.AsyncHTTPTransport()
    async with AsyncSoundCloudClient(**settings) as client:
        await client.tracks.upload(bytes(1_000_000), title="Small")
        monitor = MemoryMonitor()
        if variant.endswith("stream"):
            await client.tracks.upload(async_chunks(path), title="Large", length=size, on_progress=monitor)
        else:
            await client.tracks.upload(path, title="Large", on_progress=monitor)
    return monitor


if __name__ == "__main__":
    main(*sys.argv[1:])
