"""Output that cannot be written, and Ctrl-C, in `make demo` and `python -m soundcloud.sandbox`."""

import errno
import io
import subprocess
import sys

import pytest

from soundcloud.sandbox.console import run_command, write_output
from tests.helpers.platforms import posix_only


def fail_with(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "\ninterrupted\n"),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            1,
            "the output cannot be written: No space left on device\n",
        ),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 0, ""),
    ],
)
def test_a_command_that_fails(monkeypatch, capsys, error, code, message):
    # Without a descriptor, so that the test's own output is not redirected.
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    assert run_command(fail_with(error)) == code
    assert capsys.readouterr().err == message


def test_a_command_that_succeeds(capsys):
    assert run_command(lambda: write_output("done\n") or 3) == 3
    assert capsys.readouterr().out == "done\n"


def test_standard_output_that_was_closed(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)

    assert run_command(lambda: write_output("lost") or 0) == 0


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("module", ["soundcloud.sandbox.demo", "soundcloud.sandbox --port=0"])
def test_a_pipe_that_is_closed(module):
    command = f'"{sys.executable}" -m {module} | true; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")
