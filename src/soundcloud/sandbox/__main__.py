"""The command line of the sandbox: `python -m soundcloud.sandbox`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from soundcloud.sandbox.command_line import OPTIONS, run
from soundcloud.sandbox.console import run_command
from soundcloud.sandbox.errors import SandboxError, WrongSettingError

_PROGRAM = "python -m soundcloud.sandbox"

_EXAMPLES = """
examples:
  Run until Ctrl-C; open http://127.0.0.1:8700/ in a browser to see the data:
    python -m soundcloud.sandbox

  Keep the data between runs, starting from a custom dataset:
    python -m soundcloud.sandbox --data sandbox.db --dataset dataset.json

  Run in the background on free ports; the command returns when it listens, or fails:
    python -m soundcloud.sandbox --background --name tests --port 0 --auth-port 0 \\
      --env-file sandbox.env
    . ./sandbox.env
    curl "$SOUNDCLOUD_API_URL/-/health"
    python -m soundcloud.sandbox --stop --name tests

exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 could not start, or no sandbox to show or end,
  2 invalid command line
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sandbox until Ctrl-C or SIGTERM."""
    try:
        options = vars(make_parser().parse_args(arguments))
        return run_command(lambda: run(options))
    except (ImportError, SandboxError) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, WrongSettingError) else 1


def make_parser() -> argparse.ArgumentParser:
    """Build the argument parser."""
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Run a local SoundCloud for demos and tests.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for section, options in groupby(OPTIONS, key=lambda option: option.section):
        group = parser.add_argument_group(section.lower())
        for option in options:
            if option.parse is None:
                group.add_argument(option.flag, action="store_true", help=option.help)
            else:
                parse = _argparse_type(option.parse)
                group.add_argument(
                    option.flag, type=parse, metavar=option.metavar, default=option.default, help=option.help
                )
    return parser


def _argparse_type(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    def convert(argument: str) -> Any:
        try:
            return parse(argument)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert


if __name__ == "__main__":
    sys.exit(main())
