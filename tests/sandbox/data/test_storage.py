"""Data in a file: kept over a stop and over a kill, used by one sandbox at a time; and snapshots of either kind."""

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


def client_of(sandbox, token=None):
    headers = {"Authorization": f"OAuth {token or sandbox.user_token()}"}
    return httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, verify=False)


def titles(client):
    return [item["title"] for item in client.get("/me/playlists").json()]


def make_playlist(client, title):
    reply = client.post("/playlists", json={"playlist": {"title": title}})
    assert reply.status_code == 201


@pytest.fixture(params=["memory", "file"])
def either(request, tmp_path):
    with Sandbox(data=tmp_path / "world.db" if request.param == "file" else None) as sandbox:
        yield sandbox


def test_a_file_keeps_everything(tmp_path):
    path = tmp_path / "world.db"
    with Sandbox(data=path) as sandbox:
        token = sandbox.user_token()
        with client_of(sandbox, token) as client:
            make_playlist(client, "Kept")
            before = client.get("/tracks").json()[0]["title"]
    assert sorted(name.name for name in tmp_path.iterdir()) == ["world.db", "world.db.lock"]

    with Sandbox(data=str(path)) as sandbox, client_of(sandbox, token) as client:
        assert "Kept" in titles(client)
        assert before == client.get("/tracks").json()[0]["title"]
        sandbox.reset()
        assert client.get("/me").status_code == 401
    with Sandbox(data=path) as sandbox, client_of(sandbox) as client:
        assert "Kept" not in titles(client)


def test_a_second_sandbox_on_the_same_file_is_refused(tmp_path):
    path, other_name = tmp_path / "world.db", tmp_path / "link.db"
    with Sandbox(data=path) as sandbox, client_of(sandbox) as client:
        other_name.symlink_to(path)
        for name in (path, other_name):
            with pytest.raises(SandboxError, match=r"another sandbox uses .*world\.db"):
                Sandbox(data=name)
        # And the first one goes on.
        make_playlist(client, "Still here")
        command = [sys.executable, "-m", "soundcloud.sandbox", "--port=0", "--auth-port=0", f"--data={path}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith("another sandbox uses ")
    with Sandbox(data=path) as sandbox, client_of(sandbox) as client:
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
    ("make", "told"),
    [
        (lambda path: path.write_text("my notes\n"), "is not a sandbox's data file and was not changed"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(500)), "is not a sandbox's data file"),
        (foreign_database, "is not a sandbox's data file"),
        (other_version, "was written by another version of the sandbox and was not changed"),
    ],
)
def test_what_is_no_data_of_this_version_is_left_untouched(tmp_path, make, told):
    path = tmp_path / "world.db"
    make(path)
    content, moment, before = path.read_bytes(), path.stat().st_mtime_ns, {name.name for name in tmp_path.iterdir()}
    with pytest.raises(SandboxError, match=told):
        Sandbox(data=path)

    assert (content, moment) == (path.read_bytes(), path.stat().st_mtime_ns)
    assert {name.name for name in tmp_path.iterdir()} - {"world.db.lock"} == before - {"world.db.lock"}


def test_a_file_that_cannot_be_used_is_named(tmp_path):
    with pytest.raises(SandboxError, match="there is no folder"):
        Sandbox(data=tmp_path / "nowhere" / "world.db")
    with pytest.raises(SandboxError, match=r"cannot store data in .*directory"):
        Sandbox(data=tmp_path)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "world.db"
    with Sandbox(data=path):
        pass
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(SandboxError, match=r"damaged|malformed"):
        Sandbox(data=path)
    # The lock is free again.
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
    reason="SKIPPED: root may write everything; install util-linux",
)
def test_a_file_that_may_not_be_written_is_named(tmp_path):
    path = tmp_path / "world.db"
    with Sandbox(data=path):
        pass
    path.chmod(0o400)
    # Root may write everything, except without this capability.
    drop = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-c", READ_ONLY, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert result.stdout == f"cannot store data in {path}: attempt to write a readonly database\n"


