"""Invalid settings: each is refused at once, with a message that names the value and the fix but shows no secret."""

import asyncio
import traceback

import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, InvalidInputError, Retry, SoundCloudClient, SoundCloudError, Token
from soundcloud.caches import AsyncRedisCache, MemoryCache, RedisCache
from soundcloud.stores import FileTokenStore, MemoryTokenStore, RedisTokenStore

SECRET = "s3cret"
CLIENTS = pytest.mark.parametrize("cls", [SoundCloudClient, AsyncSoundCloudClient])


class AsyncThing:
    """A cache, token store and token provider with coroutines."""

    async def get(self, *arguments):
        """Return None."""

    set = delete = clear = get_access_token = set_tokens = refresh_if_needed = get


async def coroutine(*arguments):
    """Accept any arguments."""


@CLIENTS
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("client_id", 3, "client_id is of type int: pass a string"),
        ("client_secret", SECRET.encode(), "client_secret is of type bytes: pass a string"),
        ("redirect_uri", 3, "redirect_uri is of type int: pass a string"),
        ("access_token", SECRET.encode(), "access_token is of type bytes: pass a string"),
        ("refresh_token", SECRET.encode(), "refresh_token is of type bytes: pass a string"),
        (
            "token_store",
            {},
            "token_store is of type dict, which has no method set: pass for example MemoryTokenStore()",
        ),
        ("token_store", MemoryTokenStore, "token_store=MemoryTokenStore is a class: pass an object"),
        ("token_provider", 3, "token_provider is of type int, which has no method get_access_token"),
        ("on_token_refresh", "x", "on_token_refresh='x': pass a function"),
        ("on_token_stored", 3, "on_token_stored=3: pass a function"),
        ("clock", 3, "clock=3: pass a function"),
        ("clock", None, "clock=None: pass a function"),
        ("leeway", True, "leeway=True: pass seconds, 0 or more"),
        ("leeway", float("nan"), "leeway=nan: pass seconds, 0 or more"),
        ("leeway", float("inf"), "leeway=inf: pass seconds, 0 or more"),
        ("leeway", 10**30, f"leeway={10**30}: pass seconds, 0 or more, up to 1,000,000,000"),
        ("timeout", 1e10, "timeout=10000000000.0: pass seconds, more than 0, up to 1,000,000,000, or a Timeout"),
        ("base_url", "https://a.test/?key=PASSWORD", "base_url='https://a.test/?***' is not the URL of a server"),
        ("base_url", 3, "base_url=3 is not a URL: pass one such as https://api.soundcloud.com"),
        ("auth_url", None, "auth_url=None is not a URL: pass one"),
        ("timeout", "10", "timeout='10': pass seconds, more than 0, up to 1,000,000,000, or a Timeout"),
        ("retry", 3, "retry=3: pass a Retry, for example Retry(max_retries=5)"),
        ("retry_writes", "no", "Retry(writes)='no': pass a bool, for example True"),
        ("dedupe", "yes", "dedupe='yes': pass a bool, for example dedupe=False"),
        ("cache", {}, "cache is of type dict, which has no method set: pass for example MemoryCache()"),
        ("cache", True, "cache is of type bool, which has no method get"),
        ("cache", MemoryCache, "cache=MemoryCache is a class: pass an object, for example MemoryCache()"),
        ("cache_ttl", "60", "cache_ttl='60': give seconds, more than 0"),
        ("cache_ttl", None, "cache_ttl=None: give seconds, more than 0"),
        ("cache_ttl", float("inf"), "cache_ttl=inf: give seconds, more than 0"),
        ("user_agent", 3, "user_agent is of type int: pass a string"),
        ("http_client", httpx, "http_client=<module 'httpx'"),
        ("transport", 3, "transport=3: pass an object of httpx or httpx2"),
        ("limits", 3, "limits=3: pass a Limits, for example Limits(max_connections=20)"),
        ("max_response_bytes", "1", "max_response_bytes='1': pass a number of bytes, 1 or more"),
        ("on_event", 3, "on_event=3: pass a function"),
        ("on_request", "x", "on_request='x': pass a function"),
        ("on_retry", 3, "on_retry=3: pass a function"),
    ],
)
def test_invalid_client_settings(cls, name, value, said):
    with pytest.raises(InvalidInputError) as caught:
        cls(**{name: value})

    assert str(caught.value).startswith(said)
    assert SECRET not in repr(caught.value)


