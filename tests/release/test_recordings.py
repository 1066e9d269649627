"""The cassettes: each is played, together they play every operation, and none holds a secret."""

import ast
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from vcr.request import Request

from soundcloud_api.operations import OPERATIONS
from tests.helpers.recording import (
    ACCOUNT_VARIABLES,
    CASSETTES,
    HEADERS,
    RECORDED_AT,
    RefusedRecordingError,
    Scrubber,
    check_source,
    live_source,
    played_source,
)
from tools.coverage_report.evidence import cassettes
from tools.openapi.operation_index import Operation

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ACCOUNT = dict(zip(ACCOUNT_VARIABLES, ("my-id", "my-secret", "https://me.example/back", "my-token"), strict=True))


def recorded_tests(variant):
    """Return the names of the cassettes that the tests of one client play."""
    tree = ast.parse((ROOT / "tests" / "client" / variant / "test_cassettes.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return sorted(node.name.removeprefix("test_") for node in functions if node.name.startswith("test_"))


@pytest.mark.parametrize("variant", ["_async", "_sync"])
def test_every_cassette_is_played_and_every_test_has_one(variant):
    assert recorded_tests(variant) == sorted(path.stem for path in CASSETTES.iterdir())


def test_the_cassettes_play_every_operation():
    operations = [Operation(info.method, info.path, {}, {}) for info in OPERATIONS.values()]
    played = cassettes(CASSETTES, operations)

    assert (played.found, played.reasons) == (frozenset(OPERATIONS), ())


@pytest.mark.parametrize("path", sorted(CASSETTES.iterdir()), ids=lambda path: path.stem)
def test_a_cassette_says_where_it_comes_from_and_holds_no_secret(path):
    text = path.read_text(encoding="utf-8")

    assert text.startswith(tuple(HEADERS.values()))
    assert set(re.findall(r"127\.0\.0\.1:\d+|localhost:\d+", text)) <= {"127.0.0.1:8765"}
    assert set(re.findall(r"authorization:\n +- (.*)", text)) <= {"SECRET"}
    assert set(re.findall(r"(?:secret_token=|/s-)([\w-]+)", text)) <= {"SECRET"}
    assert set(re.findall(r"(?:[?&](?:expires|signature|Policy|Key-Pair-Id)=)([^&\s\"']+)", text)) <= {"SECRET"}
    for name in ("access_token", "refresh_token", "client_secret", "code_verifier"):
        written = re.findall(rf'(?:{name}=|"{name}": ?")([^&"\s]*)', text)
        assert set(written) <= {name.upper()}


def test_the_scrubber_replaces_secrets_at_any_depth():
    scrubber = Scrubber()
    scrubber.names = {"http://127.0.0.1:1234": "https://api.soundcloud.com"}
    body = {"items": [{"secret_token": "s-abc", "uri": "http://127.0.0.1:1234/tracks/1?secret_token=s-abc"}]}
    form = scrubber.fields(b"grant_type=refresh_token&refresh_token=abc&client_secret=def")

    assert json.loads(scrubber.fields(json.dumps(body).encode())) == {
        "items": [{"secret_token": "SECRET_TOKEN", "uri": "https://api.soundcloud.com/tracks/1?secret_token=SECRET"}]
    }
    assert form == b"grant_type=refresh_token&refresh_token=REFRESH_TOKEN&client_secret=CLIENT_SECRET"
    assert scrubber.fields(b'{"title": "as it is"}') == b'{"title": "as it is"}'
    assert scrubber.text("https://cdn.example/a.mp3?Policy=p&Signature=s&Key-Pair-Id=k") == (
        "https://cdn.example/a.mp3?Policy=SECRET&Signature=SECRET&Key-Pair-Id=SECRET"
    )


def test_the_scrubber_writes_the_moments_of_the_recording_as_one():
    scrubber = Scrubber()
    text = "2026/10/31 08:00:00 +0000, 2026/11/25 08:00:00 +0000"
    untouched = scrubber.text(text)
    scrubber.since = datetime(2026, 11, 25, tzinfo=UTC)

    assert untouched == text
    assert scrubber.text(text) == f"2026/10/31 08:00:00 +0000, {RECORDED_AT}"


def test_the_scrubber_replaces_the_boundary_of_a_form():
    headers = {"Content-Type": "multipart/form-data; boundary=abc", "User-Agent": "x", "Authorization": "OAuth y"}
    body = b"--abc\r\n\r\nx\r\n--abc--\r\n"
    scrubbed = Scrubber().request(Request("POST", "https://api.soundcloud.com/tracks", body, headers))

    assert dict(scrubbed.headers) == {
        "Content-Type": "multipart/form-data; boundary=BOUNDARY",
        "Authorization": "SECRET",
    }
    assert scrubbed.body == b"--BOUNDARY\r\n\r\nx\r\n--BOUNDARY--\r\n"


def test_an_account_is_written_as_placeholders():
    scrubber = Scrubber()
    source = live_source(scrubber, ACCOUNT, SimpleNamespace())

    assert source.settings["access_token"] == "my-token"
    assert source.settings.keys() == played_source().settings.keys()
    assert scrubber.text("my-id my-secret my-token https%3A%2F%2Fme.example%2Fback") == (
        "client SECRET SECRET http%3A%2F%2F127.0.0.1%3A8765%2Fcallback"
    )


def test_recording_from_soundcloud_takes_an_account_and_a_word_on_writing():
    with pytest.raises(RefusedRecordingError, match="SOUNDCLOUD_CLIENT_SECRET, SOUNDCLOUD_REDIRECT_URI"):
        check_source("live", "yes", {"SOUNDCLOUD_CLIENT_ID": "my-id", "SOUNDCLOUD_CLIENT_SECRET": " "})
    with pytest.raises(RefusedRecordingError, match="WRITES=no"):
        check_source("live", None, ACCOUNT)
    check_source("live", "no", ACCOUNT)
    check_source("sandbox", None, {})


def test_a_refused_recording_touches_no_cassette(monkeypatch):
    for name in ACCOUNT_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    before = {path: path.stat().st_mtime_ns for path in CASSETTES.iterdir()}
    command = [
        "-m",
        "pytest",
        "tests/client/_sync/test_cassettes.py",
        "--record-mode=rewrite",
        "--record-from=live",
    ]
    result = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "recording from SoundCloud needs an account: set SOUNDCLOUD_CLIENT_ID" in result.stderr
    assert before == {path: path.stat().st_mtime_ns for path in CASSETTES.iterdir()}
