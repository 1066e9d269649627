"""Runs a command until a condition is true, then kills it."""

import signal
import subprocess
import sys
import time

from tests.cli.conftest import COMMAND


def wait_until(condition, seconds=120, interval=0.01):
    """Wait until a condition is true; fail after a number of seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(interval)


def kill_when(shell, arguments, condition):
    """Start a command, and kill it as soon as a condition is true; discard its output."""
    program = subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=shell.variables()
    )
    try:
        wait_until(lambda: program.poll() is not None or condition(), interval=0.002)
    finally:
        program.kill()
        program.wait()
    killed = 1 if sys.platform == "win32" else -signal.SIGKILL
    assert program.returncode == killed, "the command exited before it was killed"
