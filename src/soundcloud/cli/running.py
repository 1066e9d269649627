"""Runs the command line: the root of all commands, and what becomes of errors, of Ctrl-C and of pipes that break."""

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from soundcloud import __version__
from soundcloud.cli.context import CommandContext
from soundcloud.cli.definitions import Root
from soundcloud.cli.output import set_output
from soundcloud.cli.problems import INTERRUPTED, problem_of, tell

_EXAMPLES = [
    ("See what it can do, without an account", "soundcloud demo"),
    ("Search a SoundCloud of your own", "soundcloud search tracks lofi --sandbox"),
    ("Sign in, then look at your likes", "soundcloud login && soundcloud likes"),
    ("Give a program all of somebody's tracks", "soundcloud user tracks forss --all --jsonl"),
]


@click.group("soundcloud", cls=Root, examples=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="soundcloud", message="%(prog)s %(version)s")
def root() -> None:
    """SoundCloud from the command line.

    Tracks, users and playlists are named by their number, their URN or their link. Lists are tables; --json, --jsonl and --csv
    give them to programs.

    Exit codes: 0 done, 1 failed, 2 wrong command line, 3 not signed in, 4 not found, 5 too many requests, 130 Ctrl-C.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        arguments: The command line; by default the program's own.

    Returns:
        The exit code.
    """
    context = CommandContext()
    # What the terminal cannot show is a question mark, not an error.
    set_output(errors="replace")
    try:
        code = root.main(
            None if arguments is None else list(arguments), prog_name="soundcloud", obj=context, standalone_mode=False
        )
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as wanted:
        click.echo(wanted.format_message())
        return 0
    except BrokenPipeError:
        # Who read has seen enough. What is left in the buffer is not to be written at exit either.
        _leave_standard_output()
        return 0
    except (KeyboardInterrupt, click.Abort):
        with suppress(OSError):
            sys.stderr.write("\n")
        return INTERRUPTED
    except Exception as error:
        with suppress(OSError):
            sys.stdout.flush()
        if context.debug:
            traceback.print_exception(error)
        problem = problem_of(error)
        tell(problem)
        return problem.code
    return code if isinstance(code, int) else 0


def _leave_standard_output() -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
