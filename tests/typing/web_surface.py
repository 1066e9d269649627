"""Expected types of `soundcloud.web`, checked by tests/spec/test_typing.py."""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from typing import Annotated, assert_type

from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount

from soundcloud import AsyncSoundCloudClient, SoundCloudClient, SoundCloudError
from soundcloud.caches import AsyncRedisCache
from soundcloud.stores import AsyncRedisTokenStore, FileTokenStore, MemoryTokenStore
from soundcloud.web import (
    CsrfError,
    MemorySessionStore,
    NotSignedInError,
    RedisSessionStore,
    RouteFinishedEvent,
    Session,
    Sessions,
    SoundCloudRoutes,
)

memory = SoundCloudRoutes(
    lambda store: AsyncSoundCloudClient(token_store=store),
    session=Sessions(["old" * 12, "new" * 12], store=MemorySessionStore()),
    token_store=FileTokenStore("tokens.json"),
    api=["/me"],
)
redis = SoundCloudRoutes(
    lambda store: AsyncSoundCloudClient(token_store=store),
    session=Sessions("secret" * 6, store=RedisSessionStore.from_url("redis://localhost"), idle_seconds=60),
    token_store=AsyncRedisTokenStore.from_url("redis://localhost"),
    public=("/tracks",),
    public_cache=AsyncRedisCache.from_url("redis://localhost"),
    public_ttl=30,
    public_limit=600,
    actions={"likes"},
    on_route=lambda event: (event.route, event.duration),
)


def report(event: RouteFinishedEvent) -> None:
    assert_type(event.status, int | None)
    assert_type(event.error, BaseException | None)


async def routes_of_an_app(request: Request) -> None:
    async with memory.client(request) as client:
        assert_type(client, AsyncSoundCloudClient)
    assert_type(await memory.find_session(request), Session | None)
    assert_type(await memory.current_session(request), Session)
    assert_type(memory.login_url("/path"), str)
    await memory.sign_out(await memory.current_session(request), everywhere=True, disconnect=True)
    async with memory.client("request"):  # type: ignore[arg-type]
        pass


def apps() -> None:
    Starlette(
        routes=[Mount("/soundcloud", memory)],
        exception_handlers=dict.fromkeys([NotSignedInError, CsrfError, SoundCloudError], memory.refuse),
    )
    FastAPI(
        exception_handlers={
            NotSignedInError: memory.refuse,
            CsrfError: memory.refuse,
            SoundCloudError: memory.refuse,
        }
    )
    app = FastAPI(exception_handlers={HTTPException: memory.refuse, SoundCloudError: memory.refuse})
    app.mount("/soundcloud", memory)

    async def name(client: Annotated[AsyncSoundCloudClient, Depends(memory.current_client)]) -> str | None:
        return (await client.me.get_me()).username

    app.get("/name")(name)


def mistakes() -> None:
    SoundCloudRoutes(SoundCloudClient, session=Sessions("s"), token_store=MemoryTokenStore())  # type: ignore[arg-type]
    Sessions("s", store=MemoryTokenStore())  # type: ignore[arg-type]
