"""Uploads that are cut off or answered early, by every way that a request can take: the right error, and a client that goes on."""

import asyncio
import gc
import json

import anyio
import httpx
import pytest

from soundcloud import (
    AsyncSoundCloudClient,
    ConnectionFailedError,
    EdgeError,
    GatewayError,
    RequestTimeoutError,
    SoundCloudClient,
    StatusError,
    Timeout,
    UnprocessableEntityError,
    UploadInterruptedError,
)
from tests.helpers.upload_server import Plan, reply, upload_server

SOUND = b"fLaC" + bytes(range(256)) * 12_000  # 3 MB: more than sockets keep for themselves
WAYS = ["sync", "sync httpx", "async", "async httpx", "uvloop", "trio"]
PAGE = b"<html><head><title>502 Bad Gateway</title></head></html>"
REFUSED = json.dumps({"code": 422, "message": "unable to process provided asset_data"}).encode()


class Ways:
    """A client that sends in one way, called from plain code."""

    def __init__(self, way, url):
        self.way = way
        settings = {"access_token": "own", "base_url": url, "auth_url": url, "timeout": Timeout(read=20, write=20)}
        if way.startswith("sync"):
            self.client = SoundCloudClient(**settings, **self.transport(httpx.HTTPTransport))
            return
        self.client = AsyncSoundCloudClient(**settings, **self.transport(httpx.AsyncHTTPTransport))

    def transport(self, cls):
        return {"transport": cls()} if self.way.endswith("httpx") else {}

    def run(self, work):
        """Do something with the client, and close it; `work` awaits what may have to be awaited by `wait`."""
        if self.way.startswith("sync"):
            with self.client:
                plain(work(self.client, returned))
            return

        async def inside():
            async with self.client:
                await work(self.client, awaited)

        options = {"use_uvloop": True} if self.way == "uvloop" else {}
        anyio.run(inside, backend="trio" if self.way == "trio" else "asyncio", backend_options=options)


async def returned(call):
    return call()


async def awaited(call):
    return await call()


def plain(coroutine):
    """Run a coroutine that waits for nothing."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


async def fails(wait, call):
    """The error of a call, whatever its class."""
    try:
        await wait(call)
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


def whole(server):
    """The uploads that came to their end."""
    return [True for upload in server.uploads if upload.is_whole]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99, 1])
def test_a_server_that_hangs_up(way, share):
    errors, told = [], []

    async def work(client, wait):
        await wait(client.me.get_me)
        server.plan = Plan(share)

        def upload():
            return client.tracks.upload(SOUND, title="Night", on_progress=lambda *numbers: told.append(numbers))

        errors.append(await fails(wait, upload))
        server.plan = None
        assert (await wait(lambda: client.tracks.upload(SOUND, title="Night"))).title == "Night"

    with upload_server() as server:
        Ways(way, server.url).run(work)

        assert server.all_closed()
    (error,) = errors
    assert isinstance(error, ConnectionFailedError)
    assert error.sent
    # It is sent once; then the connection is another one.
    assert len(server.uploads) == 2
    assert server.connections == 2
    # What the sockets took counts as sent.
    sent, total = told[-1] if told else (0, 1)
    assert share < 1 or sent == total
    expected = "unknown whether SoundCloud created a track" if sent == total else "SoundCloud created no track"
    assert expected in str(error)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99, 1])
@pytest.mark.parametrize(
    ("answer", "cls", "says"),
    [
        ((413, b"", "text/plain"), StatusError, "HTTP 413"),
        ((422, REFUSED), UnprocessableEntityError, "unable to process provided asset_data"),
        ((502, PAGE, "text/html"), GatewayError, "502 Bad Gateway"),
        ((403, PAGE, "text/html"), EdgeError, "502 Bad Gateway"),
    ],
    ids=["413", "422", "502 html", "403 html"],
)
def test_a_server_that_answers_early(way, share, answer, cls, says):
    errors = []

    async def work(client, wait):
        server.plan = Plan(share, reply(*answer, close=share < 1))
        errors.append(await fails(wait, lambda: client.tracks.upload(SOUND, title="Night")))
        server.plan = None
        assert (await wait(client.me.get_me)).username == "ada"
        assert (await wait(lambda: client.tracks.upload(SOUND, title="Night"))).title == "Night"

    with upload_server() as server:
        Ways(way, server.url).run(work)

        assert server.all_closed()
    (error,) = errors
    assert isinstance(error, cls)
    assert says in str(error)
    assert error.retries == 0
    assert ("check me.get_tracks()" in str(error)) == error.is_server_error
    assert server.uploads[1].is_whole


class OwnError(Exception):
    """What a program raises where it wants an upload to end."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "raised", [OwnError("enough"), OSError("enough"), ValueError("enough"), TimeoutError("enough")]
)
def test_what_on_progress_raises_ends_it(way, raised):
    def on_progress(sent, total):
        if sent > total / 2:
            raise raised

    errors = []

    async def work(client, wait):
        errors.append(await fails(wait, lambda: client.tracks.upload(SOUND, title="Night", on_progress=on_progress)))
        assert (await wait(lambda: client.tracks.upload(SOUND, title="Night"))).title == "Night"

    with upload_server() as server:
        Ways(way, server.url).run(work)

        assert server.all_closed()
    assert errors == [raised]
    assert whole(server) == [True]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("length", "says"), [(len(SOUND) + 1, "ended 1 bytes before"), (len(SOUND) - 1, "more than")])
