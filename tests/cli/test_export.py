"""`soundcloud export`: complete, without duplicates and in constant memory, even if it is killed and resumed."""

import csv
import json
import os
import subprocess
from pathlib import Path

import pytest

from soundcloud import SoundCloudClient
from soundcloud.cli.output.export import Export, ExportSettings
from soundcloud.sandbox import Faults, Sandbox
from tests.cli.conftest import Shell, app_settings, url_settings
from tests.cli.process_control import kill_when
from tests.helpers import memory
from tests.helpers.platforms import posix_only

pytestmark = pytest.mark.slow

FULL = os.environ.get("SOUNDCLOUD_STRESS") == "1"
_MEGABYTES = 24
needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
SLOW = Faults(latency=0.2, paths="GET /me/likes/*")


def likes_dataset(number):
    """Return a dataset with a user who likes a number of tracks."""
    return {
        "users": [{"permalink": "ada"}, {"permalink": "bo"}],
        "tracks": [{"user": "bo", "title": f"Track {each}", "id": 1000 + each} for each in range(number)],
        "likes": [{"user": "ada", "track": f"bo/track-{each}"} for each in range(number)],
    }


@pytest.fixture
def shell_with_likes(sandbox, shell):
    """A function that makes a shell of a user with a number of likes."""

    def make(number):
        sandbox.reset(dataset=likes_dataset(number))
        return Shell({**shell.environment, "SOUNDCLOUD_ACCESS_TOKEN": sandbox.user_token()})

    return make


def urns_in(path):
    return [json.loads(line)["urn"] for line in path.read_text().splitlines()]


def memory_of(shell, *arguments):
    """Return the peak memory of a command, in megabytes."""
    done = subprocess.run(
        [*memory.COMMAND, *arguments], env=shell.variables(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return memory.peak_bytes(done.stderr) / 1024**2


def test_export_is_complete(shell, tmp_path):
    for what, listing in (
        ("likes", ("likes",)),
        ("liked-playlists", ("likes", "--playlists")),
        ("playlists", ("user", "playlists")),
        ("tracks", ("user", "tracks")),
        ("followings", ("followings",)),
        ("followers", ("followers",)),
    ):
        path = tmp_path / f"{what}.jsonl"
        done = shell.run_in_process("export", what, "--output", str(path))
        listed = shell.run_in_process(*listing, "--all", "--csv", "--fields", "urn").output.splitlines()[1:]
        assert (done.code, done.output) == (0, "")
        assert urns_in(path) == listed
        assert listed
        assert f" {what} to {path}" in done.errors
    assert [each.suffix for each in tmp_path.glob("likes*")] == [".jsonl"]


@posix_only
def test_csv_export(shell, tmp_path):
    path, narrow = tmp_path / "users.csv", tmp_path / "narrow.csv"
    assert shell.run_in_process("export", "followings", "-o", str(path)).code == 0
    assert shell.run_in_process("export", "likes", "-o", str(narrow), "--fields", "urn,user.username").code == 0
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))

    assert rows[0].keys() >= {"username", "followers_count", "urn"}
    assert len(rows) == len(shell.run_in_process("followings", "--all", "--jsonl").output.splitlines())
    assert narrow.read_text().splitlines()[0] == "urn,user.username"
    assert path.stat().st_mode & 0o777 == 0o600


def test_resume_after_kill(sandbox, shell_with_likes, tmp_path):
    shell, path = shell_with_likes(3000), tmp_path / "likes.jsonl"
    partial, state = tmp_path / "likes.jsonl.partial", tmp_path / "likes.jsonl.state"
    arguments = ("export", "likes", "--output", str(path))
    sandbox.set_faults(SLOW)
    for rows in (400, 1200, 2200):
        kill_when(
            shell,
            arguments,
            lambda rows=rows: state.exists() and json.loads(state.read_text())["state"]["rows"] >= rows,
        )
        assert not path.exists()
        # Simulate a kill during a write.
        with partial.open("a") as file:
            file.write('{"urn": "soundcloud:tracks:half')
    sandbox.clear_faults()
    done = shell.run_piped(*arguments)

    assert done.code == 0
    assert done.errors.splitlines()[0].startswith("resuming after ")
    assert done.errors.splitlines()[-1] == f"exported 3,000 likes to {path}"
    assert len(urns_in(path)) == len(set(urns_in(path))) == 3000
    assert {*urns_in(path)} == {f"soundcloud:tracks:{1000 + each}" for each in range(3000)}
    assert sorted(each.name for each in tmp_path.glob("likes*")) == ["likes.jsonl"]


