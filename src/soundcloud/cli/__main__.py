"""Where the `soundcloud` command begins: what it needs is looked for before anything of it is loaded."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

_NEEDED = ("click", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The command line; by default the program's own.

    Returns:
        The exit code, see `problems.py`.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"error: the soundcloud command needs {' and '.join(missing)}, which is not installed\n"
            "  what to do: pip install 'soundcloud-sdk[cli]'\n"
        )
        return 1
    try:
        from soundcloud.cli.main import run

        return run(arguments)
    except KeyboardInterrupt:
        # While it was loaded; later on it is told properly.
        return 130


if __name__ == "__main__":
    sys.exit(main())