def test_an_iterator_of_another_length(way, length, says):
    errors = []

    async def work(client, wait):
        chunks = (SOUND[start : start + 10_000] for start in range(0, len(SOUND), 10_000))
        errors.append(await fails(wait, lambda: client.tracks.upload(chunks, title="Night", length=length)))
        assert (await wait(client.me.get_me)).username == "ada"

    with upload_server() as server:
        Ways(way, server.url).run(work)

        assert server.all_closed()
    (error,) = errors
    assert isinstance(error, UploadInterruptedError)
    assert says in str(error)
    assert "creates no track from a partial file" in str(error)
    assert whole(server) == []


class Slow:
    """A file that takes its time: whoever reads it is in the middle of an upload."""

    def __init__(self, reached):
        self.reached, self.number = reached, 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.number += 1
        if self.number == 20:
            self.reached.set()
            await anyio.sleep(30)
        return bytes(10_000)


@pytest.mark.parametrize("way", ["async", "async httpx", "uvloop", "trio"])
def test_cancelled_in_the_middle(way, tmp_path):
    path = tmp_path / "cover.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))

    async def work(client, wait):
        reached = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: client.tracks.upload(Slow(reached), title="Night", length=1_000_000, artwork=path))
            await reached.wait()
            group.cancel_scope.cancel()
        assert (await client.tracks.upload(SOUND, title="Night")).title == "Night"

    with upload_server() as server:
        Ways(way, server.url).run(work)

        assert server.all_closed()
    gc.collect()  # a file or a generator that is left in the middle would warn, and a warning is an error here
    assert whole(server) == [True]


def test_a_task_of_asyncio_cancelled_in_the_middle():
    async def work():
        client = AsyncSoundCloudClient(access_token="own", base_url=server.url)
        async with client:
            reached = anyio.Event()
            task = asyncio.create_task(client.tracks.upload(Slow(reached), title="Night", length=1_000_000))
            await reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.tracks.upload(SOUND, title="Night")).title == "Night"

    with upload_server() as server:
        anyio.run(work)

        assert server.all_closed()
    assert whole(server) == [True]


LARGE = b"fLaC" + bytes(40_000_000)  # more than any socket takes before somebody reads


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("timeout", [Timeout(total=1), Timeout(write=0.5)])
def test_a_server_that_stops_reading(way, timeout):
    """A call ends in time although its bytes do not go away."""
    errors = []

    async def work(client, wait):
        quick = client.with_options(timeout=timeout)
        errors.append(await fails(wait, lambda: quick.tracks.upload(LARGE, title="Night")))
        server.plan = None
        assert (await wait(lambda: client.tracks.upload(SOUND, title="Night"))).title == "Night"

    with upload_server() as server:
        server.plan = Plan(0.01, b"", stalls=True)
        Ways(way, server.url).run(work)
    (error,) = errors
    assert isinstance(error, RequestTimeoutError)
    assert error.sent
