"""Runs the command line: the root of all commands, and what becomes of errors, of Ctrl-C and of pipes that break."""

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click
from click.shell_completion import shell_complete

from soundcloud import __version__
from soundcloud.cli.framework.commands import Root
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import INTERRUPTED, problem_of, tell
from soundcloud.cli.output.printer import set_output

PROGRAM = "soundcloud"
COMPLETION_VARIABLE = "_SOUNDCLOUD_COMPLETE"

_EXAMPLES = [
    ("See what it can do, without an account", "soundcloud demo"),
    ("Search a SoundCloud of your own", "soundcloud search tracks lofi --sandbox"),
    ("Sign in, then look at your likes", "soundcloud login && soundcloud likes"),
    ("Give a program all of somebody's tracks", "soundcloud user tracks https://soundcloud.com/forss --all --jsonl"),
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
    asked = os.environ.get(COMPLETION_VARIABLE)
    if asked:
        return shell_complete(root, {}, PROGRAM, COMPLETION_VARIABLE, asked)
    context = CommandContext()
    # What the terminal cannot show is a question mark, not an error.
    set_output(errors="replace")
    try:
        # Not root.main: it ends the program by itself when a pipe breaks.
        with root.make_context(PROGRAM, list(sys.argv[1:] if arguments is None else arguments), obj=context) as made:
            code = root.invoke(made)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except SystemExit as ended:
        # The sandbox reads its own command line.
        return ended.code if isinstance(ended.code, int) else 0
    except click.exceptions.NoArgsIsHelpError as wanted:
        click.echo(wanted.format_message())
        return 0
    except BrokenPipeError:
        # Who read has seen enough.
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
    """Lead what is left in the buffer to nowhere: it would be written at exit, and fail again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
