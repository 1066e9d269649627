"""The examples of the docstrings run on both clients, with a dataset that has what they name."""

import ast
import asyncio
import contextlib
import doctest
import importlib
import inspect
import io
import os
import pkgutil
import sys

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount

import soundcloud
from soundcloud import (
    AsyncSoundCloudClient,
    Limits,
    Retry,
    SoundCloudClient,
    Timeout,
    Token,
    Urn,
    generate_code_challenge,
    generate_code_verifier,
    retries_off,
)
from soundcloud.caches import AsyncRedisCache, MemoryCache, RedisCache
from soundcloud.models import Track, User
from soundcloud.sandbox import Faults, RateLimitFault, Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud.stores import AsyncRedisTokenStore, FileTokenStore, MemoryTokenStore, RedisTokenStore
from soundcloud.web import RedisSessionStore, Sessions, SoundCloudRoutes

DATASET = {
    "users": [
        {"permalink": "forss", "id": 183, "plan": "Pro Unlimited"},
        {"permalink": "bo", "id": 948745750, "web_profiles": [{"service": "personal", "url": "https://example.com"}]},
        {"permalink": "cy", "id": 25219981},
    ],
    "tracks": [
        {"user": "forss", "id": 308946187, "title": "Night lofi", "bpm": 80, "genre": "Ambient"},
        {"user": "forss", "id": 293, "title": "Flickermood"},
        {"user": "bo", "id": 9, "title": "lofi"},
        *({"user": "cy", "title": f"lofi {number}"} for number in range(60)),
    ],
    "playlists": [
        {"user": "forss", "id": 1212781357, "title": "Study", "tracks": ["forss/night-lofi", "bo/lofi"]},
    ],
    "follows": [
        {"user": "forss", "follows": "bo"},
        {"user": "bo", "follows": "forss"},
        {"user": "bo", "follows": "cy"},
    ],
    "likes": [
        {"user": "forss", "track": "forss/night-lofi"},
        {"user": "forss", "playlist": "forss/study"},
        {"user": "bo", "track": "forss/night-lofi"},
    ],
    "reposts": [{"user": "forss", "track": "forss/night-lofi"}, {"user": "forss", "playlist": "forss/study"}],
    "comments": [{"user": "bo", "track": "forss/night-lofi", "body": "so good", "timestamp": 1500}],
}
# These need a user, a browser, a notebook, a keyring or a request with a signed-in session.
NOT_RUN = {
    "soundcloud.web.routes.SoundCloudRoutes.client",
    "soundcloud.loopback.LoopbackReceiver",
    "soundcloud.notebook.Player.on",
    "soundcloud.notebook.Player.wait_until",
    "soundcloud.stores.keyring.KeyringTokenStore",
    "soundcloud._async.namespaces.auth.AsyncAuthNamespace.login",
    "soundcloud._sync.namespaces.auth.AuthNamespace.login",
}
PARSER = doctest.DocTestParser()


def documented():
    """Return the docstrings with examples, by the full name of their object."""
    found = {}
    for info in pkgutil.walk_packages(soundcloud.__path__, "soundcloud."):
        # The modules of `contrib` need a configured Django; tests/web/test_django.py and tests/compat do what their examples show.
        if info.name.rpartition(".")[2] == "__main__" or info.name.startswith("soundcloud.contrib."):
            continue
        module = importlib.import_module(info.name)
        found[info.name] = module.__doc__
        for name, value in vars(module).items():
            if getattr(value, "__module__", None) != info.name or not (
                inspect.isclass(value) or inspect.isfunction(value)
            ):
                continue
            found[f"{info.name}.{name}"] = value.__doc__
            for member, inside in vars(value).items() if inspect.isclass(value) else ():
                found[f"{info.name}.{name}.{member}"] = getattr(inside, "__doc__", None)
    return {name: text for name, text in found.items() if text and PARSER.get_examples(text)}


EXAMPLES = documented()


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(dataset=DATASET) as running:
        yield running


@pytest.fixture
def settings(sandbox, tmp_path, monkeypatch):
    """Return a client's settings, with a fresh dataset, in a temporary folder."""
    sandbox.reset()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "night.wav").write_bytes(tone())
    given = sandbox.client_settings("forss")
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", sandbox.client_id)
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_SECRET", sandbox.client_secret)
    monkeypatch.setenv("SOUNDCLOUD_REDIRECT_URI", "http://127.0.0.1:8000/soundcloud/callback")
    monkeypatch.setenv("SOUNDCLOUD_AUTH_URL", sandbox.auth_url)
    monkeypatch.setenv("SOUNDCLOUD_API_URL", sandbox.api_url)
    monkeypatch.setenv("SECRET_KEY", "a secret of the tests, long enough to be one")
    return given