def test_a_start_that_was_killed_begins_again(tmp_path):
    path = tmp_path / "world.db"
    path.touch()
    with Sandbox(data=path) as sandbox:
        assert len(sandbox.usernames()) == 40
    # What is left where the first data was taken back: a header without tables.
    path.unlink()
    file = DataFile(path, VERSION)
    file.initialize(Dataset().image())
    file.close()
    with sqlite3.connect(path) as connection:
        for name, kind in connection.execute(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
        ).fetchall():
            connection.execute(f"DROP {kind} {name}")
    connection.close()
    with Sandbox(data=path) as sandbox:
        assert len(sandbox.usernames()) == 40


def test_a_file_goes_on_from_what_it_was_started_from(tmp_path):
    path = tmp_path / "world.db"
    with Sandbox(data=path, seed=3), Sandbox(seed=3) as same, client_of(same) as client:
        wanted = client.get("/tracks").json()[0]["title"]
    with pytest.raises(SandboxError, match="was created from seed 3"):
        Sandbox(data=path, seed=4)
    with pytest.raises(SandboxError, match="was created from seed 3"):
        Sandbox(data=path, seed=3, catalogue={"users": [{"permalink": "ada"}]})
    for seed in (None, 3):
        with Sandbox(data=path, seed=seed) as sandbox:
            sandbox.reset()
            with client_of(sandbox) as client:
                assert wanted == client.get("/tracks").json()[0]["title"]


def test_snapshots(either):
    start = either.snapshot()
    token = either.user_token()
    with client_of(either, token) as client:
        make_playlist(client, "One")
        one = either.snapshot()
        make_playlist(client, "Two")
        assert {"One", "Two"} <= set(titles(client))
        for _ in range(2):
            either.restore(one)
            assert [name for name in titles(client) if name in {"One", "Two"}] == ["One"]
            make_playlist(client, "Two")
        either.restore(start)
        assert client.get("/me").status_code == 401
    assert len(repr(one)) < 100


def test_a_snapshot_holds_the_used_quotas(either):
    def mint():
        data, app = {"grant_type": "client_credentials"}, (either.client_id, either.client_secret)
        return httpx.post(f"{either.auth_url}/oauth/token", data=data, auth=app, trust_env=False, verify=False)

    for _ in range(29):
        assert mint().status_code == 200
    snapshot = either.snapshot()
    for _ in range(2):
        assert (mint().status_code, mint().status_code) == (200, 429)
        assert either.token_requests() == {"client_credentials": 30, "rate_limit_exceeded": 1}
        either.restore(snapshot)
    assert either.token_requests() == {"client_credentials": 29}


def test_a_snapshot_of_another_sandbox(either):
    with Sandbox(catalogue={"users": [{"permalink": "solo"}]}) as other:
        either.restore(other.snapshot())
    assert either.usernames() == ["solo"]
    with client_of(either) as client:
        assert client.get("/me").json()["permalink"] == "solo"
        make_playlist(client, "Gone with the reset")
    either.reset()
    assert either.usernames() == ["solo"]


def test_reset_to_another_world(either):
    def newest():
        with client_of(either) as client:
            return client.get("/tracks").json()[0]["title"]

    first = newest()
    either.reset(seed=8)
    eighth = newest()
    either.reset()
    assert first != eighth == newest()
    with pytest.raises(SandboxError, match="there is no user"):
        either.reset(catalogue={"users": [{"permalink": "ada"}], "tracks": [{"user": "x", "title": "y"}]})
    assert eighth == newest()
    either.reset(seed=7)
    assert first == newest()


def test_a_seed_has_a_size():
    with pytest.raises(SandboxError, match="too large"):
        Sandbox(seed=2**70)


def test_concurrent_clients_lose_nothing(either):
    tokens = [either.user_token(name) for name in either.usernames()[:8]]

    def write(number):
        with client_of(either, tokens[number]) as client:
            for count in range(10):
                make_playlist(client, f"{number}-{count}")
                assert client.get("/me").status_code == 200
            return titles(client)

    with ThreadPoolExecutor(8) as pool:
        for number, found in enumerate(pool.map(write, range(8))):
            assert [f"{number}-{count}" for count in range(10)] == found[-10:]
