"""The first calls of a process import under a lock that a fork waits for, and a client imports only what it uses."""

import json
import ssl
import subprocess
import sys

import pytest
import trustme

from tests.helpers.servers import FixedServer, ScriptedServer, UploadServer, json_response, redirect

USER = {"kind": "user", "urn": "soundcloud:users:1", "username": "ada"}
TRACK = {"kind": "track", "urn": "soundcloud:tracks:1", "created_at": "2019/08/24 14:15:22 +0000", "user": USER}
PLAYLIST = {"kind": "playlist", "urn": "soundcloud:playlists:1", "title": "Nights", "tracks": [TRACK]}
TOKENS = {"access_token": "next", "refresh_token": "other", "expires_in": 3600}

# They print the modules that each call imports without the lock.
START = """
import json, os, sys
from soundcloud import SoundCloudError, {cls}
from soundcloud_api.imports import IMPORT_LOCK
calls, outside, imported = sys.argv[2:], [], {{}}
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if not IMPORT_LOCK._is_owned():
            outside.append(name)
settings = {{"base_url": sys.argv[1], "auth_url": sys.argv[1], "max_retries": 0}}
settings |= {{"client_id": "id", "client_secret": "secret", "access_token": "own", "refresh_token": "old"}}
def note(call, outcome):
    imported[f"{{call}}: {{outcome}}"] = outside[:]
    outside.clear()
"""
SYNC = """
with SoundCloudClient(**settings) as client:
    sys.meta_path.insert(0, Finder)
    for call in calls:
        try:
            note(call, type(eval(call)).__name__)
        except SoundCloudError as error:
            note(call, type(error).__name__)
print(json.dumps(imported))
"""
ASYNC = """
import {library}
client = AsyncSoundCloudClient(**settings) if {created} else None
async def main():
    global client
    client = client or AsyncSoundCloudClient(**settings)
    async with client:
        sys.meta_path.insert(0, Finder)
        for call in calls:
            try:
                note(call, type(await eval(call)).__name__)
            except SoundCloudError as error:
                note(call, type(error).__name__)
{library}.run(main{call})
print(json.dumps(imported))
"""
PROGRAMS = {
    "sync": START.format(cls="SoundCloudClient") + SYNC,
    **{
        library + (", created before the loop" if created else ""): START.format(cls="AsyncSoundCloudClient")
        + ASYNC.format(library=library, created=created, call="()" if library == "asyncio" else "")
        for library in ("asyncio", "trio")
        for created in (False, True)
    },
}
CALLS = {
    "client.tracks.get_track(1)": "Track",
    "client.likes.like_track(1)": "NoneType",
    "client.playlists.create(title='Nights', tracks=[1])": "Playlist",
    "client.resolve.resolve('https://soundcloud.com/ada/night')": "Track",
    "client.map(client.tracks.get_track, [1, 1])": "list",
    "client.tracks.get_stream(1)": "{stream}",
    "client.users.get_user(404)": "NotFoundError",
    "client.users.get_user(429)": "RateLimitError",
    "client.users.get_user(401)": "UnauthorizedError",
}


def imported_by(program, url, calls):
    """Make calls in a new process; return the modules that each imported without the lock."""
    command = [sys.executable, "-c", PROGRAMS[program], url, *calls]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_first_calls_import_under_the_lock(program):
    with ScriptedServer() as server:
        server.set_responses("/tracks/soundcloud:tracks:1", json_response(TRACK))
        server.set_responses("/likes/tracks/soundcloud:tracks:1", json_response({}))
        server.set_responses("/playlists", json_response(PLAYLIST, 201))
        server.set_responses("/resolve", redirect(f"{server.url}/tracks/soundcloud:tracks:1"))
        server.set_responses("/users/soundcloud:users:429", json_response({"code": 429}, 429))
        server.set_responses("/users/soundcloud:users:401", json_response({"code": 401}, 401))
        server.set_responses("/oauth/token", json_response(TOKENS))

        server.set_responses(
            "/tracks/soundcloud:tracks:1/streams", json_response({"hls_aac_160_url": f"{server.url}/hls"})
        )
        server.set_responses("/hls", redirect("https://media.example/hls.m3u8?expires=4000000000"))

        imported = imported_by(program, server.url, CALLS)

        stream = "Stream" if program == "sync" else "AsyncStream"
        assert imported == {f"{call}: {outcome.format(stream=stream)}": [] for call, outcome in CALLS.items()}
        assert "/oauth/token" in [request.path for request in server.requests]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_first_upload_imports_under_the_lock(program, tmp_path):
    file = tmp_path / "night.mp3"
    file.write_bytes(b"ID3" + bytes(1000))
    with UploadServer() as server:
        call = f"client.tracks.upload({str(file)!r}, title='Night')"

        assert imported_by(program, server.url, [call]) == {f"{call}: Track": []}
        assert [upload.is_complete for upload in server.uploads] == [True]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_first_call_over_tls_imports_under_the_lock(program, tmp_path, monkeypatch):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with FixedServer(tls=context) as server:
        assert imported_by(program, server.url, ["client.users.get_user(1)"]) == {"client.users.get_user(1): User": []}


@pytest.mark.parametrize("base_url", ["https://api.soundcloud.com", "http://127.0.0.1:9"])
@pytest.mark.parametrize(
    ("cls", "unused"),
    [
        ("SoundCloudClient", ["anyio", "asyncio", "trio", "httpx", "httpcore", "webbrowser", "http.server"]),
        ("AsyncSoundCloudClient", ["trio", "httpx", "httpcore", "webbrowser", "http.server"]),
    ],
)
def test_a_client_imports_only_what_it_uses(cls, unused, base_url, monkeypatch):
    """The certificates of certifi are for connections with TLS."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    code = (
        f"import sys; from soundcloud import {cls}\n"
        f"client = {cls}(access_token='own', base_url={base_url!r}, auth_url={base_url!r}, web_url={base_url!r})\n"
        f"print([name for name in {[*unused, 'certifi']!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ("['certifi']" if base_url.startswith("https:") else "[]")


def test_a_fork_waits_for_an_import(tmp_path):
    """The child of a fork during an import can import the same module."""
    (tmp_path / "slow_module.py").write_text("import time\nstarted.set()\ntime.sleep(0.2)\nvalue = 1\n")
    code = (
        "import builtins, os, sys, threading\n"
        "from soundcloud_api.imports import lazy_module\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "builtins.started = threading.Event()\n"
        "module = lazy_module('slow_module')\n"
        "thread = threading.Thread(target=lambda: module.value)\n"
        "thread.start(); started.wait()\n"
        "if not (child := os.fork()):\n"
        "    import slow_module\n"
        "    os._exit(slow_module.value)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]

    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout == "1\n"


def test_the_first_call_imports_the_models_of_its_namespace_only():
    with ScriptedServer() as server:
        server.set_responses("/tracks/soundcloud:tracks:1", json_response(TRACK))
        code = (
            "import sys; from soundcloud import SoundCloudClient\n"
            f"client = SoundCloudClient(access_token='own', base_url={server.url!r})\n"
            "client.tracks.get_track(1)\n"
            "names = [name.rpartition('.')[2] for name in sys.modules if name.startswith('soundcloud_api.models.')]\n"
            "names = {'track', 'user', 'me', 'playlist', 'activity', 'quota', 'tracks'} & set(names)\n"
            "print(len(sys.modules) < 300, *sorted(names))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "True track user\n"