def names(sandbox, settings, client):
    """Return the names that an example may use without an import."""

    def connected(cls):
        """Return a client class that uses the sandbox, with any token."""

        class Connected(cls):
            def __init__(self, *given, **options):
                sent = {"base_url": sandbox.api_url, "auth_url": sandbox.auth_url} | options
                if sent.get("access_token") == "...":
                    sent["access_token"] = sandbox.user_token("forss")
                super().__init__(*given, **sent)

        return Connected

    verifier = generate_code_verifier()
    with SoundCloudClient(**settings) as other:
        url = other.auth.get_authorization_url(code_challenge=generate_code_challenge(verifier))
    answer = sandbox.approve(url, user="forss")
    common = (AsyncRedisCache, AsyncRedisTokenStore, Faults, FileTokenStore, Limits, MemoryCache, MemoryTokenStore)
    common += (RateLimitFault, RedisCache, RedisTokenStore, Retry, Sandbox, Timeout, Token, Urn)
    common += (HTTPException, Mount, RedisSessionStore, Sessions, SoundCloudRoutes, Starlette)
    common += (generate_code_challenge, generate_code_verifier, retries_off, tone)
    artwork = "https://i1.sndcdn.com/artworks-000067273316-smsiqx-large.jpg"
    words = {
        "title": "Flickermood",
        "permalink_url": "https://soundcloud.com/forss/flickermood",
        "artwork_url": artwork,
    }
    return {each.__name__: each for each in common} | {
        "AsyncSoundCloudClient": connected(AsyncSoundCloudClient),
        "SoundCloudClient": connected(SoundCloudClient),
        "client": client,
        "os": os,
        "code": answer.partition("code=")[2].partition("&")[0],
        "run_my_program": lambda: None,
        "sandbox": sandbox,
        "secret_key": os.environ["SECRET_KEY"],
        "track": Track(urn="soundcloud:tracks:308946187", user=User(username="Forss"), **words),
        "urns": ["soundcloud:tracks:308946187", "soundcloud:tracks:293"],
        "verifier": verifier,
    }


def module_of(name):
    """Return the module of a docstring, whose names an example may use."""
    while name not in sys.modules:
        name = name.rpartition(".")[0]
    return sys.modules[name]


async def run(name, text, namespace):
    """Run an example, and compare the output with the expected one."""
    for example in PARSER.get_examples(text, name):
        # An expression with an expected output prints its repr, as at the prompt.
        mode = "single" if example.want else "exec"
        code = compile(example.source, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            result = eval(code, namespace)
            if inspect.iscoroutine(result):
                await result
        if example.want:
            assert (
                printed.getvalue().replace(namespace["sandbox"].api_url, "https://api.soundcloud.com") == example.want
            )


async def close(namespace):
    for value in namespace.values():
        if isinstance(value, AsyncSoundCloudClient):
            await value.aclose()
        elif isinstance(value, SoundCloudClient):
            value.close()


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - NOT_RUN))
def test_every_example_runs(name, sandbox, settings):
    asynchronous = "Async" in name

    async def main():
        client = (AsyncSoundCloudClient if asynchronous else SoundCloudClient)(**settings)
        namespace = {**vars(module_of(name)), **names(sandbox, settings, client)}
        if "Stream." in name:
            stream = client.tracks.get_stream(308946187)
            namespace["stream"] = await stream if asynchronous else stream
        if "Routes." in name:
            await run(name, EXAMPLES["soundcloud.web.routes.SoundCloudRoutes"], namespace)
        if name.endswith(".RecordedRequests"):
            with SoundCloudClient(**settings) as other:
                sandbox.clear_requests()
                other.me.get_me()
                assert other.search.tracks("lofi").collection
                other.likes.like_track(9)
        deprecated = "Deprecated by SoundCloud" in EXAMPLES[name]
        try:
            with (
                pytest.warns(DeprecationWarning, match="^SoundCloud deprecates")
                if deprecated
                else contextlib.nullcontext()
            ):
                await run(name, EXAMPLES[name], namespace)
        finally:
            await close(namespace)

    asyncio.run(main())


def test_the_examples_that_do_not_run_exist_and_compile():
    assert EXAMPLES.keys() >= NOT_RUN
    for name in NOT_RUN:
        for example in PARSER.get_examples(EXAMPLES[name]):
            compile(example.source, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_the_examples_are_found():
    """tests/unit/test_surface.py checks that every method has an example."""
    assert len(EXAMPLES) > 150
