"""Fixtures for the command: a sandbox, a temporary home folder, and shells that run it with pipes or in a terminal."""

import io
import json
import os
import re
import select
import struct
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import attrs
import pytest

from soundcloud.cli.main import run
from soundcloud.sandbox import Sandbox

COMMAND = [sys.executable, "-m", "soundcloud.cli"]
ESCAPES = re.compile(r"\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|\x1b\[[0-9;?]*[A-Za-z]")
_SECONDS = 60.0


@attrs.frozen
class CompletedCommand:
    """The result of a command."""

    code: int
    output: str
    errors: str = ""

    @property
    def lines(self) -> list[str]:
        return ESCAPES.sub("", self.output).replace("\r\n", "\n").splitlines()

    @property
    def text(self) -> str:
        """The whole output, without escape sequences."""
        return "\n".join(self.lines) + self.errors

    @property
    def data(self) -> Any:
        return json.loads(self.output)


@attrs.frozen
class Shell:
    """Runs the command with its own environment."""

    environment: dict[str, str]

    def variables(self, **changes: str | None) -> dict[str, str]:
        merged = {**self.environment, **changes}
        return {name: value for name, value in merged.items() if value is not None}

    def run_piped(self, *arguments: str, stdin: str = "", **changes: str | None) -> CompletedCommand:
        """Run the command with pipes."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            input=stdin.encode(),
            capture_output=True,
            env=self.variables(**changes),
            timeout=_SECONDS,
            check=False,
        )
        return CompletedCommand(
            done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        )

    def run_in_process(self, *arguments: str, **changes: str | None) -> CompletedCommand:
        """Run the command in this process, which is faster than `run_piped`."""
        before = dict(os.environ)
        output, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        os.environ.clear()
        os.environ.update(self.variables(**changes))
        try:
            with redirect_stdout(output), redirect_stderr(errors):
                code = run(arguments)
        finally:
            os.environ.clear()
            os.environ.update(before)
        for stream in (output, errors):
            stream.flush()
        return CompletedCommand(code, *(stream.buffer.getvalue().decode() for stream in (output, errors)))

    def run_in_terminal(
        self,
        *arguments: str,
        columns: int = 100,
        answers: tuple[tuple[str | re.Pattern[bytes], str], ...] = (),
        command: tuple[str, ...] = tuple(COMMAND),
        **changes: str | None,
    ) -> CompletedCommand:
        """Run the command in a pseudo-terminal, and type an answer after each expected text."""
        if sys.platform == "win32":
            pytest.skip("Windows has no pseudo-terminals of POSIX")
        import fcntl
        import pty
        import termios

        pid, handle = pty.fork()
        if pid == 0:
            os.execve(command[0], [*command, *arguments], self.variables(COLUMNS=None, **changes))
        fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        output, waiting, deadline, status = b"", list(answers), time.monotonic() + _SECONDS, None
        typed, quiet = "", 0
        try:
            while time.monotonic() < deadline:
                if not select.select([handle], [], [], 0.1)[0]:
                    quiet += 1
                    if (
                        typed == "\x03" and quiet % 30 == 0
                    ):  # Python loses a SIGINT that comes just before `input` reads
                        os.write(handle, b"\x03")
                    continue
                quiet = 0
                try:
                    piece = os.read(handle, 65_536)
                except OSError:
                    piece = b""
                if not piece:
                    # It has closed the terminal and is about to end. Closing our side now would send it SIGHUP.
                    status = os.waitpid(pid, 0)[1]
                    break
                output += piece
                if waiting and _is_shown(waiting[0][0], output):
                    typed = waiting.pop(0)[1]
                    os.write(handle, typed.encode())
        finally:
            os.close(handle)
        if status is None:
            status = os.waitpid(pid, 0)[1]
        return CompletedCommand(os.waitstatus_to_exitcode(status), output.decode("utf-8", "replace"))


def _is_shown(expected: str | re.Pattern[bytes], output: bytes) -> bool:
    return expected.encode() in output if isinstance(expected, str) else expected.search(output) is not None


@pytest.fixture(scope="session")
def running_sandbox():
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox, sandbox.snapshot()


@pytest.fixture
def sandbox(running_sandbox):
    sandbox, start = running_sandbox
    sandbox.restore(start)
    sandbox.clear_requests()
    return sandbox


@pytest.fixture
def home(tmp_path):
    """The home folder of the command."""
    return tmp_path / "home"


@pytest.fixture
def bare_shell(home):
    """A shell without credentials."""
    home.mkdir()
    folders = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path if folder)
    return Shell(
        {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": folders,
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            # A pager would wait for a key.
            "PAGER": "cat",
            # Never use the keyring of the machine.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
    )


def url_settings(sandbox):
    return {"SOUNDCLOUD_API_URL": sandbox.api_url, "SOUNDCLOUD_AUTH_URL": sandbox.auth_url}


def app_settings(sandbox):
    return {
        "SOUNDCLOUD_CLIENT_ID": sandbox.client_id,
        "SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret,
        "SOUNDCLOUD_REDIRECT_URI": sandbox.redirect_uri,
    }


@pytest.fixture
def app_shell(sandbox, bare_shell):
    """A shell with an app and without a user."""
    return Shell({**bare_shell.environment, **url_settings(sandbox), **app_settings(sandbox)})


@pytest.fixture
def shell(sandbox, app_shell):
    """A shell with an access token of ada-night in its environment."""
    return Shell({**app_shell.environment, "SOUNDCLOUD_ACCESS_TOKEN": sandbox.user_token()})
