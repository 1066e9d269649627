"""Data files: persistence, locking and errors; and snapshots of data in memory and in a file."""

import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from soundcloud.sandbox import Sandbox, SandboxError
from soundcloud.sandbox.data.datasets import VERSION, Dataset
from soundcloud.sandbox.data.storage import DataFile
from tests.helpers.platforms import posix_only


def make_client(sandbox, token=None):
    headers = {"Authorization": f"OAuth {token or sandbox.user_token()}"}
    return httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False)


def titles(client):
    return [item["title"] for item in client.get("/me/playlists").json()]


def make_playlist(client, title):
    response = client.post("/playlists", json={"playlist": {"title": title}})
    assert response.status_code == 201


@pytest.fixture(params=["memory", "file"])
def any_sandbox(request, tmp_path):
    with Sandbox(data=tmp_path / "sandbox.db" if request.param == "file" else None) as sandbox:
        yield sandbox


def test_file_persists_data(tmp_path):
    path = tmp_path / "sandbox.db"
    with Sandbox(data=path) as sandbox:
        token = sandbox.user_token()
        with make_client(sandbox, token) as client:
            make_playlist(client, "Kept")
            before = client.get("/tracks").json()[0]["title"]
    assert sorted(name.name for name in tmp_path.iterdir()) == ["sandbox.db", "sandbox.db.lock"]

    with Sandbox(data=str(path)) as sandbox, make_client(sandbox, token) as client:
        assert "Kept" in titles(client)
        assert before == client.get("/tracks").json()[0]["title"]
        sandbox.reset()
        assert client.get("/me").status_code == 401
    with Sandbox(data=path) as sandbox, make_client(sandbox) as client:
        assert "Kept" not in titles(client)


@posix_only
def test_file_in_use_is_rejected(tmp_path):
    path, other_name = tmp_path / "sandbox.db", tmp_path / "link.db"
    with Sandbox(data=path) as sandbox, make_client(sandbox) as client:
        other_name.symlink_to(path)
        for name in (path, other_name):
            with pytest.raises(SandboxError, match=r"another sandbox uses .*sandbox\.db"):
                Sandbox(data=name)
        # The first sandbox still works.
        make_playlist(client, "Still here")
        command = [sys.executable, "-m", "soundcloud.sandbox", "--port=0", "--auth-port=0", f"--data={path}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith("another sandbox uses ")
    with Sandbox(data=path) as sandbox, make_client(sandbox) as client:
        assert "Still here" in titles(client)


def foreign_database(path):
    with sqlite3.connect(path) as connection:
        connection.executescript("PRAGMA journal_mode = WAL; CREATE TABLE users (id)")
    connection.close()


def other_version(path):
    with Sandbox(data=path):
        pass
    with sqlite3.connect(path) as connection:
        connection.executescript(f"PRAGMA journal_mode = DELETE; PRAGMA user_version = {VERSION ^ 1}")
    connection.close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_text("my notes\n"), "is not a sandbox's data file and was not changed"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(500)), "is not a sandbox's data file"),
        (foreign_database, "is not a sandbox's data file"),
        (other_version, "was written by another version of the sandbox and was not changed"),
    ],
)
def test_other_files_are_rejected_unchanged(tmp_path, make, message):
    path = tmp_path / "sandbox.db"
    make(path)
    content, modified, before = path.read_bytes(), path.stat().st_mtime_ns, {name.name for name in tmp_path.iterdir()}
    with pytest.raises(SandboxError, match=message):
        Sandbox(data=path)

    assert (content, modified) == (path.read_bytes(), path.stat().st_mtime_ns)
    assert {name.name for name in tmp_path.iterdir()} - {"sandbox.db.lock"} == before - {"sandbox.db.lock"}


