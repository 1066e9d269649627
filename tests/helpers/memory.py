"""Peak memory of a command.

The command reads it itself: the value of `wait4` includes the memory of the test process at the time of the fork.
"""

import sys

COMMAND = (
    sys.executable,
    "-c",
    "import pathlib, sys; from soundcloud.cli.__main__ import main; code = main(sys.argv[1:]);"
    "status = pathlib.Path('/proc/self/status').read_text().split();"
    "print(status[status.index('VmHWM:') + 1], file=sys.stderr); sys.exit(code)",
)
"""The `soundcloud` command; the last line on stderr is its peak memory. Linux only."""


def peak_bytes(stderr):
    """Return the peak memory that the last line of stderr names."""
    return int(stderr.split()[-1]) * 1024
