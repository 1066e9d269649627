"""The CPU time of the command in a plain install, in units of the import of what it draws with."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import figure, in_turns, ratio
from benchmarks.rows import Row, Target
from soundcloud.sandbox import Sandbox
from tools.packaging.wheel_test import build_wheel, create_environment, install

UNIT = "import rich.console, rich.table"
COMMANDS = {"--version": 1.0, "--help": 1.5, "search tracks x": 2.6}
"""The target of each command, in units."""
ROUNDS = 15


def cpu_seconds(command: list[str], environment: dict[str, str]) -> float:
    """Return the CPU time of a process and the processes that it waited for."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} failed: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def measure() -> list[Row]:
    """Measure the commands against a running sandbox."""
    if sys.platform == "win32":
        return [Row("command", result="not measured on Windows")]
    with TemporaryDirectory() as name, Sandbox() as sandbox:
        folder = Path(name)
        python = create_environment(folder / "environment")
        install(python, [build_wheel(folder / "wheel").partition("[")[0] + "[cli]"])
        subprocess.run([python, "-m", "compileall", "-q", folder / "environment"], check=False)
        environment = {
            "HOME": name,
            "PATH": os.environ["PATH"],
            "SOUNDCLOUD_API_URL": sandbox.api_url,
            "SOUNDCLOUD_AUTH_URL": sandbox.auth_url,
            "SOUNDCLOUD_WEB_URL": sandbox.media_url,
            "SOUNDCLOUD_ACCESS_TOKEN": sandbox.user_token(),
        }
        lines = {UNIT: ["-c", UNIT], **{line: ["-m", "soundcloud.cli", *line.split()] for line in COMMANDS}}
        jobs = {line: partial(cpu_seconds, [str(python), *rest], environment) for line, rest in lines.items()}
        times = in_turns(jobs, rounds=ROUNDS)
    figures = {line: figure([seconds * 1e3 for seconds in values], " ms") for line, values in times.items()}
    return [
        Row(
            f"soundcloud {line}, CPU time, plain install",
            figures[line],
            result=ratio(times[line], times[UNIT]),
            of=f"of {UNIT} ({figures[UNIT]})",
            asked=Target("at most", asked),
        )
        for line, asked in COMMANDS.items()
    ]
