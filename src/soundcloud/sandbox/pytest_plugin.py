"""A pytest plugin: a local SoundCloud with fresh data for every test, and clients that are signed in to it.

It comes with the package. Nothing is imported or started before a test requests one of its fixtures.

    def test_likes(soundcloud_client):
        track = soundcloud_client.search.tracks("lofi").collection[0]
        soundcloud_client.likes.like_track(track)
        assert track.urn in [liked.urn for liked in soundcloud_client.me.get_likes_tracks()]

    @pytest.mark.soundcloud(dataset={"users": [{"permalink": "ada"}]}, user="ada")
    async def test_me(async_soundcloud_client):  # under anyio, pytest-asyncio or trio
        async with async_soundcloud_client as client:
            assert (await client.me.get_me()).permalink == "ada"

One server runs for the whole session, or one for each worker of pytest-xdist; its data is reset before each test. Set the
options for a test, a class or a module with the marker `soundcloud`, and for all tests in pytest's configuration:

| marker | configuration | meaning | default |
| --- | --- | --- | --- |
| `seed` | `soundcloud_seed` | the seed of the generated dataset | 7 |
| `dataset` | `soundcloud_dataset` | a custom dataset: the path of a JSON file; the marker also takes a dict | none |
| `user` | `soundcloud_user` | the permalink of the user who is signed in | the dataset's first user |

Paths are relative to the folder of the configuration.
"""

from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any

import pytest

from soundcloud.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from ssl import SSLContext

    from soundcloud import AsyncSoundCloudClient, SoundCloudClient
    from soundcloud.sandbox import Sandbox, SandboxClientSettings

_OPTIONS = ("seed", "dataset", "user")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the configuration options."""
    parser.addini("soundcloud_seed", "the seed of the sandbox's generated dataset")
    parser.addini("soundcloud_dataset", "a JSON file with a custom dataset for the sandbox")
    parser.addini("soundcloud_user", "the permalink of the user whom soundcloud_client signs in")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        "soundcloud(seed=None, dataset=None, user=None): the dataset of the sandbox, and the user who is signed in",
    )


@pytest.fixture(scope="session")
def _soundcloud_server() -> "Iterator[Sandbox]":
    from soundcloud.sandbox import Sandbox

    # Uploads have streams at once; a test can change that with `sandbox.change_settings(processing_seconds=...)`.
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def soundcloud_sandbox(request: pytest.FixtureRequest, _soundcloud_server: "Sandbox") -> "Sandbox":
    """A sandbox that is reset before each test."""
    options = _options(request)
    dataset = options["dataset"]
    if isinstance(dataset, str | PathLike):
        dataset = request.config.rootpath / dataset
    try:
        _soundcloud_server.reset(seed=options["seed"], dataset=dataset)
    except SandboxError as error:
        pytest.fail(str(error), pytrace=False)
    return _soundcloud_server


@pytest.fixture
def soundcloud_client(request: pytest.FixtureRequest, soundcloud_sandbox: "Sandbox") -> "Iterator[SoundCloudClient]":
    """A client of `soundcloud_sandbox` with a user signed in."""
    from httpx import HTTPTransport

    from soundcloud import SoundCloudClient

    transport = HTTPTransport(verify=_no_certificates())
    with SoundCloudClient(**_settings(request, soundcloud_sandbox), transport=transport) as client:
        yield client


@pytest.fixture
def async_soundcloud_client(request: pytest.FixtureRequest, soundcloud_sandbox: "Sandbox") -> "AsyncSoundCloudClient":
    """An async client of `soundcloud_sandbox` with a user signed in; use it as `async with async_soundcloud_client as client`.

    The fixture does not enter the client, because not every async plugin runs fixtures in the test's event loop. A client
    that is never entered holds no resources.
    """
    from httpx import AsyncHTTPTransport

    from soundcloud import AsyncSoundCloudClient

    transport = AsyncHTTPTransport(verify=_no_certificates())
    return AsyncSoundCloudClient(**_settings(request, soundcloud_sandbox), transport=transport)


def _no_certificates() -> "SSLContext":
    """Return a context without certificates: the sandbox uses plain http, and loading the usual ones takes 40 ms per client."""
    from ssl import PROTOCOL_TLS_CLIENT, SSLContext

    return SSLContext(PROTOCOL_TLS_CLIENT)


def _settings(request: pytest.FixtureRequest, sandbox: "Sandbox") -> "SandboxClientSettings":
    try:
        return sandbox.client_settings(_options(request)["user"])
    except SandboxError as error:
        pytest.fail(str(error), pytrace=False)


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Merge the configuration with the markers; the marker nearest to the test wins."""
    options = _configured(request.config)
    for marker in reversed(list(request.node.iter_markers("soundcloud"))):
        unknown = marker.kwargs.keys() - set(_OPTIONS)
        if marker.args or unknown:
            wrong = ", ".join(sorted(unknown)) or "positional arguments"
            pytest.fail(f"@pytest.mark.soundcloud takes seed=, dataset= and user=, not {wrong}", pytrace=False)
        if marker.kwargs.keys() & {"seed", "dataset"}:
            # Seed and dataset together select the dataset: a nearer marker replaces both.
            options |= {"seed": None, "dataset": None}
        options |= marker.kwargs
    if options["seed"] is None and options["dataset"] is None:
        from soundcloud.sandbox.data.datasets import DEFAULT_SEED

        # Explicit, because without both a reset keeps the dataset of the test before.
        options["seed"] = DEFAULT_SEED
    return options


def _configured(config: pytest.Config) -> dict[str, Any]:
    seed, dataset, user = (config.getini(f"soundcloud_{name}") for name in _OPTIONS)
    try:
        number = int(seed) if seed else None
    except ValueError:
        pytest.fail(f"soundcloud_seed={seed!r} is not a whole number", pytrace=False)
    return {"seed": number, "dataset": dataset or None, "user": user or None}
