"""Cancellation: a call ends at once, also during a token request, whose token is stored all the same."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import anyio
import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, Token
from soundcloud.stores import FileTokenStore
from tests.helpers.waiting import async_wait_until

EXPIRED = datetime.now(UTC) - timedelta(minutes=1)


class HoldingTransport(httpx.AsyncBaseTransport):
    """Holds the response of a token request until `release` is set; sets `asked` when the request arrives."""

    def __init__(self):
        self.asked, self.release = anyio.Event(), anyio.Event()
        self.when_asked = lambda: None
        self.token_requests = 0

    async def handle_async_request(self, request):
        if request.url.path != "/oauth/token":
            return httpx.Response(200, json={"username": "ada"})
        self.token_requests += 1
        self.asked.set()
        self.when_asked()
        await self.release.wait()
        return httpx.Response(200, json={"access_token": "new", "refresh_token": "next", "expires_in": 3599})


def client_of(store, transport):
    return AsyncSoundCloudClient("id", "secret", token_store=store, transport=transport)


@pytest.fixture
def store(tmp_path):
    store = FileTokenStore(tmp_path / "tokens.json")
    store.set(Token("old", "old-refresh", EXPIRED, grant="user"))
    return store


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_refresh_goes_on_after_a_cancelled_scope(store, backend):
    async def main():
        transport = HoldingTransport()
        async with client_of(store, transport) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.me.get_me)
                await transport.asked.wait()
                group.cancel_scope.cancel()
            assert store.get().access_token == "old"
            transport.release.set()
            return (await client.me.get_me()).username, transport.token_requests

    assert anyio.run(main, backend=backend) == ("ada", 1)
    assert (store.get().access_token, store.get().refresh_token) == ("new", "next")


def test_closing_waits_for_the_refresh_of_a_cancelled_task(store):
    async def main():
        transport = HoldingTransport()
        async with client_of(store, transport) as client:
            task = asyncio.ensure_future(client.me.get_me())
            await transport.asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert store.get().access_token == "old"
            asyncio.get_running_loop().call_soon(transport.release.set)

    asyncio.run(main())

    assert store.get().refresh_token == "next"


def test_a_timeout_ends_a_call_during_a_refresh(store):
    async def main():
        transport = HoldingTransport()
        async with client_of(store, transport) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(None) as deadline:
                    transport.when_asked = lambda: deadline.reschedule(asyncio.get_running_loop().time())
                    await client.me.get_me()
            transport.when_asked = lambda: None
            transport.release.set()
            return (await client.me.get_me()).username, transport.token_requests

    assert asyncio.run(main()) == ("ada", 1)
    assert store.get().access_token == "new"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_wait_for_the_lock_of_another_process(store, backend):
    async def main():
        transport = HoldingTransport()
        lease = store.for_client("id").try_lock()
        async with client_of(store, transport) as client:
            token_store, tries = client._pipeline.token_manager.store, []
            try_lock = token_store.try_lock
            token_store.try_lock = lambda: (try_lock(), tries.append(1))[0]
            async with anyio.create_task_group() as group:
                group.start_soon(client.me.get_me)
                await async_wait_until(lambda: tries)
                group.cancel_scope.cancel()
            lease.release()
            transport.release.set()
            return (await client.me.get_me()).username

    assert anyio.run(main, backend=backend) == "ada"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_request_for_an_app_token_releases_the_lock(tmp_path, backend):
    path = tmp_path / "tokens.json"

    async def main():
        transport = HoldingTransport()
        async with client_of(path, transport) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.auth.get_client_token)
                await transport.asked.wait()
                group.cancel_scope.cancel()
            transport.release.set()
        async with client_of(path, transport) as client:
            lease = client._pipeline.token_manager._app_store.try_lock()
            return lease is not None and (lease.release() or (await client.me.get_me()).username)

    assert anyio.run(main, backend=backend) == "ada"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_cancelling_map_completed_cancels_its_calls(backend):
    async def main():
        started, cancelled = [], []

        async def work(item):
            started.append(item)
            try:
                await anyio.sleep_forever()
            finally:
                cancelled.append(item)

        async with AsyncSoundCloudClient(access_token="own") as client, anyio.create_task_group() as group:

            async def read():
                async with aclosing(client.map_completed(work, range(100), concurrency=3)) as outcomes:
                    async for _ in outcomes:
                        pass

            group.start_soon(read)
            await async_wait_until(lambda: len(started) == 3)
            group.cancel_scope.cancel()
        return sorted(started), sorted(cancelled)

    assert anyio.run(main, backend=backend) == ([0, 1, 2], [0, 1, 2])


def test_a_timeout_ends_map_completed():
    async def main():
        cancelled = []

        async def work(item):
            deadline.reschedule(asyncio.get_running_loop().time())
            try:
                await anyio.sleep_forever()
            finally:
                cancelled.append(item)

        async with AsyncSoundCloudClient(access_token="own") as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(None) as deadline:
                    async for _ in client.map_completed(work, [1, 2]):
                        pass
        return sorted(cancelled)

    assert asyncio.run(main()) == [1, 2]
