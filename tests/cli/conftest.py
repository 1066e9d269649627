"""A sandbox for the tests of the command, a home of its own, and two ways to run it: through pipes and at a terminal."""

import fcntl
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
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
class Ended:
    """A command that ended."""

    code: int
    output: str
    errors: str = ""

    @property
    def lines(self) -> list[str]:
        return ESCAPES.sub("", self.output).replace("\r\n", "\n").splitlines()

    @property
    def told(self) -> str:
        """What a person sees of it."""
        return "\n".join(self.lines) + self.errors

    @property
    def data(self) -> Any:
        return json.loads(self.output)


@attrs.frozen
class Shell:
    """Runs the command with an environment of its own."""

    environment: dict[str, str]

    def variables(self, **changes: str | None) -> dict[str, str]:
        merged = {**self.environment, **changes}
        return {name: value for name, value in merged.items() if value is not None}

    def pipe(self, *arguments: str, stdin: str = "", **changes: str | None) -> Ended:
        """Run it with pipes."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            input=stdin.encode(),
            capture_output=True,
            env=self.variables(**changes),
            timeout=_SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def here(self, *arguments: str, **changes: str | None) -> Ended:
        """Run it in this process, as with pipes: what a process of its own costs is not paid for each variation."""
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
        return Ended(code, *(stream.buffer.getvalue().decode() for stream in (output, errors)))

    def terminal(
        self,
        *arguments: str,
        columns: int = 100,
        answers: tuple[tuple[str | re.Pattern[bytes], str], ...] = (),
        command: tuple[str, ...] = tuple(COMMAND),
        **changes: str | None,
    ) -> Ended:
        """Run it at a terminal of so many columns, and type an answer after each question."""
        pid, handle = pty.fork()
        if pid == 0:
            os.execve(command[0], [*command, *arguments], self.variables(COLUMNS=None, **changes))
        fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        output, waiting, end = b"", list(answers), time.monotonic() + _SECONDS
        try:
            while time.monotonic() < end:
                if not select.select([handle], [], [], 0.1)[0]:
                    continue
                try:
                    piece = os.read(handle, 65_536)
                except OSError:
                    piece = b""
                if not piece:
                    break
                output += piece
                if waiting and _is_seen(waiting[0][0], output):
                    os.write(handle, waiting.pop(0)[1].encode())
        finally:
            os.close(handle)
        _, status = os.waitpid(pid, 0)
        return Ended(os.waitstatus_to_exitcode(status), output.decode("utf-8", "replace"))


def _is_seen(expected: str | re.Pattern[bytes], output: bytes) -> bool:
    return expected.encode() in output if isinstance(expected, str) else expected.search(output) is not None


@pytest.fixture(scope="session")
def running():
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox, sandbox.snapshot()


@pytest.fixture
def sandbox(running):
    sandbox, start = running
    sandbox.restore(start)
    sandbox.clear_requests()
    return sandbox


@pytest.fixture
def home(tmp_path):
    """A folder for what the command keeps."""
    return tmp_path / "home"


@pytest.fixture
def nobody(home):
    """A shell in which nobody is signed in."""
    home.mkdir()
    folders = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path if folder)
    return Shell(
        {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": folders,
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            # A keyring that is there would be that of the machine.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
    )


def addresses(sandbox):
    return {"SOUNDCLOUD_API_URL": sandbox.api_url, "SOUNDCLOUD_AUTH_URL": sandbox.auth_url}


def app_of(sandbox):
    return {
        "SOUNDCLOUD_CLIENT_ID": sandbox.client_id,
        "SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret,
        "SOUNDCLOUD_REDIRECT_URI": sandbox.redirect_uri,
    }


@pytest.fixture
def stranger(sandbox, nobody):
    """A shell with an app, and nobody signed in."""
    return Shell({**nobody.environment, **addresses(sandbox), **app_of(sandbox)})


@pytest.fixture
def shell(sandbox, stranger):
    """A shell in which ada-night is signed in, by the environment."""
    return Shell({**stranger.environment, "SOUNDCLOUD_ACCESS_TOKEN": sandbox.user_token()})
