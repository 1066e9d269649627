"""The program that `soundcloud sandbox --background` starts: `python -m soundcloud.sandbox.background_process`."""

import json
import sys
from typing import Any

from soundcloud.sandbox.command_line import run_in_background
from soundcloud.sandbox.errors import SandboxError


def main() -> int:
    """Run a sandbox with the options from the standard input; `background.start` starts this process."""
    options: dict[str, Any] = json.load(sys.stdin)
    try:
        run_in_background(options)
    except (ImportError, SandboxError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
