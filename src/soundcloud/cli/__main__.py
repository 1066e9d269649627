"""The entry point of the `soundcloud` command; it checks for the extra `cli` before it loads anything of it."""

import atexit
import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec

_REQUIRED = ("click", "rich")
_VERSION = (["-V"], ["--version"], ["version"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, by default `sys.argv[1:]`, and return the exit code of `framework/errors.py`."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if [*arguments] in _VERSION and sys.stdout is not None:
        from soundcloud._version import __version__

        with suppress(OSError):  # `run` prints the error
            sys.stdout.write(f"soundcloud {__version__}\n")
            sys.stdout.flush()
            return 0
    missing = [name for name in _REQUIRED if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"error: the soundcloud command needs {' and '.join(missing)}, which {'are' if missing[1:] else 'is'} not installed\n"
            "  what to do: pip install 'soundcloud-sdk[cli]'\n"
        )
        return 1
    # Fewer garbage collections during the imports, and none of all modules at the end, which would take 25 ms.
    gc.set_threshold(20_000)
    atexit.register(gc.freeze)
    try:
        from soundcloud.cli.main import run

        return run(arguments)
    except KeyboardInterrupt:
        # Ctrl-C during the imports; `run` handles it afterwards.
        return 130


if __name__ == "__main__":
    sys.exit(main())
