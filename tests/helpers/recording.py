"""Recording of cassettes from the sandbox or from SoundCloud, without secrets."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from vcr.serializers import yamlserializer

CASSETTES = Path(__file__).parents[1] / "cassettes"
API, AUTH, PICTURES = "https://api.soundcloud.com", "https://secure.soundcloud.com", "https://i1.sndcdn.com"
REDIRECT = "http://127.0.0.1:8765/callback"
HEADERS = {
    "sandbox": (
        "# Recorded by `make cassettes` from soundcloud.sandbox, the local server of this project, not from SoundCloud.\n"
        "# URLs are those of SoundCloud, tokens and secrets are placeholders. Do not edit.\n"
    ),
    "live": (
        "# Recorded by `make cassettes SOURCE=live` from SoundCloud.\n"
        "# Tokens and secrets are placeholders. Do not edit.\n"
    ),
}
SECRETS = {"access_token", "refresh_token", "client_secret", "code", "code_verifier", "secret_token"}
ACCOUNT_VARIABLES = (
    "SOUNDCLOUD_CLIENT_ID",
    "SOUNDCLOUD_CLIENT_SECRET",
    "SOUNDCLOUD_REDIRECT_URI",
    "SOUNDCLOUD_ACCESS_TOKEN",
)
# Replaces the time of recording, so that a new recording does not differ.
RECORDED_AT = "2026/11/01 12:00:00 +0000"


class RefusedRecordingError(Exception):
    """Recording is not possible; nothing was recorded."""


def check_source(source: str, writes: str | None, environment: Mapping[str, str]) -> None:
    """Refuse to record from SoundCloud without an account or without a decision about writes.

    Args:
        source: `sandbox` or `live`.
        writes: `yes` or `no`; None if not given.
        environment: The environment variables.

    Raises:
        RefusedRecordingError: A variable or the decision is missing.
    """
    if source == "sandbox":
        return
    missing = [name for name in ACCOUNT_VARIABLES if not environment.get(name, "").strip()]
    if missing:
        raise RefusedRecordingError(f"recording from SoundCloud needs an account: set {', '.join(missing)}")
    if writes is None:
        raise RefusedRecordingError(
            "some cassettes upload, delete, like, repost and follow: give WRITES=yes to record them with this account,"
            " or WRITES=no to leave them as they are"
        )


class LabelledSerializer:
    """A YAML serializer that writes the source into a header comment.

    Args:
        source: `sandbox` or `live`.
    """

    def __init__(self, source: str) -> None:
        self._header = HEADERS[source]

    def serialize(self, cassette: dict[str, Any]) -> str:
        return self._header + yamlserializer.serialize(cassette)

    def deserialize(self, text: str) -> dict[str, Any]:
        return yamlserializer.deserialize(text)


class Scrubber:
    """Replaces secrets and values that differ in each recording.

    Attributes:
        names: Replacements for URLs and values of the sandbox or of an account.
        since: Later timestamps are written as `RECORDED_AT`; None leaves all of them.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.since: datetime | None = None

    def text(self, text: str) -> str:
        for name, written in self.names.items():
            text = text.replace(name, written)
        text = re.sub(r"(secret_token=|/s-)[\w-]+", r"\1SECRET", text)
        # The signature of a media URL.
        text = re.sub(r"(?i)\b(expires|signature|policy|key-pair-id)=[^&\s\"]+", r"\1=SECRET", text)
        return re.sub(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \+0000", self._timestamp, text)

    def _timestamp(self, found: re.Match[str]) -> str:
        moment = datetime.strptime(found[0], "%Y/%m/%d %H:%M:%S %z")
        return found[0] if self.since is None or moment < self.since else RECORDED_AT

    def fields(self, body: bytes) -> bytes:
        """Replace the secrets in a form or in JSON."""
        text = body.decode("utf-8", "replace")
        try:
            data = json.loads(text)
        except ValueError:
            pairs = parse_qsl(text, keep_blank_values=True)
            if not pairs or "multipart" in text or "\r\n" in text:
                return body
            return self.text(urlencode([(name, _hidden(name, value)) for name, value in pairs])).encode()
        hidden = _without_secrets(data)
        return self.text(text if hidden == data else json.dumps(hidden)).encode()

    def request(self, request: Any) -> Any:
        if request.path == "/authorize":
            return None  # sent by the user's browser, not by the client
        request.uri = self.text(request.uri)
        request.headers = {
            name: "SECRET" if name.lower() == "authorization" else value
            for name, value in request.headers.items()
            if name.lower() in {"authorization", "content-type", "accept"}
        }
        kind = request.headers.get("content-type", "")
        boundary = kind.partition("boundary=")[2]
        if boundary:
            request.headers["content-type"] = kind.replace(boundary, "BOUNDARY")
            request.body = bytes(request.body).replace(boundary.encode(), b"BOUNDARY")
        elif isinstance(request.body, bytes):
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


def _hidden(name: str, value: Any) -> Any:
    return name.upper() if name in SECRETS and isinstance(value, str) else _without_secrets(value)


def _without_secrets(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _hidden(name, value) for name, value in data.items()}
    return [_without_secrets(item) for item in data] if isinstance(data, list) else data


class Source:
    """Client settings and a way to approve a sign-in.

    Attributes:
        settings: The settings of a client.
        approve: Takes the URL of the consent page, returns the URL of the redirect.
    """

    def __init__(self, settings: dict[str, Any], approve: Callable[[str], str]) -> None:
        self.settings = settings
        self.approve = approve


def played_source() -> Source:
    """Return the source for playing a cassette: SoundCloud's URLs and placeholders."""
    settings = {
        "client_id": "client",
        "client_secret": "SECRET",
        "redirect_uri": REDIRECT,
        "base_url": API,
        "auth_url": AUTH,
        "access_token": "SECRET",
    }
    return Source(settings, lambda url: f"{REDIRECT}?code=CODE")


@contextmanager
def sandbox_source(scrubber: Scrubber) -> Iterator[Source]:
    """Start a sandbox to record from."""
    from soundcloud.sandbox import Sandbox

    with Sandbox(processing_seconds=0) as sandbox:
        origins = {sandbox.api_url: API, sandbox.auth_url: AUTH, sandbox.media_url: PICTURES}
        scrubber.names = {**origins, sandbox.client_id: "client"}
        scrubber.since = datetime.now(UTC).replace(microsecond=0)
        settings = {
            "client_id": sandbox.client_id,
            "client_secret": sandbox.client_secret,
            "redirect_uri": sandbox.redirect_uri,
            "base_url": sandbox.api_url,
            "auth_url": sandbox.auth_url,
            "access_token": sandbox.user_token(),
        }
        yield Source(settings, sandbox.approve)


def live_source(scrubber: Scrubber, environment: Mapping[str, str], config: pytest.Config) -> Source:
    """Return the source for recording from SoundCloud; the user signs in at the terminal."""
    client_id, client_secret, redirect_uri, access_token = (environment[name].strip() for name in ACCOUNT_VARIABLES)
    scrubber.names = {
        client_id: "client",
        client_secret: "SECRET",
        access_token: "SECRET",
        redirect_uri: REDIRECT,
        urlencode({"": redirect_uri})[1:]: urlencode({"": REDIRECT})[1:],
    }
    settings = {
        "client_id": client_id,
        "client_secret": client_secret,
        "redirect_uri": redirect_uri,
        "base_url": API,
        "auth_url": AUTH,
        "access_token": access_token,
    }

    def approve(url: str) -> str:
        capture = config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            return input(f"\nOpen {url}\nallow access, and paste the URL that you were redirected to: ").strip()

    return Source(settings, approve)
