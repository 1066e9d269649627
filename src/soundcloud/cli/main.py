"""Runs a command line: the root command, error handling, Ctrl-C and broken pipes."""

import os
import signal
import sys
import threading
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import click
from click.shell_completion import shell_complete

from soundcloud import __version__
from soundcloud.cli.framework.commands import COMPLETION_VARIABLE, PROGRAM, Root
from soundcloud.cli.framework.completion import register as register_completion
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import FAILED, INTERRUPTED, CancelledError, describe_error, print_error
from soundcloud.cli.output.terminal import (
    configure_stdout,
    redirected_logs,
    replace_missing_streams,
    write_help,
    write_message,
    write_traceback,
)

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
# Before 8.2, click prints the help of a group without arguments itself.
_NO_ARGUMENTS: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())
_EXAMPLES = [
    ("Watch a demonstration, without an account", "soundcloud demo"),
    ("Search the sandbox, without an account", "soundcloud search lofi --sandbox"),
    ("Sign in, then list your likes", "soundcloud login && soundcloud likes"),
    ("Print all tracks of a user as JSON lines", "soundcloud user tracks forss --all --jsonl"),
]


@click.group(PROGRAM, cls=Root, examples=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name=PROGRAM, message="%(prog)s %(version)s")
def root() -> None:
    """SoundCloud from the command line.

    Name tracks, users and playlists by id, URN, name or soundcloud.com URL. Lists are printed as tables. In scripts use --jsonl,
    --json or --csv.

    Exit codes: 0 success, 1 failure, 2 invalid command line, 3 not signed in, 4 not found, 5 rate limit reached, 130 Ctrl-C.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, by default `sys.argv[1:]`, and return the exit code."""
    replace_missing_streams()
    instruction = os.environ.get(COMPLETION_VARIABLE)
    if instruction:
        register_completion()
        return shell_complete(root, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    context = CommandContext()
    # Print a question mark for a character that the terminal cannot show.
    configure_stdout(errors="replace")
    context.apply_color()
    try:
        with redirected_logs(), _termination_as_interrupt():
            code = _invoke(list(sys.argv[1:] if arguments is None else arguments), context)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except _NO_ARGUMENTS as error:
        write_help(error.format_message())
        return 0
    except BrokenPipeError:
        _discard_stdout()
        return 0
    except CancelledError as cancelled:
        write_message(str(cancelled))
        return FAILED
    except _TerminatedError as error:
        with suppress(OSError):
            write_message("\nterminated")
        return 128 + error.number
    except (KeyboardInterrupt, click.Abort) as error:
        # click raises Abort for both Ctrl-C and Ctrl-D in a prompt.
        ended = isinstance(error.__context__, EOFError)
        with suppress(OSError):
            write_message("\ncancelled: no answer was given; run the command again" if ended else "\ninterrupted")
        return FAILED if ended else INTERRUPTED
    except Exception as error:
        try:
            sys.stdout.flush()
        except OSError:
            # Otherwise Python flushes it again at exit, and replaces the exit code by 120.
            _discard_stdout()
        if context.debug:
            write_traceback(error)
        message = describe_error(error)
        print_error(message)
        return message.code
    return code if isinstance(code, int) else 0


class _TerminatedError(KeyboardInterrupt):
    """The process received SIGTERM or SIGHUP; commands clean up and report as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def _termination_as_interrupt() -> Generator[None, None, None]:
    """End the command as Ctrl-C does if the process is terminated; a signal that the caller ignores or handles stays so."""
    numbers: list[signal.Signals] = []
    if threading.current_thread() is threading.main_thread():
        numbers = [number for number in _SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, _raise_terminated)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _raise_terminated(number: int, _frame: object) -> None:
    for each in _SIGNALS:
        if signal.getsignal(each) is _raise_terminated:
            signal.signal(each, signal.SIG_IGN)  # a terminal that closes sends SIGHUP twice; let the command clean up
    raise _TerminatedError(number)


def _invoke(arguments: list[str], context: CommandContext) -> object:
    """Parse the command line and call the command."""
    with warnings.catch_warnings():
        # A user of the command cannot act on a deprecated method of the client.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"soundcloud(\.|$)")
        # Not root.main: it ends the process by itself when a pipe breaks.
        with root.make_context(PROGRAM, arguments, obj=context) as click_context:
            return root.invoke(click_context)


def _discard_stdout() -> None:
    """Redirect stdout to os.devnull so that the flush at exit cannot fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
