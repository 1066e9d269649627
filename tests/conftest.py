"""What all tests share: cassettes are recorded from the sandbox, without secrets, and say so."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from vcr.serializers import yamlserializer

from soundcloud import retries_off

CASSETTES = Path(__file__).parent / "cassettes"
API, AUTH = "https://api.soundcloud.com", "https://secure.soundcloud.com"
PICTURES = "https://i1.sndcdn.com"
HEADER = (
    "# Recorded by `make cassettes` from soundcloud.sandbox, the local server of this project, not from SoundCloud.\n"
    "# Addresses are written as the live ones, tokens and secrets as placeholders. Do not edit.\n"
)
SECRETS = {"access_token", "refresh_token", "client_secret", "code", "code_verifier"}


class Labelled:
    """YAML with a first line that says where it comes from."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        return HEADER + yamlserializer.serialize(cassette)

    @staticmethod
    def deserialize(text: str) -> dict[str, Any]:
        return yamlserializer.deserialize(text)


class Scrubber:
    """Writes the sandbox's addresses as the live ones, and secrets as placeholders."""

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}

    def text(self, text: str) -> str:
        for address, live in self.addresses.items():
            text = text.replace(address, live)
        return re.sub(r"(secret_token=|/s-)[\w-]+", r"\1SECRET", text)

    def fields(self, body: bytes) -> bytes:
        """Replace the secrets of a form or a JSON object."""
        text = body.decode("utf-8", "replace")
        try:
            data = json.loads(text)
        except ValueError:
            pairs = parse_qsl(text, keep_blank_values=True)
            if not pairs or "multipart" in text or "\r\n" in text:
                return body
            return urlencode([(name, name.upper() if name in SECRETS else value) for name, value in pairs]).encode()
        if not isinstance(data, dict) or not SECRETS & data.keys():
            return self.text(text).encode()
        return json.dumps({name: name.upper() if name in SECRETS else value for name, value in data.items()}).encode()

    def request(self, request: Any) -> Any:
        if request.path == "/authorize":
            return None  # the person's browser, not the client
        request.uri = self.text(request.uri)
        request.headers = {
            name: "SECRET" if name.lower() == "authorization" else value
            for name, value in request.headers.items()
            if name.lower() in {"authorization", "content-type", "accept"}
        }
        if isinstance(request.body, bytes):
            request.body = self.fields(request.body)
        return request

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        body = response["body"]["string"]
        response["body"]["string"] = self.fields(body) if body else body
        kept = {"content-type", "location", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
        response["headers"] = {
            name: [self.text(value) for value in ([values] if isinstance(values, str) else values)]
            for name, values in response["headers"].items()
            if name.lower() in kept
        }
        return response


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    vcr.register_serializer("yaml", Labelled)


@pytest.fixture
def retrying() -> None:
    """Asks for clients that try again; without it none does, so that no test waits."""


@pytest.fixture(autouse=True)
def _retries(request: pytest.FixtureRequest) -> Iterator[None]:
    with nullcontext() if "retrying" in request.fixturenames else retries_off():
        yield


@pytest.fixture(scope="session")
def scrubber() -> Scrubber:
    return Scrubber()


@pytest.fixture(scope="session")
def vcr_config(scrubber: Scrubber) -> dict[str, Any]:
    return {
        "serializer": "yaml",
        # Functions: of a bound method a copy would be made, with the scrubber as it is now.
        "before_record_request": lambda request: scrubber.request(request),
        "before_record_response": lambda response: scrubber.response(response),
        "match_on": ["method", "scheme", "host", "path", "query"],
        "decode_compressed_response": True,
    }


@pytest.fixture
def vcr_cassette_dir() -> str:
    return str(CASSETTES)


@pytest.fixture
def default_cassette_name(request: pytest.FixtureRequest) -> str:
    """`test_tracks` plays `tracks.yaml`, in both twins."""
    return request.node.originalname.removeprefix("test_")


@pytest.fixture
def recorded_from(record_mode: str, scrubber: Scrubber) -> Iterator[Any]:
    """The sandbox that a cassette is recorded from; None when one is played."""
    if record_mode == "none":
        yield None
        return
    from soundcloud.sandbox import Sandbox

    with Sandbox(processing_seconds=0) as sandbox:
        scrubber.addresses = {sandbox.api_url: API, sandbox.auth_url: AUTH, sandbox.media_url: PICTURES}
        yield sandbox


@pytest.fixture
def settings(recorded_from: Any) -> dict[str, Any]:
    """The settings of a client: the live addresses when a cassette is played."""
    sandbox = recorded_from
    return {
        "client_id": sandbox.client_id if sandbox else "client",
        "client_secret": sandbox.client_secret if sandbox else "SECRET",
        "redirect_uri": sandbox.redirect_uri if sandbox else "http://127.0.0.1:8765/callback",
        "base_url": sandbox.api_url if sandbox else API,
        "auth_url": sandbox.auth_url if sandbox else AUTH,
        "access_token": sandbox.user_token() if sandbox else "SECRET",
    }


@pytest.fixture
def approve(recorded_from: Any) -> Callable[[str], str]:
    """Plays the person at the consent page; without a sandbox the code is a placeholder, as it is in the cassette."""
    if recorded_from is None:
        return lambda url: "http://127.0.0.1:8765/callback?code=CODE"
    return recorded_from.approve


@pytest.fixture(autouse=True)
def played(request: pytest.FixtureRequest, record_mode: str) -> Iterator[None]:
    """A test that plays a cassette plays all of it."""
    cassette = request.getfixturevalue("vcr") if request.node.get_closest_marker("vcr") else None
    yield
    if cassette is not None and record_mode == "none":
        assert cassette.play_count == len(cassette) > 0