@CLIENTS
def test_an_http_client_or_transport_of_the_other_kind(cls):
    one, other = (
        (httpx.AsyncClient(), httpx.Client()) if cls is SoundCloudClient else (httpx.Client(), httpx.AsyncClient())
    )
    with pytest.raises(InvalidInputError) as caught:
        cls(http_client=one)
    assert f"for example httpx.{type(other).__name__}()" in str(caught.value)
    transport = httpx.AsyncHTTPTransport() if cls is SoundCloudClient else httpx.HTTPTransport()
    with pytest.raises(InvalidInputError, match=r"transport=<httpx.* for example httpx"):
        cls(transport=transport)

    assert cls(http_client=other).access_token is None
    assert cls(transport=httpx.MockTransport(lambda request: httpx.Response(200))).access_token is None


@pytest.mark.parametrize("name", ["cache", "token_store", "token_provider"])
def test_async_objects_need_the_async_client(name):
    with pytest.raises(InvalidInputError, match=rf"{name}\.get\w* is asynchronous: use AsyncSoundCloudClient, or pass"):
        SoundCloudClient(**{name: AsyncThing()})
    assert AsyncSoundCloudClient(**{name: AsyncThing()}).access_token is None


@pytest.mark.parametrize("name", ["on_token_refresh", "on_token_stored"])
def test_coroutine_functions_need_the_async_client(name):
    with pytest.raises(InvalidInputError, match=f"{name} is asynchronous: use AsyncSoundCloudClient"):
        SoundCloudClient(**{name: coroutine})
    assert AsyncSoundCloudClient(**{name: coroutine}).access_token is None


def answered(**settings):
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"title": "Night"}))
    return SoundCloudClient(access_token="own", transport=transport, **settings)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda client: client.map("x", [1]), "method='x': pass a method, for example client.tracks.get_track"),
        (lambda client: client.map(3, []), "method=3: pass a method"),
        (lambda client: client.map(client.tracks.get_track, 3), "items=3: pass a list"),
        (lambda client: client.map(client.tracks.get_track, "293"), "items='293': pass a list"),
        (lambda client: client.fetch_all(lambda: client.search.tracks("a"), max_items="a"), "max_items='a': pass a"),
        (lambda client: client.fetch_all(lambda: client.search.tracks("a"), max_items=True), "max_items=True: pass a"),
        (lambda client: client.tracks.get_tracks(3), "tracks=3: give a list"),
        (lambda client: client.search.tracks("a", access=3), "access=3: give a list"),
        (lambda client: client.search.tracks("a", tags=3), "tags=3: give a list"),
        (lambda client: client.playlists.create(title="a", tracks=3), "tracks=3: give a list"),
        (lambda client: client.playlists.add_tracks(1, 3), "tracks=3: give a list"),
        (lambda client: client.tracks.get_stream(1, prefer=3), "prefer=3: give format names such as"),
        (lambda client: client.tracks.upload(b"a", title="a", on_progress=3), "on_progress=3: pass a plain function"),
        (
            lambda client: client.tracks.upload(b"a", title="a", filename=3),
            "filename=3: pass a file name such as night.wav",
        ),
        (lambda client: client.send("x"), "'x' is not an operation: pass the return value of a function"),
        (lambda client: client.with_options(dedupe="no"), "dedupe='no': pass a bool"),
        (lambda client: client.set_token(3), "access_token is of type int: pass a string"),
        (lambda client: client.set_token("a", SECRET.encode()), "refresh_token is of type bytes: pass a string"),
        (lambda client: client.me.get_me(token=SECRET.encode()), "token= is of type bytes: pass an access token"),
        (lambda client: client.me.get_me(token=""), "token= is empty: pass an access token, or leave it out"),
        (lambda client: client.raw.request(3, "/me"), "method=3: use one of DELETE, GET"),
        (lambda client: client.raw.get("/me\n"), r"path='/me\n' is not a path of the API"),
        (lambda client: client.raw.get("/me\x1f"), r"path='/me\x1f' is not a path of the API"),
        (lambda client: client.raw.get("/m e"), "path='/m e' is not a path of the API"),
        (lambda client: client.raw.get(3), "path=3 is not a path of the API: pass one such as /tracks/{id}"),
        (lambda client: client.raw.get("/me", ["a"]), "parameters is of type list: give a dict of names and values"),
        (lambda client: client.raw.post("/me", form=3), "form is of type int: give a dict of names and values"),
        (
            lambda client: client.raw.request("GET", "/me", headers=3),
            "headers is of type int: give a dict of names and values",
        ),
        (lambda client: client.raw.request("GET", "/me", headers={3: "a"}), "3 is not the name of a header"),
        (lambda client: client.raw.request("GET", "/me", headers={"a": 3}), "a is of type int: pass a string"),
    ],
)
def test_invalid_arguments_of_methods(make, said):
    with answered() as client, pytest.raises(InvalidInputError) as caught:
        make(client)

    assert str(caught.value).startswith(said)
    assert SECRET not in repr(caught.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: MemoryCache(max_entries="a"), "MemoryCache(max_entries='a'): pass a whole number, 1 or more"),
        (lambda: MemoryCache(max_bytes=1.5), "MemoryCache(max_bytes=1.5): pass a whole number, 1 or more"),
        (lambda: MemoryCache(max_entries=True), "MemoryCache(max_entries=True): pass a whole number"),
        (lambda: MemoryCache(clock=3), "clock=3: pass a function"),
        (lambda: RedisCache({}), "client is of type dict: pass a client of redis-py, or use from_url"),
        (lambda: AsyncRedisCache(3), "client is of type int: pass a client of redis-py"),
        (lambda: RedisCache.from_url(3), "this is not a Redis URL: use redis://host:6379/0"),
        (lambda: RedisCache.from_url("redis://localhost", prefix=3), "prefix=3: pass a str"),
        (lambda: RedisTokenStore({}), "client is of type dict: pass a client of redis-py, or use from_url"),
        (lambda: RedisTokenStore.from_url(3), "this is not a Redis URL: use redis://host:6379/0"),
        (
            lambda: RedisTokenStore.from_url("redis://localhost", lock_seconds="a"),
            "lock_seconds='a': pass seconds, more than 0",
        ),
        (lambda: Retry(writes="yes"), "Retry(writes)='yes': pass a bool"),
        (lambda: Token(SECRET.encode()), "access_token is of type bytes: pass a string"),
        (lambda: MemoryTokenStore(SECRET), "token is of type str: pass a Token"),
        (lambda: FileTokenStore(3), "path=3: pass the path of a file"),
        (lambda: FileTokenStore("a\0b"), "path contains a NUL character"),
        (
            lambda: FileTokenStore(f"redis://:{SECRET}@localhost/0"),
            "path is a URL (redis://...): pass the path of a file",
        ),
    ],
)
def test_invalid_settings_of_helper_objects(make, said):
    with pytest.raises(InvalidInputError) as caught:
        make()

    assert str(caught.value).startswith(said)
    assert SECRET not in repr(caught.value)


