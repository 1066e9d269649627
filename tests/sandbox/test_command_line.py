"""`python -m soundcloud.sandbox`: help, exit codes, environment files, signals."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

import soundcloud.sandbox.__main__ as command_line

FREE = ["--port=0", "--auth-port=0"]
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell and its signals")


@pytest.fixture
def start(tmp_path):
    """Return a function that starts the command in a temporary folder on free ports, and waits for its output."""
    with ExitStack() as stack:

        def run(*arguments, until="export SOUNDCLOUD_REDIRECT_URI="):
            command = [sys.executable, "-m", "soundcloud.sandbox", *FREE, *arguments]
            program = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment()
            )
            stack.enter_context(program)
            stack.callback(program.kill)
            lines = [program.stdout.readline().rstrip("\n")]
            while not lines[-1].strip().startswith(until):
                assert lines[-1], program.stderr.read()
                lines.append(program.stdout.readline().rstrip("\n"))
            return program, lines

        yield run


def environment():
    """Return the environment with absolute search paths, because the command runs in another folder."""
    folders = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path if folder)
    binaries = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PYTHONPATH": folders, "PATH": binaries}


def parse_exports(lines):
    return dict(shlex.split(line)[1].split("=", 1) for line in lines)


def stop(program):
    program.send_signal(signal.SIGTERM)
    output, errors = program.communicate(timeout=20)
    return program.returncode, output, errors


def get(url):
    return httpx.get(url, trust_env=False, verify=False)


def test_help(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        command_line.main(["--help"])
    assert ended.value.code == 0
    output = capsys.readouterr().out
    assert all(
        name in output for name in ("--data PATH", "--env-file FILE", "--dataset FILE", "examples:", "exit codes:")
    )
    assert max(map(len, output.splitlines())) <= 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "many"], "argument --port: 'many' is not a port: use 0 to 65535"),
        (["--port", "70000"], "argument --port: '70000' is not a port: use 0 to 65535"),
        (["--seed", "x"], "argument --seed: 'x' is not an integer"),
        (["--sead", "1"], "unrecognized arguments: --sead"),
    ],
)
def test_invalid_command_lines_exit_with_2(capsys, arguments, message):
    with pytest.raises(SystemExit) as ended:
        command_line.main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset", "none.json"], "none.json: cannot be read: No such file or directory\n"),
        (["--data", "nowhere/sandbox.db"], "there is no folder"),
        (["--env-file", "nowhere/env"], "cannot write nowhere/env: No such file or directory\n"),
        (
            ["--host", "999.1.1.1"],
            "; choose an address of this machine (--host), such as 127.0.0.1, or 0.0.0.0 for all\n",
        ),
        (["--seed", str(2**80)], "is too large"),
    ],
)
def test_errors_at_the_start_exit_with_1(capsys, monkeypatch, tmp_path, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert command_line.main([*FREE, *arguments]) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert message in errors
    assert errors.count("\n") == 1
    assert {name.name for name in tmp_path.iterdir()} <= {"sandbox.db.lock"}


def test_invalid_catalogues_are_reported_in_one_line(capsys, tmp_path):
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps({"users": [{"permalink": "a"}], "tracks": [{"user": "x", "title": "y"}]}))
    assert command_line.main([*FREE, "--dataset", str(path)]) == 1
    assert capsys.readouterr().err == f'{path}: tracks[0].user: there is no user "x"\n'


@posix_only
def test_all_options(start, tmp_path):
    (tmp_path / "dataset.json").write_text(json.dumps({"users": [{"permalink": "solo"}]}))
    arguments = [
        "--data=sandbox.db",
        "--dataset=dataset.json",
        "--redirect-uri=myapp://back?a=1&b=$x",
        "--env-file=it's.env",
    ]
    for _ in range(2):
        program, lines = start("--print-env", *arguments)
        values = parse_exports(lines)
        assert values["SOUNDCLOUD_REDIRECT_URI"] == "myapp://back?a=1&b=$x"
        assert (tmp_path / "it's.env").read_text().splitlines()[1:] == lines
        assert get(f"{values['SOUNDCLOUD_API_URL']}/-/health").json() == {"status": "ok", "users": 1}
        assert stop(program) == (0, "", "")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset.json", "sandbox.db", "sandbox.db.lock"]


@pytest.mark.parametrize("content", ["MINE=1\n", "", "\xff"])
def test_the_environment_file_is_not_one_of_another_program(tmp_path, capsys, content):
    file = tmp_path / ".env"
    file.write_text(content, encoding="latin-1")
    assert command_line.main([*FREE, "--env-file", str(file)]) == 1

    assert capsys.readouterr().err == (
        f"{file} is not the file of a sandbox, and was not changed: choose another --env-file\n"
    )
    assert file.read_text(encoding="latin-1") == content


@posix_only
def test_the_environment_file_is_not_a_link(tmp_path, capsys):
    target, link = tmp_path / "target", tmp_path / ".env"
    target.write_text("MINE=1\n")
    link.symlink_to(target)
    assert command_line.main([*FREE, "--env-file", str(link)]) == 1

    assert "was not changed" in capsys.readouterr().err
    assert (link.is_symlink(), target.read_text()) == (True, "MINE=1\n")


@posix_only
def test_the_summary_lists_the_users(start, tmp_path):
    (tmp_path / "dataset.json").write_text(json.dumps({"users": [{"permalink": "solo"}, {"permalink": "duo"}]}))
    program, lines = start("--dataset=dataset.json", until="users")
    assert lines[0] == "A local SoundCloud is running. Press Ctrl-C to stop it."
    assert lines[-1].split() == ["users", "solo,", "duo"]
    assert stop(program) == (0, "", "")


@posix_only
def test_the_example_for_a_script(tmp_path):
    """Run the example of --help in a shell."""
    example = command_line._EXAMPLES.partition("or fails:\n")[2].partition("\n\n")[0]
    script = example.replace("curl", "python fetch.py")
    assert (script.count("fetch.py"), script.count("--stop")) == (1, 1)
    (tmp_path / "fetch.py").write_text(
        "import sys, urllib.request\nprint(urllib.request.urlopen(sys.argv[1]).read().decode())"
    )
    result = subprocess.run(
        ["sh", "-ec", script],
        cwd=tmp_path,
        env={**environment(), "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert '{"status":"ok","users":40}\n' in result.stdout
    assert re.search(r"^stopped tests: http://127.0.0.1:\d+, process \d+\n\Z", result.stdout, re.MULTILINE)
    assert not (tmp_path / "sandbox.env").exists()


@posix_only
@pytest.mark.parametrize(
    "sent", [b"", b"GET /-/hea", b"POST /playlists HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"]
)
def test_stop_with_open_connections(start, sent):
    program, lines = start("--print-env")
    api = urlsplit(parse_exports(lines)["SOUNDCLOUD_API_URL"])
    connections = [socket.create_connection((api.hostname, api.port)) for _ in range(5)]
    for connection in connections:
        # After a response the connection stays open.
        connection.sendall(b"GET /-/health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        connection.sendall(sent)
    assert stop(program) == (0, "", "")
    for connection in connections:
        connection.close()


@posix_only
def test_media_port_and_public_host(start):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    program, lines = start("--print-env", f"--media-port={port}", "--public-host=localhost", "--host=0.0.0.0")
    api = parse_exports(lines)["SOUNDCLOUD_API_URL"]
    assert api.startswith("http://localhost:")
    assert get(f"{api}/-/environment").json()["SOUNDCLOUD_MEDIA_URL"] == f"http://localhost:{port}"
    assert stop(program) == (0, "", "")
