"""The async clients of the users of a Django site."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async

from soundcloud import AsyncSoundCloudClient
from soundcloud.contrib.django.stores import AsyncDjangoTokenStore


@asynccontextmanager
async def open_async_client(
    settings_for: Callable[[Any], dict[str, Any]], user: Any
) -> AsyncGenerator[AsyncSoundCloudClient]:
    """Yield an async client with the arguments of a user's sync client, which `settings_for` reads from the database."""
    found = await sync_to_async(settings_for)(user)
    found["token_store"] = AsyncDjangoTokenStore(found["token_store"])
    async with AsyncSoundCloudClient(**found) as client:
        yield client
