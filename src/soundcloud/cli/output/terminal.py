"""All text that the command writes goes through this module, except tables and progress bars, which rich draws.

At a terminal, control characters and bidirectional controls are escaped: text of a server cannot steer it.
"""

import logging
import os
import re
import sys
import traceback
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from soundcloud._protocol.printable import escape_unsafe, to_printable


def replace_missing_streams() -> None:
    """Open os.devnull for the standard streams that the shell closed, for example with `>&-`.

    Without it, the next opened file or socket would get the number of a standard stream.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open until the process ends


def configure_stdout(**settings: str) -> None:
    """Set the encoding or the error handler of standard output, if it is a text file."""
    output: Any = sys.stdout
    if hasattr(output, "reconfigure"):
        output.reconfigure(**settings)


def write_output(text: str) -> None:
    """Write a part of the result to standard output; without a terminal it is written as it is."""
    sys.stdout.write(escape_unsafe(text) if sys.stdout.isatty() else text)


def write_json(text: str) -> None:
    """Write a part of a JSON document to standard output, in color at a terminal."""
    if not has_color(sys.stdout):
        write_output(text)
        return
    colored = _JSON_TOKEN.sub(_color_token, escape_unsafe(text))
    click.echo(colored, file=sys.stdout, nl=False, color=True)


_JSON_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b')


def _color_token(token: re.Match[str]) -> str:
    string, colon = token.groups()
    if string is None:
        return click.style(token[0], dim=True)
    return f"{click.style(string, fg='cyan')}{colon}" if colon else click.style(string, fg="green")


STYLES: dict[str, dict[str, Any]] = {
    "bold": {"bold": True},
    "dim": {"dim": True},
    "cyan": {"fg": "cyan"},
    "green": {"fg": "green"},
    "yellow": {"fg": "yellow"},
    "red": {"fg": "red"},
}
"""The styles of tables; rich knows them by the same names. They are of the terminal's own palette, for dark and light ones."""


def style_text(text: str, style: str, url: str | None = None) -> str:
    """Return a text in a style and as a link, if standard output is a terminal that shows them."""
    if not text or not (style or url) or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return text
    if style and (has_color(sys.stdout) or style in {"bold", "dim"}):
        text = click.style(text, **STYLES[style])
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if url else text


def write_styled(line: str) -> None:
    """Write a line of `style_text` and printable text to standard output."""
    if sys.stdout.isatty():
        click.echo(line, file=sys.stdout, color=True)
    else:
        sys.stdout.write(f"{line}\n")


def terminal_width() -> int:
    """Return the width of the terminal in cells."""
    import shutil

    return shutil.get_terminal_size().columns


def write_message(text: str = "") -> None:
    """Write a message of one or several lines to standard error."""
    click.echo(escape_unsafe(text), err=True)


def write_help(text: str) -> None:
    """Write help of the command itself to standard output; its colors are dropped without a terminal."""
    click.echo(text)


def has_color(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that shows colors, and the user wants them."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write_error(text: str, hint: str) -> None:
    """Write the two lines of an error to standard error."""
    color = has_color(sys.stderr)
    label = click.style("error:", fg="red", bold=True) if color else "error:"
    first = wrap(f"error: {to_printable(text)}", "       ").replace("error:", label, 1)
    second = wrap(f"  what to do: {to_printable(hint)}", "    ")
    click.echo(f"{first}\n{second}", err=True, color=color)


def wrap(text: str, indent: str = "") -> str:
    """Wrap a line for standard error at words to the width of the terminal; in a pipe it stays one line."""
    if not sys.stderr.isatty():
        return text
    import textwrap

    return textwrap.fill(
        text, max(terminal_width(), 30), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def write_traceback(error: BaseException) -> None:
    """Write the traceback of an error to standard error."""
    write_message("".join(traceback.format_exception(error)).rstrip("\n"))


def write_status(text: str) -> None:
    """Replace the last line of a terminal, on standard error."""
    sys.stderr.write(f"\r\x1b[K{to_printable(text)}")
    sys.stderr.flush()


class _LogHandler(logging.Handler):
    """Writes log records as messages."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            write_message(self.format(record))
        except Exception:  # logging handles the error of a handler: it never reaches the program
            self.handleError(record)


def _write_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del file
    write_message(warnings.formatwarning(message, category, filename, lineno, line).rstrip("\n"))


@contextmanager
def redirected_logs() -> Generator[None, None, None]:
    """Write the log records that no handler takes, and Python's warnings, as messages."""
    last_resort = logging.lastResort
    logging.lastResort = _LogHandler(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _write_warning
            yield
    finally:
        logging.lastResort = last_resort
