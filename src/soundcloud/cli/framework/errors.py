"""What went wrong, as two lines and an exit code.

| code | what |
| --- | --- |
| 0 | it was done |
| 1 | it failed |
| 2 | the command line is wrong |
| 3 | nobody is signed in, or the sign-in is over |
| 4 | there is no such thing |
| 5 | too many requests; the second line says when to go on |
| 130 | Ctrl-C |
"""

import sys
from datetime import datetime, timedelta

import attrs
import click

from soundcloud.errors import (
    ConnectionFailedError,
    EdgeError,
    InvalidClientError,
    InvalidGrantError,
    InvalidInputError,
    MissingTokenError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    SoundCloudError,
    UnauthorizedError,
)

FAILED, USAGE, NOT_SIGNED_IN, NOT_FOUND, RATE_LIMITED, INTERRUPTED = 1, 2, 3, 4, 5, 130

_SIGN_IN = "soundcloud login"


class CommandError(Exception):
    """Something that the command itself cannot do.

    Args:
        message: What went wrong, in one line.
        hint: What to do about it.
        code: The exit code.
    """

    def __init__(self, message: str, hint: str, *, code: int = FAILED) -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code


@attrs.frozen
class Problem:
    """An error as it is told.

    Attributes:
        message: What went wrong.
        hint: What to do about it.
        code: The exit code.
    """

    message: str
    hint: str
    code: int


def problem_of(error: BaseException) -> Problem:
    """Tell an error.

    Args:
        error: What was raised.

    Returns:
        What to print, and the exit code.
    """
    match error:
        case CommandError():
            return Problem(error.message, error.hint, error.code)
        case click.UsageError():
            where = error.ctx.command_path if error.ctx is not None else "soundcloud"
            return Problem(error.format_message(), f"{where} --help", USAGE)
        case click.ClickException():
            return Problem(error.format_message(), "soundcloud --help", error.exit_code)
        case SoundCloudError():
            return _problem_of_ours(error)
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            return Problem(f"{name}{error.strerror or type(error).__name__}", "look at the file or the folder", FAILED)
        case ImportError() | RuntimeError():
            return Problem(str(error), "soundcloud doctor", FAILED)
        case _:
            return Problem(
                f"{type(error).__name__}: {error}", "this is a fault of the command: --debug shows where it is", FAILED
            )


def _problem_of_ours(error: SoundCloudError) -> Problem:
    where = f" [{error.method} {error.path}]" if error.method and error.path else ""
    tries = f" (tried {error.retries + 1} times)" if error.retries else ""
    message = f"{error.message}{where}{tries}"
    hint = error.hint or "--debug shows the requests"
    match error:
        case InvalidInputError():
            return Problem(message, hint if error.hint else "look at the arguments; --help has examples", USAGE)
        case MissingTokenError() | InvalidGrantError():
            return Problem(message, _SIGN_IN, NOT_SIGNED_IN)
        case InvalidClientError():
            return Problem(
                message,
                f"compare the app's id and secret with soundcloud.com/you/apps, then: {_SIGN_IN}",
                NOT_SIGNED_IN,
            )
        case UnauthorizedError():
            return Problem(
                message, f"{_SIGN_IN}; a person's sign-in is needed for what is theirs and for changes", NOT_SIGNED_IN
            )
        case NotFoundError():
            return Problem(
                message, "it may be deleted, private (its share link shows it), or hidden from this app", NOT_FOUND
            )
        case RateLimitError():
            return Problem(message, _when(error), RATE_LIMITED)
        case ConnectionFailedError():
            return Problem(message, "look at the network, then: soundcloud doctor", FAILED)
        case EdgeError():
            return Problem(message, hint, FAILED)
        case _:
            return Problem(message, hint, FAILED)


def _when(error: RateLimitError) -> str:
    """When a limit is over, as the reply tells it."""
    moment = error.resets_at
    if moment is None and error.retry_after is not None:
        moment = datetime.now().astimezone() + timedelta(seconds=error.retry_after)
    if moment is not None:
        return f"go on after {moment.astimezone():%Y-%m-%d %H:%M:%S}; {error.hint or 'it was too fast'}"
    wait = "some hours" if isinstance(error, QuotaExceededError) else "a minute"
    return f"SoundCloud does not say when; wait {wait}, {error.hint or 'it was too fast'}"


def tell(problem: Problem) -> None:
    """Write two lines to standard error."""
    from soundcloud.cli.output.formatting import printable

    colour = sys.stderr.isatty() and not _no_colour()
    what = click.style("error:", fg="red", bold=True) if colour else "error:"
    click.echo(f"{what} {printable(problem.message)}\n  what to do: {printable(problem.hint)}", err=True, color=colour)


def _no_colour() -> bool:
    import os

    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
