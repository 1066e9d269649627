"""A pytest plugin: a SoundCloud of its own for every test, and clients that are signed in to it.

It comes with the package; nothing is imported or started before a test asks for one of its fixtures.

    def test_likes(soundcloud_client):
        track = soundcloud_client.search.tracks("lofi").collection[0]
        soundcloud_client.likes.like_track(track)
        assert track.urn in [liked.urn for liked in soundcloud_client.me.get_likes_tracks()]

    @pytest.mark.soundcloud(catalogue={"users": [{"permalink": "ada"}]}, user="ada")
    async def test_me(async_soundcloud_client):  # under anyio, pytest-asyncio or trio
        async with async_soundcloud_client as client:
            assert (await client.me.get_me()).permalink == "ada"

One server runs for the whole run, for each worker where pytest-xdist starts several; each test finds the world as it was at
the start. The options are those of the marker `soundcloud`, for a test, a class or a module, and of these lines in pytest's
configuration, for the run:

| marker | configuration | what it is | default |
| --- | --- | --- | --- |
| `seed` | `soundcloud_seed` | what the invented catalogue is made from | 7 |
| `catalogue` | `soundcloud_catalogue` | a world of your own: a file, in the marker also an object | none |
| `user` | `soundcloud_user` | the permalink of who is signed in | the world's first |

A file is looked for from the folder of the configuration.
"""

from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any

import pytest

from soundcloud.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from ssl import SSLContext

    from soundcloud import AsyncSoundCloudClient, SoundCloudClient
    from soundcloud.sandbox import Sandbox

_OPTIONS = ("seed", "catalogue", "user")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the lines of the configuration."""
    parser.addini("soundcloud_seed", "what the invented catalogue of the sandbox is made from")
    parser.addini("soundcloud_catalogue", "a JSON file with a world of your own for the sandbox")
    parser.addini("soundcloud_user", "the permalink of who is signed in by soundcloud_client")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker."""
    config.addinivalue_line(
        "markers",
        "soundcloud(seed=None, catalogue=None, user=None): the world of the sandbox, and who is signed in to it",
    )


@pytest.fixture(scope="session")
def _soundcloud_server() -> "Iterator[Sandbox]":
    from soundcloud.sandbox import Sandbox

    # What a test uploads can be heard at once; `sandbox.processing_seconds` makes it wait.
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def soundcloud_sandbox(request: pytest.FixtureRequest, _soundcloud_server: "Sandbox") -> "Sandbox":
    """A sandbox whose world is as it was at the start, whatever the test before did."""
    options = _options(request)
    catalogue = options["catalogue"]
    if isinstance(catalogue, str | PathLike):
        catalogue = request.config.rootpath / catalogue
    try:
        _soundcloud_server.reset(seed=options["seed"], catalogue=catalogue)
    except SandboxError as problem:
        # The same, but without the way that it took through the sandbox.
        pytest.fail(str(problem), pytrace=False)
    return _soundcloud_server


@pytest.fixture
def soundcloud_client(request: pytest.FixtureRequest, soundcloud_sandbox: "Sandbox") -> "Iterator[SoundCloudClient]":
    """A client of `soundcloud_sandbox`, signed in."""
    from httpx import HTTPTransport

    from soundcloud import SoundCloudClient

    transport = HTTPTransport(verify=_no_certificates())
    with SoundCloudClient(**_settings(request, soundcloud_sandbox), transport=transport) as client:
        yield client


@pytest.fixture
def async_soundcloud_client(request: pytest.FixtureRequest, soundcloud_sandbox: "Sandbox") -> "AsyncSoundCloudClient":
    """An async client of `soundcloud_sandbox`, signed in; the test enters it: `async with async_soundcloud_client as client`.

    It is not entered here, because a fixture does not run in the test's event loop under every plugin; a client that is made
    but not entered holds nothing open.
    """
    from httpx import AsyncHTTPTransport

    from soundcloud import AsyncSoundCloudClient

    transport = AsyncHTTPTransport(verify=_no_certificates())
    return AsyncSoundCloudClient(**_settings(request, soundcloud_sandbox), transport=transport)


def _no_certificates() -> "SSLContext":
    """Trust nobody. The sandbox speaks plain http, and reading the usual certificates takes 40 ms for each client."""
    from ssl import PROTOCOL_TLS_CLIENT, SSLContext

    return SSLContext(PROTOCOL_TLS_CLIENT)


def _settings(request: pytest.FixtureRequest, sandbox: "Sandbox") -> dict[str, Any]:
    try:
        return dict(sandbox.client_settings(_options(request)["user"]))
    except SandboxError as problem:
        pytest.fail(str(problem), pytrace=False)


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the markers say, the nearest first, and what the configuration says where they say nothing."""
    options = _configured(request.config)
    for marker in reversed(list(request.node.iter_markers("soundcloud"))):
        unknown = marker.kwargs.keys() - set(_OPTIONS)
        if marker.args or unknown:
            wrong = ", ".join(sorted(unknown)) or "values without a name"
            pytest.fail(f"@pytest.mark.soundcloud takes seed=, catalogue= and user=, not {wrong}", pytrace=False)
        if marker.kwargs.keys() & {"seed", "catalogue"}:
            # Another world than the farther ones said, as a whole.
            options |= {"seed": None, "catalogue": None}
        options |= marker.kwargs
    if options["seed"] is None and options["catalogue"] is None:
        from soundcloud.sandbox.data.datasets import DEFAULT_SEED

        # The test before may have had another world.
        options["seed"] = DEFAULT_SEED
    return options


def _configured(config: pytest.Config) -> dict[str, Any]:
    seed, catalogue, user = (config.getini(f"soundcloud_{name}") for name in _OPTIONS)
    try:
        number = int(seed) if seed else None
    except ValueError:
        pytest.fail(f"soundcloud_seed={seed!r} is no whole number", pytrace=False)
    return {"seed": number, "catalogue": catalogue or None, "user": user or None}
