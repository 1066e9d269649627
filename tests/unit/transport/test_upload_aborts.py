"""Uploads that are cut off or answered early, with every client and backend: the right error, and a client that still works."""

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
from tests.helpers.servers import Plan, UploadServer, http_response

SOUND = b"fLaC" + bytes(range(256)) * 12_000  # 3 MB: larger than the socket buffers
BACKENDS = ["sync", "sync httpx", "async", "async httpx", "uvloop", "trio"]
PAGE = b"<html><head><title>502 Bad Gateway</title></head></html>"
REFUSED = json.dumps({"code": 422, "message": "unable to process provided asset_data"}).encode()


class BackendClient:
    """A client of one backend, called from synchronous code."""

    def __init__(self, backend, url):
        self.backend = backend
        settings = {"access_token": "own", "base_url": url, "auth_url": url, "timeout": Timeout(read=20, write=20)}
        if backend.startswith("sync"):
            self.client = SoundCloudClient(**settings, **self.transport(httpx.HTTPTransport))
            return
        self.client = AsyncSoundCloudClient(**settings, **self.transport(httpx.AsyncHTTPTransport))

    def transport(self, cls):
        return {"transport": cls()} if self.backend.endswith("httpx") else {}

    def run(self, work):
        """Run `work(client, wait)` and close the client; `await wait(call)` makes a call with either client."""
        if self.backend.startswith("sync"):
            with self.client:
                run_sync(work(self.client, call_sync))
            return

        async def inside():
            async with self.client:
                await work(self.client, call_async)

        options = {"use_uvloop": True} if self.backend == "uvloop" else {}
        anyio.run(inside, backend="trio" if self.backend == "trio" else "asyncio", backend_options=options)


async def call_sync(call):
    return call()


async def call_async(call):
    return await call()