def test_unusable_path_is_named(tmp_path):
    with pytest.raises(SandboxError, match="there is no folder"):
        Sandbox(data=tmp_path / "nowhere" / "sandbox.db")
    with pytest.raises(SandboxError, match=r"cannot store data in .*: it is a folder"):
        Sandbox(data=tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_damaged_file_is_named(tmp_path):
    path = tmp_path / "sandbox.db"
    with Sandbox(data=path):
        pass
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(SandboxError, match=r"damaged|malformed"):
        Sandbox(data=path)
    # The lock was released.
    path.unlink()
    with Sandbox(data=path):
        pass


READ_ONLY = """
import sys
from soundcloud.sandbox import Sandbox, SandboxError
try:
    Sandbox(data=sys.argv[1])
except SandboxError as error:
    print(error)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or (os.geteuid() == 0 and shutil.which("setpriv") is None),
    reason="SKIPPED: root may write all files; install util-linux",
)
def test_read_only_file_is_named(tmp_path):
    path = tmp_path / "sandbox.db"
    with Sandbox(data=path):
        pass
    path.chmod(0o400)
    # Without this capability, root cannot write to read-only files.
    drop = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-c", READ_ONLY, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert result.stdout == f"cannot store data in {path}: attempt to write a readonly database\n"


def test_killed_initialization_is_repeated(tmp_path):
    path = tmp_path / "sandbox.db"
    path.touch()
    with Sandbox(data=path) as sandbox:
        assert len(sandbox.usernames()) == 40
    # After a rollback the file has a header and no tables.
    path.unlink()
    file = DataFile(path, VERSION)
    file.initialize(Dataset().image())
    file.close()
    with sqlite3.connect(path) as connection:
        for name, kind in connection.execute(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
        ).fetchall():
            connection.execute(f"DROP {kind} IF EXISTS {name}")  # an index of FTS5 has tables of its own
    connection.close()
    with Sandbox(data=path) as sandbox:
        assert len(sandbox.usernames()) == 40


def test_file_keeps_its_initial_dataset(tmp_path):
    path = tmp_path / "sandbox.db"
    with Sandbox(data=path, seed=3), Sandbox(seed=3) as same, make_client(same) as client:
        expected = client.get("/tracks").json()[0]["title"]
    with pytest.raises(SandboxError, match="was created from seed 3"):
        Sandbox(data=path, seed=4)
    with pytest.raises(SandboxError, match="was created from seed 3"):
        Sandbox(data=path, seed=3, dataset={"users": [{"permalink": "ada"}]})
    for seed in (None, 3):
        with Sandbox(data=path, seed=seed) as sandbox:
            sandbox.reset()
            with make_client(sandbox) as client:
                assert expected == client.get("/tracks").json()[0]["title"]


def test_snapshots(any_sandbox):
    start = any_sandbox.snapshot()
    token = any_sandbox.user_token()
    with make_client(any_sandbox, token) as client:
        make_playlist(client, "One")
        one = any_sandbox.snapshot()
        make_playlist(client, "Two")
        assert {"One", "Two"} <= set(titles(client))
        for _ in range(2):
            any_sandbox.restore(one)
            assert [name for name in titles(client) if name in {"One", "Two"}] == ["One"]
            make_playlist(client, "Two")
        any_sandbox.restore(start)
        assert client.get("/me").status_code == 401
    assert len(repr(one)) < 100


def test_snapshot_has_the_quotas(any_sandbox):
    def request_app_token():
        data, app = {"grant_type": "client_credentials"}, (any_sandbox.client_id, any_sandbox.client_secret)
        return httpx.post(f"{any_sandbox.auth_url}/oauth/token", data=data, auth=app, trust_env=False, verify=False)

    for _ in range(29):
        assert request_app_token().status_code == 200
    snapshot = any_sandbox.snapshot()
    for _ in range(2):
        assert (request_app_token().status_code, request_app_token().status_code) == (200, 429)
        assert any_sandbox.token_requests() == {"client_credentials": 30, "rate_limit_exceeded": 1}
        any_sandbox.restore(snapshot)
    assert any_sandbox.token_requests() == {"client_credentials": 29}


def test_snapshot_of_another_sandbox(any_sandbox):
    with Sandbox(dataset={"users": [{"permalink": "solo"}]}) as other:
        any_sandbox.restore(other.snapshot())
    assert any_sandbox.usernames() == ["solo"]
    with make_client(any_sandbox) as client:
        assert client.get("/me").json()["permalink"] == "solo"
        make_playlist(client, "Gone with the reset")
    any_sandbox.reset()
    assert any_sandbox.usernames() == ["solo"]


def test_reset_to_another_dataset(any_sandbox):
    def newest():
        with make_client(any_sandbox) as client:
            return client.get("/tracks").json()[0]["title"]

    first = newest()
    any_sandbox.reset(seed=8)
    eighth = newest()
    any_sandbox.reset()
    assert first != eighth == newest()
    with pytest.raises(SandboxError, match="there is no user"):
        any_sandbox.reset(dataset={"users": [{"permalink": "ada"}], "tracks": [{"user": "x", "title": "y"}]})
    assert eighth == newest()
    any_sandbox.reset(seed=7)
    assert first == newest()


def test_large_seed_is_rejected():
    with pytest.raises(SandboxError, match="too large"):
        Sandbox(seed=2**70)


def test_concurrent_clients(any_sandbox):
    tokens = [any_sandbox.user_token(name) for name in any_sandbox.usernames()[:8]]

    def write(number):
        with make_client(any_sandbox, tokens[number]) as client:
            for count in range(10):
                make_playlist(client, f"{number}-{count}")
                assert client.get("/me").status_code == 200
            return titles(client)

    with ThreadPoolExecutor(8) as pool:
        for number, found in enumerate(pool.map(write, range(8))):
            assert [f"{number}-{count}" for count in range(10)] == found[-10:]
