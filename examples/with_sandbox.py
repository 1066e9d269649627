"""Runs an example with its own sandbox, and stops the sandbox at the end. You need no account and no second terminal.

    pip install ".[sandbox]"
    python examples/with_sandbox.py examples/edit_tags.py --rename lofi lo-fi

The argument is a file that ends in `.py`, or the name of a module, such as `pytest` or `examples.crawl`. The program gets the URLs
of the sandbox, the credentials of an app and the token of a user in the environment variables that `from_env()` reads. The exit
status is that of the program.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from soundcloud.sandbox import Sandbox, SandboxError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description="run an example with a sandbox of its own")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--user", default="ada-night", help="the user who is signed in (ada-night)")
    who.add_argument("--signed-out", action="store_true", help="give the program no token: it signs a user in")
    parser.add_argument("--redirect-uri", default="http://127.0.0.1:8765/callback", help="the redirect URI of the app")
    parser.add_argument("program", help="a file that ends in .py, or the name of a module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="the arguments of the program")
    options = parser.parse_args(arguments)
    command = [options.program] if options.program.endswith(".py") else ["-m", options.program]
    others = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDCLOUD_")}
    try:
        with Sandbox(redirect_uri=options.redirect_uri, local_links=True) as sandbox:
            variables = sandbox.environment(None if options.signed_out else options.user)
            # The command comes from the command line of this program.
            return subprocess.call([sys.executable, *command, *options.arguments], env=others | variables)  # noqa: S603
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
