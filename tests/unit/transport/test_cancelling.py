"""Cancellation during a token refresh: the new token pair is stored all the same."""

import asyncio
from datetime import UTC, datetime, timedelta

import anyio
import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, Token
from soundcloud.stores import FileTokenStore

EXPIRED = datetime.now(UTC) - timedelta(minutes=1)


class SlowTransport(httpx.AsyncBaseTransport):
    """Answers a refresh after 0.1 seconds; sets `asked` when the refresh arrives."""

    def __init__(self):
        self.asked = anyio.Event()
        self.when_asked = lambda: None
        self.refreshes = 0

    async def handle_async_request(self, request):
        if request.url.path != "/oauth/token":
            return httpx.Response(200, json={"username": "ada"})
        self.refreshes += 1
        self.asked.set()
        self.when_asked()
        await anyio.sleep(0.1)
        return httpx.Response(200, json={"access_token": "new", "refresh_token": "next", "expires_in": 3599})


def client_of(store, transport):
    return AsyncSoundCloudClient("id", "secret", token_store=store, transport=transport)


@pytest.fixture
def store(tmp_path):
    store = FileTokenStore(tmp_path / "tokens.json")
    store.set(Token("old", "old-refresh", EXPIRED, grant="user"))
    return store


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_refresh_survives_a_cancelled_scope(store, backend):
    async def main():
        transport = SlowTransport()
        async with client_of(store, transport) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.me.get_me)
                await transport.asked.wait()
                group.cancel_scope.cancel()
            stored = store.get()
            me = await client.me.get_me()
        return stored, me, transport.refreshes

    stored, me, refreshes = anyio.run(main, backend=backend)

    assert (stored.access_token, stored.refresh_token) == ("new", "next")
    assert (me.username, refreshes) == ("ada", 1)


def test_a_refresh_survives_a_cancelled_asyncio_task(store):
    async def main():
        transport = SlowTransport()
        async with client_of(store, transport) as client:
            task = asyncio.ensure_future(client.me.get_me())
            await transport.asked.wait()
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            stored = store.get()
            me = await client.me.get_me()
        return stored, me, transport.refreshes

    stored, me, refreshes = asyncio.run(main())

    assert stored.refresh_token == "next"
    assert (me.username, refreshes) == ("ada", 1)


def test_a_refresh_survives_asyncio_timeout(store):
    async def main():
        transport = SlowTransport()
        async with client_of(store, transport) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(None) as deadline:
                    transport.when_asked = lambda: deadline.reschedule(asyncio.get_running_loop().time())
                    await client.me.get_me()
            transport.when_asked = lambda: None
            return store.get(), (await client.me.get_me()).username, transport.refreshes

    stored, username, refreshes = asyncio.run(main())

    assert stored.access_token == "new"
    assert (username, refreshes) == ("ada", 1)