def test_new_items_during_export_cause_no_duplicates(sandbox, shell_with_likes, tmp_path):
    shell, path = shell_with_likes(450), tmp_path / "likes.jsonl"
    sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}, paths="GET /me/likes/*"))
    assert shell.run_in_process("export", "likes", "-o", str(path)).code == 1
    sandbox.set_faults(SLOW)
    kill_when(shell, ("export", "likes", "-o", path), lambda: (tmp_path / "likes.jsonl.state").exists())
    sandbox.clear_faults()
    with SoundCloudClient(**sandbox.client_settings()) as client:
        client.likes.unlike_track(1000)
        client.likes.like_track(1000)
    done = shell.run_in_process("export", "likes", "-o", str(path))

    assert done.code == 0
    assert len(urns_in(path)) == len(set(urns_in(path)))
    assert len(set(urns_in(path))) >= 449


def test_error_keeps_written_pages(sandbox, shell_with_likes, tmp_path):
    shell, path = shell_with_likes(450), tmp_path / "likes.jsonl"
    sandbox.set_faults(Faults(flaky_pages={"foreign_host"}, paths="GET /me/likes/*"))
    broken = shell.run_in_process("export", "likes", "-o", str(path))
    sandbox.clear_faults()
    state = (tmp_path / "likes.jsonl.state").read_text()

    assert broken.code == 1
    assert "the pages so far are saved: run the same command again to resume" in broken.errors
    assert shell.environment["SOUNDCLOUD_ACCESS_TOKEN"] not in state
    other = shell.run_in_process("export", "followings", "-o", str(path))
    assert (other.code, "belongs to another export" in other.errors) == (2, True)
    again = shell.run_in_process("export", "likes", "-o", str(path), "--restart")
    assert again.code == 0
    assert len(set(urns_in(path))) == 450


def test_existing_file_is_not_replaced(shell, tmp_path):
    path = tmp_path / "likes.jsonl"
    path.write_text("mine")
    refused = shell.run_in_process("export", "likes", "-o", str(path))

    assert (refused.code, path.read_text()) == (2, "mine")
    assert "already exists" in refused.errors
    assert shell.run_in_process("export", "likes", "-o", str(path), "--restart").code == 0
    assert len(urns_in(path)) > 100


def test_invalid_arguments(shell, tmp_path):
    (tmp_path / "file").touch()
    assert shell.run_in_process("export", "plays").code == 2
    assert "must end in .jsonl or .csv" in shell.run_in_process("export", "likes", "-o", str(tmp_path / "a.xml")).errors
    assert (
        "--fields needs an --output that ends in .csv"
        in shell.run_in_process("export", "likes", "--fields", "a").errors
    )
    for folder in ("file", "missing"):
        refused = shell.run_in_process("export", "likes", "-o", str(tmp_path / folder / "a.csv"))
        assert refused.code == 2
        assert refused.errors.startswith(f"error: no such folder: {tmp_path / folder}\n")
    assert not (tmp_path / "missing").exists()
    for name, command in (("likes", "likes"), ("liked-playlists", "likes --playlists"), ("tracks", "user tracks")):
        refused = shell.run_in_process("export", name, "-o", "-")
        assert refused.code == 2
        assert f"what to do: for standard output: soundcloud {command} --all --jsonl\n" in refused.errors
        assert shell.run_in_process(*command.split(), "--all", "--jsonl").code == 0


def test_locked_and_damaged_state(shell, tmp_path):
    path, state = tmp_path / "likes.jsonl", tmp_path / "likes.jsonl.state"
    export = Export(path, ExportSettings("likes", "x", "jsonl", ()))
    with export.locked():
        other = shell.run_in_process("export", "likes", "-o", str(path))
    assert (other.code, "another export is writing" in other.errors) == (1, True)
    for text in ("{}", "[", '{"version": 1}'):
        state.write_text(text)
        assert "cannot be read" in shell.run_in_process("export", "likes", "-o", str(path)).errors


