"""examples/file_cache.py, and checks of all examples."""

import asyncio
import os
import time
from pathlib import Path

import httpx
import pytest

from examples.file_cache import FileCache
from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.caches import Cache

FOLDER = Path(__file__).parents[2] / "examples"


@pytest.fixture
def cache(tmp_path):
    return FileCache(tmp_path / "replies")


@pytest.fixture
def server():
    return Server()


class Server:
    """Counts requests."""

    def __init__(self):
        self.count = 0

    def answer(self, request):
        self.count += 1
        return httpx.Response(200, json={"urn": "soundcloud:tracks:1", "title": f"Night {self.count}"})

    def client(self, cache, cls=SoundCloudClient):
        return cls(access_token="very-secret", transport=httpx.MockTransport(self.answer), cache=cache)


def test_every_example_is_tested_and_documented():
    here = Path(__file__).parent
    tests = "".join(file.read_text(encoding="utf-8") for file in here.glob("test_*.py"))
    page = (FOLDER.parent / "docs" / "examples.md").read_text(encoding="utf-8")
    names = {path.name for path in FOLDER.iterdir() if path.is_file()} - {"pytest.ini"}

    assert {name for name in names if f"(../examples/{name})" not in page} == set()
    assert {name for name in names if name.removesuffix(".py") not in tests} == set()


def test_the_file_cache_outlives_the_client(cache, server):
    assert isinstance(cache, Cache)
    with server.client(cache) as client:
        assert client.tracks.get_track(1).title == "Night 1"
    with server.client(FileCache(cache.folder)) as client:
        assert client.tracks.get_track(1).title == "Night 1"
        assert client.tracks.get_track(2).title == "Night 2"
        client.tracks.update(1, title="Day")
        assert client.tracks.get_track(1).title == "Night 4"

    assert not any(b"very-secret" in file.read_bytes() for file in cache.folder.iterdir())
    if os.name == "posix":
        assert cache.folder.stat().st_mode & 0o077 == 0


def test_the_file_cache_with_the_async_client(cache, server):
    async def main():
        async with server.client(cache, AsyncSoundCloudClient) as client:
            return [(await client.tracks.get_track(1)).title for _ in range(3)]

    assert asyncio.run(main()) == ["Night 1"] * 3


def test_the_file_cache_expires_and_deletes_entries(cache):
    cache.set("a", b"1\n2", 60)
    cache.set("b", b"3", -1)
    cache.set("c", b"4", 60)
    cache.delete("c")
    cache.delete("c")

    assert [cache.get(key) for key in "abcd"] == [b"1\n2", None, None, None]


def test_the_file_cache_sweeps(cache):
    cache.set("a", b"1", 60)
    cache.set("b", b"2", 60)
    os.utime(cache._file("b"), (0, time.time() - 25 * 3600))
    cache.sweep()

    assert [cache.get(key) for key in "ab"] == [b"1", None]
    assert len(list(cache.folder.iterdir())) == 1


def test_the_file_cache_ignores_a_damaged_file(cache, server):
    with server.client(cache) as client:
        client.tracks.get_track(1)
        for file in cache.folder.iterdir():
            file.write_bytes(b"not a number\n")
        assert client.tracks.get_track(1).title == "Night 2"