def run_sync(coroutine):
    """Run a coroutine that never suspends."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


async def error_of(wait, call):
    """Return the exception that a call raises."""
    try:
        await wait(call)
    except Exception as error:
        return error
    raise AssertionError("no exception was raised")


def complete_uploads(server):
    """Return how many uploads were received completely."""
    return sum(upload.is_complete for upload in server.uploads)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99, 1])
def test_the_server_resets_the_connection(backend, share):
    errors, progress = [], []

    async def work(client, wait):
        await wait(client.me.get_me)
        server.plan = Plan(share)

        def upload():
            return client.tracks.upload(SOUND, title="Night", on_progress=lambda *numbers: progress.append(numbers))

        errors.append(await error_of(wait, upload))
        server.plan = None
        assert (await wait(lambda: client.tracks.upload(SOUND, title="Night"))).title == "Night"

    with UploadServer() as server:
        BackendClient(backend, server.url).run(work)

        assert server.wait_until_closed()
    (error,) = errors
    assert isinstance(error, ConnectionFailedError)
    assert error.sent
    assert len(server.uploads) == 2
    assert server.connections == 2
    # Bytes in the socket buffers count as sent.
    sent, total = progress[-1] if progress else (0, 1)
    assert share < 1 or sent == total
    expected = "unknown whether SoundCloud created a track" if sent == total else "SoundCloud created no track"
    assert expected in str(error)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99, 1])
@pytest.mark.parametrize(
    ("response", "cls", "message"),
    [
        ((413, b"", "text/plain"), StatusError, "HTTP 413"),
        ((422, REFUSED, "application/json"), UnprocessableEntityError, "unable to process provided asset_data"),
        ((502, PAGE, "text/html"), GatewayError, "502 Bad Gateway"),
        ((403, PAGE, "text/html"), EdgeError, "502 Bad Gateway"),
    ],
    ids=["413", "422", "502 html", "403 html"],
)
def test_the_server_responds_before_the_end(backend, share, response, cls, message):
    errors = []

    async def work(client, wait):
        status, content, media_type = response
        headers = {"Content-Type": media_type} | ({"Connection": "close"} if share < 1 else {})
        server.plan = Plan(share, http_response(status, content, headers))
        errors.append(await error_of(wait, lambda: client.tracks.upload(SOUND, title="Night")))
        server.plan = None
        assert (await wait(client.me.get_me)).username == "ada"
        assert (await wait(lambda: client.tracks.upload(SOUND, title="Night"))).title == "Night"

    with UploadServer() as server:
        BackendClient(backend, server.url).run(work)

        assert server.wait_until_closed()
    (error,) = errors
    assert isinstance(error, cls)
    assert message in str(error)
    assert error.retries == 0
    assert ("check me.get_tracks()" in str(error)) == error.is_server_error
    assert server.uploads[1].is_complete


class CallbackError(Exception):
    """The exception of a progress callback that aborts an upload."""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "raised", [CallbackError("enough"), OSError("enough"), ValueError("enough"), TimeoutError("enough")]
)
def test_an_exception_in_on_progress_aborts_the_upload(backend, raised):
    def on_progress(sent, total):
        if sent > total / 2:
            raise raised

    errors = []

    async def work(client, wait):
        errors.append(await error_of(wait, lambda: client.tracks.upload(SOUND, title="Night", on_progress=on_progress)))
        assert (await wait(lambda: client.tracks.upload(SOUND, title="Night"))).title == "Night"

    with UploadServer() as server:
        BackendClient(backend, server.url).run(work)

        assert server.wait_until_closed()
    assert errors == [raised]
    assert complete_uploads(server) == 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("length", "message"), [(len(SOUND) + 1, "ended 1 bytes before"), (len(SOUND) - 1, "more than")]
)
def test_an_iterator_with_the_wrong_length(backend, length, message):
    errors = []

    async def work(client, wait):
        chunks = (SOUND[start : start + 10_000] for start in range(0, len(SOUND), 10_000))
        errors.append(await error_of(wait, lambda: client.tracks.upload(chunks, title="Night", length=length)))
        assert (await wait(client.me.get_me)).username == "ada"

    with UploadServer() as server:
        BackendClient(backend, server.url).run(work)

        assert server.wait_until_closed()
    (error,) = errors
    assert isinstance(error, UploadInterruptedError)
    assert message in str(error)
    assert "creates no track from a partial file" in str(error)
    assert complete_uploads(server) == 0


class SlowFile:
    """An asynchronous iterator that blocks at the 20th chunk, in the middle of an upload."""

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


@pytest.mark.parametrize("backend", ["async", "async httpx", "uvloop", "trio"])
def test_cancelling_an_upload(backend, tmp_path):
    path = tmp_path / "cover.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))

    async def work(client, wait):
        reached = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(
                lambda: client.tracks.upload(SlowFile(reached), title="Night", length=1_000_000, artwork=path)
            )
            await reached.wait()
            group.cancel_scope.cancel()
        assert (await client.tracks.upload(SOUND, title="Night")).title == "Night"

    with UploadServer() as server:
        BackendClient(backend, server.url).run(work)

        assert server.wait_until_closed()
    gc.collect()  # an open file or generator would emit a ResourceWarning, which fails the test
    assert complete_uploads(server) == 1


def test_cancelling_an_upload_with_asyncio():
    async def work():
        client = AsyncSoundCloudClient(access_token="own", base_url=server.url)
        async with client:
            reached = anyio.Event()
            task = asyncio.create_task(client.tracks.upload(SlowFile(reached), title="Night", length=1_000_000))
            await reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.tracks.upload(SOUND, title="Night")).title == "Night"

    with UploadServer() as server:
        anyio.run(work)

        assert server.wait_until_closed()
    assert complete_uploads(server) == 1


LARGE = b"fLaC" + bytes(40_000_000)  # larger than any socket buffer


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("timeout", [Timeout(total=1), Timeout(write=0.5)])
def test_an_upload_times_out_when_the_server_stops_reading(backend, timeout):
    errors = []

    async def work(client, wait):
        quick = client.with_options(timeout=timeout)
        errors.append(await error_of(wait, lambda: quick.tracks.upload(LARGE, title="Night")))
        server.plan = None
        assert (await wait(lambda: client.tracks.upload(SOUND, title="Night"))).title == "Night"

    with UploadServer() as server:
        server.plan = Plan(0.01, b"", stalls=True)
        BackendClient(backend, server.url).run(work)
    (error,) = errors
    assert isinstance(error, RequestTimeoutError)
    assert error.sent
