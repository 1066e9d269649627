"""Kills a command at a moment of the test's choice."""

import signal
import subprocess
import time

from tests.cli.conftest import COMMAND


def kill_when(shell, arguments, reached):
    """Start a command, and kill it at once when something is so; what it printed is thrown away."""
    program = subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=shell.variables()
    )
    ends = time.monotonic() + 120
    try:
        while program.poll() is None and time.monotonic() < ends and not reached():
            time.sleep(0.002)
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()
    assert program.returncode == -signal.SIGKILL, "it had ended before"
