"""The log of requests and responses, by `logging` and by the environment variable `SOUNDCLOUD_LOG`."""

import json
import logging
import subprocess
import sys

import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, ConnectionFailedError, Retry, StatusError
from soundcloud._protocol.masking import Masker
from soundcloud._wire_log import MAX_BODY, TRACE, mask_text
from tests.helpers import always_sent

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("retrying")]

API = "https://api.soundcloud.com"
SECRETS = (
    "own-token-123",
    "s-ShareSecret",
    "AbC123secret",
    "user@example.com",
    "new-access",
    "new-refresh",
    "key-of-mine",
)


def client_of(server, **settings):
    return AsyncSoundCloudClient(access_token="own-token-123", transport=server.transport, **settings)


def json_response(data, headers=()):
    """Return a response whose body is the same with all versions of httpx."""
    content = json.dumps(data, separators=(",", ":")).encode()
    return httpx.Response(200, content=content, headers={"content-type": "application/json", **dict(headers)})


def records(caplog):
    return [
        (record.levelname, record.getMessage().partition(" ")[2])
        for record in caplog.records
        if record.name == "soundcloud"
    ]


async def test_debug_shows_each_request_and_response(mock_server, caplog):
    headers = {"x-request-id": "r1", "x-ratelimit-remaining": "7", "set-cookie": "session=AbC123secret"}
    server = mock_server(
        httpx.Response(503, text="upstream connect error"),
        json_response({"collection": []}, headers),
    )
    caplog.set_level(logging.DEBUG, "soundcloud")
    async with client_of(server, retry=Retry(base_delay=0), user_agent="me/1") as client:
        await client.search.tracks("lo fi", limit=2, extra_headers={"X-Key": "key-of-mine"})

    shown = [(level, text) for level, text in records(caplog) if level == "DEBUG"]
    url = f"{API}/tracks?limit=2&linked_partitioning=true&q=lo%20fi"
    request = f"request: GET {url} (user-agent: me/1, authorization: OAuth ***, x-key: ***)"
    assert [text for _, text in shown if text.startswith("request")] == [request] * 2
    responses = [text for _, text in shown if text.startswith("response")]
    assert [text[:13] for text in responses] == ["response: 503", "response: 200"]
    assert "s, 17 bytes (request id r1, content-type: application/json, x-ratelimit-remaining: 7)" in responses[1]
    assert "body" not in caplog.text
    assert [secret for secret in SECRETS if secret in caplog.text] == []


async def test_trace_shows_bodies_without_secrets(mock_server, caplog):
    track = {
        "title": "Night",
        "secret_uri": "https://api.soundcloud.com/tracks/1?secret_token=s-ShareSecret",
        "permalink_url": "https://soundcloud.com/a/b/s-ShareSecret",
        "secret_token": "s-ShareSecret",
        "description": "booking: user@example.com",
        "echo": "own-token-123",
        "url": "https://cf.example.com/a.m3u8?Signature=AbC123secret&Key=1",
    }
    server = mock_server(json_response(track))
    caplog.set_level(TRACE, "soundcloud")
    async with client_of(server) as client:
        await client.tracks.get_track(1, secret_token="s-ShareSecret")
        await client.tracks.update(1, title="New", genre=None)
        await client.tracks.upload(b"sound", title="Mine", filename="a.mp3")

    bodies = [text for level, text in records(caplog) if level == "TRACE"]
    assert 'request body: {"track":{"genre":null,"title":"New"}}' in bodies
    assert 'request body: {"track[asset_data]": "<audio/mpeg>", "track[title]": "Mine"}' in bodies
    assert bodies[0].startswith("response body: {")
    assert '"title":"Night"' in bodies[0]
    assert "booking: ***@***" in bodies[0]
    assert [secret for secret in SECRETS if secret in caplog.text] == []


async def test_token_requests_are_logged_without_secrets(mock_server, caplog):
    token = {"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 3600, "scope": ""}
    server = mock_server(json_response(token))
    caplog.set_level(TRACE, "soundcloud")
    async with AsyncSoundCloudClient("id", "AbC123secret", "http://127.0.0.1/c", transport=server.transport) as client:
        await client.auth.get_user_token("key-of-mine", "user@example.com")

    assert 'grant_type": "authorization_code"' in caplog.text
    assert '"access_token":"***"' in caplog.text
    assert [secret for secret in SECRETS if secret in caplog.text] == []


async def test_large_and_binary_bodies(mock_server, caplog):
    server = mock_server(
        httpx.Response(200, json={"title": "x" * 2 * MAX_BODY}),
        httpx.Response(200, content=b"\xff\xfb", headers={"content-type": "audio/mpeg"}),
    )
    caplog.set_level(TRACE, "soundcloud")
    async with client_of(server) as client:
        await client.tracks.get_track(1)
        await client.raw.get("/file")

    long, binary = [text for level, text in records(caplog) if level == "TRACE"]
    assert len(long) == len("response body: ") + MAX_BODY
    assert binary == "response body: <2 bytes of audio/mpeg>"


async def test_failures_are_logged(mock_server, caplog):
    server = mock_server(httpx.ReadError("reset of own-token-123"), httpx.Response(404, json={}))
    caplog.set_level(logging.DEBUG, "soundcloud")
    async with client_of(server, max_retries=0) as client:
        with pytest.raises(ConnectionFailedError):
            await client.tracks.get_track(1)
        with pytest.raises(StatusError):
            await client.tracks.get_track(1)

    texts = [text for level, text in records(caplog) if level == "DEBUG"]
    assert texts[1].startswith("no response after 0.")
    assert texts[3].startswith("response: 404 in 0.")
    assert "own-token-123" not in caplog.text


PROGRAM = """
import logging, sys
{setup}
import httpx
from soundcloud import SoundCloudClient

respond = httpx.MockTransport(lambda request: httpx.Response(200, json={track}))
for _ in range(2):  # the handler is added once
    with SoundCloudClient(access_token="own-token-123", transport=respond) as client:
        client.tracks.get_track(1)
print(len(logging.getLogger("soundcloud").handlers))
"""


@pytest.mark.parametrize(
    ("value", "setup", "handlers", "lines"),
    [
        (None, "", 0, 0),
        ("", "", 0, 0),
        ("info", "", 1, 2),
        ("Debug", "", 1, 6),
        ("trace", "", 1, 8),
        ("loud", "", 0, 2),
        ("debug", "logging.basicConfig(level=logging.WARNING)", 0, 6),
        (None, "logging.basicConfig(level=logging.WARNING)", 0, 0),
    ],
)
def test_the_environment_variable(monkeypatch, value, setup, handlers, lines):
    monkeypatch.delenv("SOUNDCLOUD_LOG", raising=False)
    if value is not None:
        monkeypatch.setenv("SOUNDCLOUD_LOG", value)
    command = [sys.executable, "-c", PROGRAM.format(setup=setup, track=always_sent.TRACK)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    shown = [line for line in done.stderr.splitlines() if "soundcloud" in line.lower()]

    assert done.stdout == f"{handlers}\n"
    assert len(shown) == lines, done.stderr
    assert "own-token-123" not in done.stderr
    if value == "loud":
        assert "SOUNDCLOUD_LOG='loud' is ignored: use one of trace, debug, info, warning" in shown[0]


def test_a_secret_with_an_escaped_quote_is_masked_to_its_end():
    masked = mask_text('{"Password": "ab\\"SECRET", "title": "a"}', Masker())

    assert "SECRET" not in masked
    assert '"title": "a"' in masked
