"""Sandboxes in the background: start, status and stop."""

import json
import os
import shlex
import signal
import socket
import stat
import subprocess
import sys

import httpx
import pytest

import soundcloud.sandbox.__main__ as command_line
from soundcloud.sandbox import background
from tests.sandbox.test_command_line import environment

FREE = ["--port=0", "--auth-port=0"]
FIRST_LINE = "# A sandbox wrote this file, and deletes it when it stops.\n"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and modes")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A state folder of the test; its sandboxes end with the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("PATH", "PYTHONPATH"):
        monkeypatch.setenv(name, environment()[name])
    monkeypatch.chdir(tmp_path)
    yield background.folder()
    for running in background.list_running():
        background.stop(running)


@pytest.fixture
def run(capfd, folder):
    """Return a function that runs the command and returns its status, output and errors."""

    def run_command(*arguments):
        status = command_line.main(arguments)
        return status, *capfd.readouterr()

    return run_command


def exports(output):
    return dict(shlex.split(line)[1].split("=", 1) for line in output.splitlines())


def is_healthy(url):
    return httpx.get(f"{url}/-/health", trust_env=False, verify=False).status_code == 200


def test_start_status_and_stop(run, folder, tmp_path):
    status, output, errors = run("--background", *FREE, "--env-file", "sandbox.env", "--local-links")
    url = exports(output)["SOUNDCLOUD_API_URL"]
    (running,) = background.list_running()

    assert (status, errors) == (0, "")
    assert is_healthy(url)
    assert (tmp_path / "sandbox.env").read_text(encoding="utf-8") == f"{FIRST_LINE}{output}"
    assert running.api_url == url
    assert running.name == str(running.port) == url.rpartition(":")[2]
    settings = httpx.get(f"{url}/-/settings", trust_env=False, verify=False).json()
    assert settings["local_links"] is True
    assert run("--status") == (
        0,
        f"{running.name}: {url}, process {running.pid}\n  sign-in {running.auth_url}\n  media {running.media_url}\n",
        "",
    )
    assert run("--stop") == (0, f"stopped {running}\n", "")
    with pytest.raises(httpx.ConnectError):
        is_healthy(url)
    assert [path.name for path in folder.iterdir()] == [f"{running.name}.lock"]
    assert not (tmp_path / "sandbox.env").exists()
    assert run("--status") == (1, "no sandbox runs in the background\n", "")


def test_two_sandboxes(run, folder):
    one = exports(run("--background", *FREE, "--name", "one")[1])["SOUNDCLOUD_API_URL"]
    two = exports(run("--background", *FREE, "--seed=3")[1])["SOUNDCLOUD_API_URL"]
    status, output, errors = run("--background", *FREE, "--name=one")
    assert (status, output) == (1, "")
    assert errors.startswith(f"this sandbox runs already (one: {one}, process ")
    assert errors.endswith("soundcloud sandbox --stop --name one\n")
    status, output, errors = run("--stop")
    assert (status, output) == (1, "")
    assert errors.startswith("2 sandboxes run in the background: choose one with --name or --port (")
    assert run("--stop", "--port", two.rpartition(":")[2])[0] == 0
    assert [running.api_url for running in background.list_running()] == [one]
    assert run("--stop", "--name", "one")[0] == 0
    assert run("--stop", "--name", "one") == (
        1,
        "",
        "no sandbox named 'one' runs in the background: start one: soundcloud sandbox --background\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset", "none.json"], "none.json: cannot be read: No such file or directory\n"),
        (
            ["--name", "a/b"],
            "--name: 'a/b' is not a name: use 1 to 64 letters, digits, dots, hyphens and underscores\n",
        ),
        (["--env-file", "nowhere/sandbox.env"], "nowhere/sandbox.env: No such file or directory\n"),
        (["--stop"], "--background: cannot be combined with --stop\n"),
    ],
)
def test_a_failed_start(run, folder, arguments, message):
    status, output, errors = run("--background", *FREE, *arguments)

    assert (status, output) == (2 if message.startswith("--") else 1, "")
    assert errors.endswith(message)
    assert errors.count("\n") == 1
    assert background.list_running() == []
    assert [path for path in folder.iterdir() if path.suffix != ".lock"] == []


def test_a_port_in_use(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        status, output, errors = run("--background", f"--port={port}", "--auth-port=0", "--media-port=0")

    assert (status, output) == (1, "")
    assert errors.startswith(f"cannot listen at 127.0.0.1, port {port}: ")


def test_a_name_without_the_background(run):
    assert run("--name", "x") == (
        2,
        "",
        "--name: needs --background, --status or --stop\n",
    )


def test_a_missing_extra(run, monkeypatch):
    monkeypatch.setattr("soundcloud.sandbox.errors._NEEDED", {"not_there": "not-there"})

    assert run("--background", *FREE) == (
        1,
        "",
        "the sandbox needs not-there, which is not installed: pip install 'soundcloud-sdk[sandbox]'\n",
    )


def test_the_file_of_another_program_is_neither_replaced_nor_deleted(run, folder, tmp_path):
    file = tmp_path / ".env"
    file.write_text("export SOUNDCLOUD_CLIENT_ID=mine\n")
    status, _, errors = run("--background", *FREE, "--env-file=.env")

    assert (status, errors) == (
        1,
        f"{file} is not the file of a sandbox, and was not changed: choose another --env-file\n",
    )
    assert background.list_running() == []

    run("--background", *FREE, "--env-file=sandbox.env")
    (tmp_path / "sandbox.env").write_text("MINE=1\n")
    assert run("--stop")[0] == 0
    assert (file.read_text(), (tmp_path / "sandbox.env").read_text()) == (
        "export SOUNDCLOUD_CLIENT_ID=mine\n",
        "MINE=1\n",
    )


@posix_only
def test_a_killed_sandbox_is_forgotten(run, folder, tmp_path):
    run("--background", *FREE, "--name=killed", "--env-file=sandbox.env")
    (running,) = background.list_running()
    os.kill(running.pid, signal.SIGKILL)
    # The lock is free as soon as the process has ended.
    with background._lock("killed").acquire(timeout=10):
        pass

    assert run("--status")[0] == 1
    assert not (folder / "killed.json").exists()
    assert not (tmp_path / "sandbox.env").exists()
    assert run("--background", *FREE, "--name=killed")[0] == 0


def test_the_process_id_of_another_program_is_not_ended(run, folder):
    # A file that a killed sandbox left, whose process id another program has now.
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        fields = {"name": "old", "pid": other.pid, "api_url": "http://127.0.0.1:1", "auth_url": "", "media_url": ""}
        (folder / "old.json").write_text(json.dumps(fields), encoding="utf-8")
        assert run("--stop", "--name", "old")[0] == 1
        assert other.poll() is None
        other.communicate(b"\n")
    assert other.returncode == 0


@posix_only
def test_the_files_are_private(run, folder):
    run("--background", *FREE, "--name=private")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}

    assert modes == {"sandboxes": 0o700, "private.json": 0o600, "private.lock": 0o600, "private.log": 0o600}


def test_a_folder_that_cannot_be_created(capsys, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert command_line.main(["--status"]) == 1
    assert capsys.readouterr().err.endswith("; set XDG_STATE_HOME to another one\n")
