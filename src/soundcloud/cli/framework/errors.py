"""Errors as two lines on standard error and an exit code.

| code | meaning |
| --- | --- |
| 0 | success |
| 1 | any other failure |
| 2 | invalid command line |
| 3 | not signed in, or the sign-in has expired |
| 4 | not found |
| 5 | rate limit reached; the second line says when to try again |
| 130 | interrupted with Ctrl-C |
"""

import errno
import os
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

import click

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.output.terminal import write_error

if TYPE_CHECKING:
    from soundcloud import errors

FAILED, USAGE, NOT_SIGNED_IN, NOT_FOUND, RATE_LIMITED, INTERRUPTED = 1, 2, 3, 4, 5, 130

_SIGN_IN = "soundcloud login"
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_LONGEST_ARGUMENT = 80
_SPAM = "do not repeat this"
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}


class CommandError(Exception):
    """An error of the command itself: what failed, what the user can do, and the exit code."""

    def __init__(self, message: str, hint: str, *, code: int = FAILED) -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code


class CancelledError(Exception):
    """The user declined a question; the message says how to go on."""


class ErrorMessage(NamedTuple):
    """An error as the command prints it."""

    text: str
    hint: str
    code: int

    def with_subject(self, subject: str) -> Self:
        """Return the message with an item or a file before its text, unless the text names it."""
        subject = shorten(subject)
        if re.search(rf"(?<!\w){re.escape(subject)}(?!\w)", self.text):
            return self
        return self._replace(text=f"{subject}: {self.text}")


def shorten(argument: str) -> str:
    """Return an argument for a message: at most 80 printable characters, without the secret of a share link."""
    from soundcloud_api.types import redact

    text = to_printable(redact(argument)) or repr(argument)
    return text if len(text) <= _LONGEST_ARGUMENT else f"{text[: _LONGEST_ARGUMENT - 3]}..."


def describe_error(error: BaseException) -> ErrorMessage:
    """Return the message and the exit code of an error."""
    from soundcloud import errors

    match error:
        case CommandError():
            return ErrorMessage(error.message, error.hint, error.code)
        case click.UsageError():
            path = error.ctx.command_path if error.ctx is not None else "soundcloud"
            text = error.format_message()
            return ErrorMessage("name a command" if text == "Missing command." else text, f"{path} --help", USAGE)
        case click.ClickException():
            return ErrorMessage(error.format_message(), "soundcloud --help", error.exit_code)
        case errors.SoundCloudError():
            return _describe_client_error(error)
        case OSError() if error.filename is None and error.errno in _FULL:
            # Files are named in their errors, so this is standard output.
            hint = "free some space, or send the output elsewhere"
            return ErrorMessage(f"the output cannot be written: {error.strerror}", hint, FAILED)
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            text = f"{name}{error.strerror or type(error).__name__}"
            is_full = error.errno in _FULL
            return ErrorMessage(text, "free some space" if is_full else "check the file or the folder", FAILED)
        case ImportError() | RuntimeError():
            return ErrorMessage(str(error), "soundcloud doctor", FAILED)
        case _:
            text = f"{type(error).__name__}: {error}"
            return ErrorMessage(text, "this is a bug in the command: --debug shows the traceback", FAILED)


def _describe_client_error(error: "errors.SoundCloudError") -> ErrorMessage:
    from soundcloud import errors
    from soundcloud.cli.framework.wording import reword_hint, reword_message

    attempts = f" (after {error.retries + 1} attempts)" if error.retries else ""
    text, own_hint = f"{reword_message(error)}{attempts}", reword_hint(error)
    match error:
        case errors.InvalidInputError():
            return ErrorMessage(text, own_hint or _help_of_command(), USAGE)
        case errors.MissingTokenError() | errors.InvalidGrantError():
            return ErrorMessage(text, _SIGN_IN, NOT_SIGNED_IN)
        case errors.InvalidClientError():
            hint = f"compare the app's id and secret with soundcloud.com/you/apps, then run: {_SIGN_IN}"
            return ErrorMessage(text, hint, NOT_SIGNED_IN)
        case errors.UnauthorizedError():
            hint = f"{_SIGN_IN}; private data and changes need a signed-in user"
            return ErrorMessage(text, hint, NOT_SIGNED_IN)
        case errors.NotFoundError():
            hint = "it may be deleted, private (then use its share link), or hidden from this app"
            return ErrorMessage(text, hint, NOT_FOUND)
        case errors.SpamWarningError():
            return ErrorMessage(f"SoundCloud warned you of spam: {text}", own_hint or _SPAM, RATE_LIMITED)
        case errors.RateLimitError():
            return ErrorMessage(text, _rate_limit_hint(error), RATE_LIMITED)
        case errors.ConnectionFailedError():
            return ErrorMessage(text, _connection_hint(), FAILED)
        case _:
            return ErrorMessage(text, own_hint or "--debug shows the requests", FAILED)


def _help_of_command() -> str:
    context = click.get_current_context(silent=True)
    return f"{context.command_path if context is not None else 'soundcloud'} --help"


def _connection_hint() -> str:
    """Return what to do without a response: start the sandbox again, if the environment has its URL."""
    from urllib.parse import urlsplit

    from soundcloud._protocol.environment import environment_settings

    url = environment_settings(os.environ).get("base_url")
    if url is None or urlsplit(url).hostname not in LOOPBACK_HOSTS:
        return "check the network, then run: soundcloud doctor"
    return f"start the sandbox at {url} again, or unset SOUNDCLOUD_API_URL, or use --sandbox"


def _rate_limit_hint(error: "errors.RateLimitError") -> str:
    """Return when the rate limit ends, as the response says it."""
    from soundcloud.errors import QuotaExceededError

    end = error.resets_at
    if end is None and error.retry_after is not None:
        end = datetime.now().astimezone() + timedelta(seconds=error.retry_after)
    reason = error.hint or "there were too many requests"
    if end is not None:
        return f"try again after {end.astimezone():%Y-%m-%d %H:%M:%S}; {reason}"
    wait = "a few hours" if isinstance(error, QuotaExceededError) else "a minute"
    return f"SoundCloud does not say when the limit ends; wait {wait}, {reason}"


def print_error(message: ErrorMessage) -> None:
    """Write the two lines of an error to standard error."""
    write_error(message.text, message.hint)
