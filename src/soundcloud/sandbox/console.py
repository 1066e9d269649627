"""Runs a command that prints: a closed pipe, a full disk and Ctrl-C end it without a traceback."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress


def run_command(command: Callable[[], int]) -> int:
    """Run a command and return its exit code: 130 after Ctrl-C, 1 if its output cannot be written, 0 if a pipe was closed."""
    try:
        code = command()
        write_output("")
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return 130
    except OSError as error:
        # Otherwise Python flushes it again at exit, and prints a second error.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0
        sys.stderr.write(f"the output cannot be written: {error.strerror or error}\n")
        return 1
    return code


def write_output(text: str) -> None:
    """Write to standard output at once; do nothing if it was closed, for example with `>&-`."""
    output: object = sys.stdout
    if output is not None:
        sys.stdout.write(text)
        sys.stdout.flush()
