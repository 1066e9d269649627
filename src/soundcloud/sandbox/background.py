"""Sandboxes in the background: `--background`, `--status` and `--stop` of the command.

A sandbox in the background is a process of its own. While it runs, it holds the lock `NAME.lock` in a private folder of the user,
beside `NAME.json` with its process id and URLs. The operating system releases the lock when a process ends, so a file without
a held lock is left from a process that was killed, and process ids that are used again do no harm.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from soundcloud._atomic_file import replace_file
from soundcloud.sandbox import environment_file
from soundcloud.sandbox.errors import SandboxError, WrongSettingError

_START_SECONDS = 60
_STOP_SECONDS = 15
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_COMMAND = "soundcloud sandbox"
# Separates messages of the start from the environment.
_LISTENS = "\0"


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox in the background, as its file describes it."""

    name: str
    pid: int
    api_url: str
    auth_url: str
    media_url: str
    environment_file: str | None = None

    @property
    def port(self) -> int | None:
        """The port of the API."""
        return urlsplit(self.api_url).port

    def __str__(self) -> str:
        return f"{self.name}: {self.api_url}, process {self.pid}"


def folder() -> Path:
    """Return the private folder with the files, and create it."""
    from platformdirs import user_state_path  # not the runtime folder, which other users may share

    path = user_state_path("soundcloud-sdk", appauthor=False) / "sandboxes"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SandboxError(
            f"cannot create the folder {path}: {error.strerror}; set XDG_STATE_HOME to another one"
        ) from error
    return path


def start(options: Mapping[str, Any]) -> str:
    """Start a sandbox in a process of its own, wait until it listens, and return the lines with its environment.

    Raises:
        SandboxError: It could not start; the message is its own.
    """
    name = options["name"]
    if name is not None:
        _check_name(name)
    for running in list_running():
        if running.name == name or (name is None and running.port == options["port"]):
            raise SandboxError(f"this sandbox runs already ({running}): use it, or end it: {_stop_command(running)}")
    process = subprocess.Popen(
        # -P: a file of the current folder must not replace a module of the sandbox.
        [sys.executable, "-P", "-m", "soundcloud.sandbox.background_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Ctrl-C in the terminal must not end it.
        start_new_session=True,
    )
    assert process.stdin is not None, "it is a pipe"  # noqa: S101
    assert process.stdout is not None, "it is a pipe"  # noqa: S101
    # A large dataset takes a minute for 100,000 tracks, more on a slow machine.
    timer = Timer(_START_SECONDS + (options.get("tracks") or 0) / 1_000, process.kill)
    timer.start()
    with process.stdin as to_process, process.stdout as from_process:
        to_process.write(json.dumps({**options, "env_file": _absolute(options["env_file"])}).encode())
        to_process.close()
        # The process closes its output when it listens, or when it ends.
        messages, listens, environment = from_process.read().decode(errors="replace").partition(_LISTENS)
    timer.cancel()
    if not listens:
        status = process.wait()
        reason = messages.strip().rpartition("\n")[2]
        raise SandboxError(reason or f"the sandbox did not start: its process ended with status {status}")
    # The process outlives this one on purpose; without this line, Python would warn about it.
    process.returncode = 0
    return environment


def list_running() -> list[RunningSandbox]:
    """Return the sandboxes in the background by name, and remove files of those that were killed."""
    running: list[RunningSandbox] = []
    for path in sorted(folder().glob("*.json")):
        lock = _lock(path.stem)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            found = _read(path)
            if found is not None:
                running.append(found)
            continue
        try:
            found = _read(path)
            if found is not None and found.environment_file:
                environment_file.delete(Path(found.environment_file))
            _remove_files(path.stem)
        finally:
            lock.release()
    return running


def find(name: str | None, port: int | None) -> RunningSandbox:
    """Return the sandbox with a name or port; without both, the only one.

    Raises:
        SandboxError: There is no such sandbox, or several run.
    """
    running = list_running()
    found = [one for one in running if (name is None or one.name == name) and (port is None or one.port == port)]
    if len(found) == 1:
        return found[0]
    others = "; ".join(map(str, running))
    if found:
        raise SandboxError(f"{len(found)} sandboxes run in the background: choose one with --name or --port ({others})")
    wanted = f" named {name!r}" if name is not None else f" at port {port}" if port is not None else ""
    hint = f"these run: {others}" if running else f"start one: {_COMMAND} --background"
    raise SandboxError(f"no sandbox{wanted} runs in the background: {hint}")


def stop(running: RunningSandbox) -> None:
    """End a sandbox and wait until it has ended.

    Raises:
        SandboxError: It does not end.
    """
    try:
        os.kill(running.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it has ended by itself
    except OSError as error:
        raise SandboxError(f"cannot end process {running.pid}: {error.strerror}") from error
    lock = _lock(running.name)
    try:
        lock.acquire(timeout=_STOP_SECONDS)
    except Timeout:
        raise SandboxError(
            f"process {running.pid} did not end within {_STOP_SECONDS} seconds: end it by hand, with kill -9 {running.pid}"
        ) from None
    try:
        # On Windows a process is ended without cleaning up.
        if running.environment_file:
            environment_file.delete(Path(running.environment_file))
        _remove_files(running.name)
    finally:
        lock.release()


@contextmanager
def registered(name: str | None, urls: Mapping[str, str], file: str | None) -> Generator[str, None, None]:
    """Register this process under a name, by default the port of its API, while the block runs; yield the name.

    Raises:
        SandboxError: A sandbox with this name runs already.
    """
    name = name or str(urlsplit(urls["api_url"]).port)
    lock = _lock(name)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SandboxError(f"a sandbox named {name!r} runs already: choose another --name") from None
    try:
        running = RunningSandbox(name, os.getpid(), **urls, environment_file=file)
        replace_file(folder() / f"{name}.json", json.dumps(asdict(running)).encode())
        yield name
    finally:
        _remove_files(name)
        lock.release()


def announce(name: str, environment: str) -> None:
    """Send the environment to the waiting process, which learns from the end of the output that the sandbox listens.

    Further output goes to a log, because the terminal may be closed before the sandbox ends.
    """
    sys.stdout.write(_LISTENS + environment)
    sys.stdout.flush()
    log = os.open(folder() / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    os.close(log)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise WrongSettingError(
            "--name", f"{name!r} is not a name: use 1 to 64 letters, digits, dots, hyphens and underscores"
        )


def _stop_command(running: RunningSandbox) -> str:
    return f"{_COMMAND} --stop --name {running.name}"


def _lock(name: str) -> FileLock:
    return FileLock(folder() / f"{name}.lock", thread_local=False, mode=0o600)


def _read(path: Path) -> RunningSandbox | None:
    try:
        return RunningSandbox(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # It ends, or it is a file of another version.
        return None


def _remove_files(name: str) -> None:
    for ending in ("json", "log"):
        (folder() / f"{name}.{ending}").unlink(missing_ok=True)


def _absolute(path: Path | str | None) -> str | None:
    return None if path is None else str(Path(path).absolute())
