"""How much memory a command had at most.

It is read in the command itself: what `wait4` says counts what the test had when it started the command.
"""

import sys

COMMAND = (
    sys.executable,
    "-c",
    "import pathlib, sys; from soundcloud.cli.__main__ import main; code = main(sys.argv[1:]);"
    "status = pathlib.Path('/proc/self/status').read_text().split();"
    "print(status[status.index('VmHWM:') + 1], file=sys.stderr); sys.exit(code)",
)
"""The `soundcloud` command; the last line on standard error is its memory. Linux only."""


def bytes_in(errors):
    """What the last line says."""
    return int(errors.split()[-1]) * 1024