def test_map_of_the_async_client_with_a_plain_function():
    async def main():
        async with AsyncSoundCloudClient() as client:
            return await client.map(lambda item: item + 1, [1, 2])

    assert [outcome.value for outcome in asyncio.run(main())] == [2, 3]


def test_map_of_the_sync_client_with_a_coroutine_function():
    with answered() as client:
        [outcome] = client.map(coroutine, [1])

    assert "coroutine is asynchronous: use AsyncSoundCloudClient" in str(outcome.error)


@pytest.mark.parametrize("cls", [SoundCloudClient, AsyncSoundCloudClient])
@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": -1},
        {"base_url": "nowhere"},
        {"leeway": -1},
        {"token_store": 3},
        {"max_retries": -1},
        {"user_agent": "a\nb"},
        {"redirect_uri": 3},
        {"token_provider": 3},
        {"client_secret": b"SECRET-BYTES"},
        {"access_token": "SECRET\nTOKEN"},
    ],
)
def test_no_frame_of_a_settings_error_shows_a_secret(cls, wrong, monkeypatch):
    settings = {"client_id": "id", "client_secret": "SECRET-1", "access_token": "SECRET-2", "refresh_token": "SECRET-3"}
    if "token_provider" in wrong:
        settings.pop("access_token")
    for call in (lambda: cls(**{**settings, **wrong}), lambda: cls.from_env(**{**settings, **wrong})):
        with pytest.raises(SoundCloudError) as caught:
            call()
        report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        frames = [frame for frame in report.stack if frame.filename != __file__]
        assert frames
        assert not [frame for frame in frames if "SECRET" in repr(frame.locals)]
        assert "SECRET" not in f"{caught.value!r} {vars(caught.value)}"

    for name in ("CLIENT_SECRET", "ACCESS_TOKEN", "REFRESH_TOKEN"):
        monkeypatch.setenv(f"SOUNDCLOUD_{name}", "SECRET-ENV")
    with pytest.raises(InvalidInputError) as caught:
        cls.from_env(timeout=-1)
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "SECRET" not in repr([frame.locals for frame in report.stack if frame.filename != __file__])


def test_the_tokens_of_a_client_are_plain_strings():
    client = SoundCloudClient(access_token="access", refresh_token="refresh")
    assert [type(client.access_token), repr(client.access_token)] == [str, "'access'"]
    assert [type(client.refresh_token), repr(client.refresh_token)] == [str, "'refresh'"]