def test_truncated_partial_file(sandbox, shell_with_likes, tmp_path):
    shell, path = shell_with_likes(450), tmp_path / "likes.jsonl"
    sandbox.set_faults(SLOW)
    kill_when(shell, ("export", "likes", "-o", path), lambda: (tmp_path / "likes.jsonl.state").exists())
    sandbox.clear_faults()
    (tmp_path / "likes.jsonl.partial").write_text("")
    done = shell.run_in_process("export", "likes", "-o", str(path))

    assert done.code == 1
    assert "is shorter than its checkpoint" in done.errors


def test_resume_after_kill_at_the_end(sandbox, shell_with_likes, tmp_path):
    shell, path = shell_with_likes(10), tmp_path / "likes.jsonl"
    assert shell.run_in_process("export", "likes", "-o", str(path)).code == 0
    content = path.read_bytes()
    wanted = {"what": "likes", "account": f"{sandbox.api_url} {sandbox_user(sandbox)}", "format": "jsonl", "fields": []}
    done = {"rows": 10, "length": len(content), "next_href": None, "last": [], "ended": True}
    for renamed in (False, True):
        # A kill after the last page, before the two renames or between them.
        path.rename(tmp_path / "likes.jsonl.partial")
        if renamed:
            (tmp_path / "likes.jsonl.partial").rename(path)
        (tmp_path / "likes.jsonl.state").write_text(json.dumps({"version": 1, "wanted": wanted, "state": done}))
        sandbox.clear_requests()
        assert shell.run_in_process("export", "likes", "-o", str(path)).code == 0
        assert path.read_bytes() == content
        assert len(sandbox.requests.matching(path="/me/likes/tracks")) == 0
        assert not (tmp_path / "likes.jsonl.state").exists()


def sandbox_user(sandbox):
    with SoundCloudClient(**sandbox.client_settings()) as client:
        return client.me.get_me().urn


def test_progress_only_at_terminal(shell_with_likes, tmp_path):
    shell = shell_with_likes(450)
    result = shell.run_in_terminal("export", "likes", "-o", str(tmp_path / "a.jsonl"))
    piped = shell.run_piped("export", "likes", "-o", str(tmp_path / "b.jsonl"))

    assert "400 so far" in result.output
    assert piped.errors == f"exported 450 likes to {tmp_path / 'b.jsonl'}\n"


@needs_proc
def test_memory_is_constant(shell_with_likes, tmp_path):
    few = memory_of(shell_with_likes(200), "export", "likes", "-o", str(tmp_path / "few.jsonl"))
    many = memory_of(shell_with_likes(5000), "export", "likes", "-o", str(tmp_path / "many.jsonl"))

    assert many - few < _MEGABYTES, (few, many)


@needs_proc
@pytest.mark.skipif(not FULL, reason="takes minutes; SOUNDCLOUD_STRESS=1 runs it")
def test_export_of_100_000_likes(bare_shell, tmp_path):
    number = 100_000
    path, state = tmp_path / "likes.jsonl", tmp_path / "likes.jsonl.state"
    arguments = ("export", "likes", "--output", str(path))
    with Sandbox(dataset=likes_dataset(number)) as sandbox:
        settings = {**bare_shell.environment, **url_settings(sandbox), **app_settings(sandbox)}
        shell = Shell({**settings, "SOUNDCLOUD_ACCESS_TOKEN": sandbox.user_token()})
        for rows in (20_000, 55_000):
            kill_when(
                shell,
                arguments,
                lambda rows=rows: state.exists() and json.loads(state.read_text())["state"]["rows"] >= rows,
            )
        rest = memory_of(shell, *arguments)
        whole = memory_of(shell, "export", "likes", "--output", str(tmp_path / "whole.jsonl"))
        sandbox.reset(dataset=likes_dataset(200))
        small = Shell({**settings, "SOUNDCLOUD_ACCESS_TOKEN": sandbox.user_token()})
        few = memory_of(small, "export", "likes", "--output", str(tmp_path / "few.jsonl"))
    result = f"100,000 likes: {whole:.0f} MB, {rest:.0f} MB for the rest after two kills; 200 likes: {few:.0f} MB"
    print(f"\n{result}")  # noqa: T201 - what was measured is what a soak is for
    urns = urns_in(path)

    assert len(urns) == len(set(urns)) == number
    assert urns == urns_in(tmp_path / "whole.jsonl")
    assert whole - few < _MEGABYTES
