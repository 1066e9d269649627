"""A token store on a disk that is really full: the refresh token is not used, and works when there is space again."""

import json
import shutil
import subprocess
import sys
from urllib.parse import parse_qs

import pytest

from tests.helpers.servers import JSON, USER, SocketServer, http_response

pytestmark = pytest.mark.slow

NEW = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 3600}

# The disk is full, or the size of files is limited, which fails with another error.
FULL_TMPFS = """
def fill():
    with open(folder / "filler", "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as error:
            assert error.errno == errno.ENOSPC
def empty():
    (folder / "filler").unlink()
"""
FILE_LIMIT = """
import resource
def fill():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
def empty():
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""
PROGRAM = """
import asyncio, errno, json, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from soundcloud import AsyncSoundCloudClient, SoundCloudClient, SoundCloudError, Token
from soundcloud.stores import FileTokenStore
kind, folder, url = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
path = folder / "tokens.json"
settings = {"client_id": "id", "client_secret": "secret", "base_url": url, "auth_url": url, "token_store": path}
async def call_async():
    async with AsyncSoundCloudClient(**settings) as client:
        return (await client.users.get_user(1)).username
def call():
    try:
        if kind == "async":
            return asyncio.run(call_async())
        with SoundCloudClient(**settings) as client:
            return client.users.get_user(1).username
    except SoundCloudError as error:
        return f"{type(error).__name__}: {error.message}"
FileTokenStore(path).set(Token("access-1", "refresh-1", datetime.now(UTC) - timedelta(minutes=1), grant="user"))
call_without_space = []
fill()
for _ in range(2):
    call_without_space.append(call().replace(str(folder), "FOLDER"))
stored = FileTokenStore(path).get().refresh_token
empty()
files = sorted(file.suffix for file in folder.iterdir())
print(json.dumps([call_without_space, stored, files, call(), FileTokenStore(path).get().refresh_token]))
"""


class TokenServer(SocketServer):
    """Responds with a token pair and with a user.

    Attributes:
        refreshes: The refresh tokens that were used.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refreshes: list[str] = []

    def respond(self, connection, received):
        if received.startswith(b"POST /oauth/token"):
            self.refreshes += parse_qs(received.decode().partition("\r\n\r\n")[2])["refresh_token"]
            connection.sendall(http_response(200, json.dumps(NEW).encode(), JSON))
        else:
            connection.sendall(http_response(200, USER, JSON))
        return True


def run(code, kind, folder, prefix=()):
    """Run the program; check that the refresh token was used once, when there was space."""
    with TokenServer() as server:
        command = [*prefix, sys.executable, "-c", code + PROGRAM, kind, str(folder), server.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        errors, stored, files, name, stored_then = json.loads(done.stdout)
        assert (stored, name, stored_then) == ("refresh-1", "ada", "refresh-2")
        assert ".new" not in files
        assert server.refreshes == ["refresh-1"]
    return errors


@pytest.fixture
def mount(tmp_path):
    """A command that runs another one with a tmpfs of 64 kB, which ends with it, at a folder; and that folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    script = 'mount -t tmpfs -o size=64k,mode=700 tmpfs "$0" && exec "$@"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(folder)]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*command, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this user cannot mount a tmpfs")
    return command, folder


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_full_disk(kind, mount):
    command, folder = mount

    errors = run(FULL_TMPFS, kind, folder, command)

    assert errors == ["TokenStoreError: FOLDER/tokens.json cannot be written: No space left on device"] * 2
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_limit_for_the_size_of_files(kind, tmp_path):
    errors = run(FILE_LIMIT, kind, tmp_path)

    assert errors == ["TokenStoreError: FOLDER/tokens.json cannot be written: File too large"] * 2
