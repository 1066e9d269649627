"""A small dataset and its environment for the examples, signed in as ada."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from soundcloud import SoundCloudClient
from soundcloud.sandbox import Sandbox

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = {
    "users": [{"permalink": name, "username": name.title(), "plan": "Pro Unlimited"} for name in ("ada", "bo", "cy")],
    "tracks": [
        {"user": "bo", "title": "Jazz 1", "genre": "Jazz", "created_at": "2026-01-01T00:00:00Z"},
        {"user": "bo", "title": "Jazz 2", "genre": "jazz ", "created_at": "2026-01-02T00:00:00Z"},
        {"user": "bo", "title": "House 1", "genre": "House", "created_at": "2026-01-03T00:00:00Z"},
        {"user": "bo", "title": "Jazz 3", "genre": "JAZZ", "created_at": "2026-01-04T00:00:00Z"},
        {"user": "bo", "title": "Jazz 4", "genre": "Jazz", "created_at": "2026-01-05T00:00:00Z"},
        {"user": "bo", "title": "By hand", "created_at": "2026-01-06T00:00:00Z"},
        {"user": "bo", "title": "Blocked", "genre": "Jazz", "access": "blocked", "created_at": "2026-01-07T00:00:00Z"},
        {"user": "cy", "title": "Reposted", "created_at": "2026-01-08T00:00:00Z"},
        {"user": "ada", "title": "One", "tag_list": "lofi demo", "created_at": "2026-01-01T00:00:00Z"},
        {"user": "ada", "title": "Two", "tag_list": 'Demo "late night"', "created_at": "2026-01-02T00:00:00Z"},
        {"user": "ada", "title": "Three", "tag_list": "", "created_at": "2026-01-03T00:00:00Z"},
    ],
    "playlists": [{"user": "ada", "title": "Mine", "tracks": ["bo/by-hand", "bo/blocked"]}],
    "follows": [{"user": "ada", "follows": "bo"}],
    "likes": [{"user": "ada", "track": f"bo/{name}"} for name in ("jazz-1", "jazz-2", "blocked", "house-1", "jazz-3")],
    "reposts": [{"user": "bo", "track": "cy/reposted"}],
}


@pytest.fixture(scope="module")
def world():
    with Sandbox(dataset=CATALOGUE) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(world, monkeypatch):
    """A reset sandbox and its environment, signed in as ada."""
    world.reset()
    world.clear_faults()
    world.clear_requests()
    for name in [name for name in os.environ if name.startswith(("SOUNDCLOUD_", "BOT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOUNDCLOUD_API_URL", world.api_url)
    monkeypatch.setenv("SOUNDCLOUD_AUTH_URL", world.auth_url)
    monkeypatch.setenv("SOUNDCLOUD_WEB_URL", world.media_url)
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", world.client_id)
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_SECRET", world.client_secret)
    monkeypatch.setenv("SOUNDCLOUD_ACCESS_TOKEN", world.user_token("ada"))
    return world


@pytest.fixture
def client(sandbox):
    with SoundCloudClient(**sandbox.client_settings("ada")) as client:
        yield client


@pytest.fixture
def command():
    """Return the command of an example."""
    return lambda name, *arguments: [sys.executable, str(ROOT / "examples" / name), *map(str, arguments)]


@pytest.fixture
def run(command):
    """Run an example as a program."""

    def run(name, *arguments):
        return subprocess.run(command(name, *arguments), cwd=ROOT, capture_output=True, text=True, timeout=60)

    return run


@pytest.fixture
def writes(sandbox):
    """Count writes."""
    return lambda: len(sandbox.requests.matching(method="PUT"))
