"""Sends output that is longer than the terminal to a pager, such as less."""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout, suppress
from shutil import get_terminal_size
from typing import TextIO

# Old versions of less show links as text.
_LINK = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")


def split_pager(pager: str) -> list[str]:
    """Return the words of a pager's command line; empty for none. An empty value and `cat` turn the pager off."""
    try:
        words = shlex.split(pager)
    except ValueError:
        return []
    return [] if words[:1] == ["cat"] else words


@contextmanager
def paged(pager: str) -> Generator[None, None, None]:
    """Send standard output, which is a terminal, to the pager if it does not fit the height.

    The output ends without an error when the user quits the pager.
    """
    command = split_pager(pager) if os.environ.get("TERM") != "dumb" else []
    if not command:
        yield
        return
    output = PagedOutput(sys.stdout, command)
    try:
        with redirect_stdout(output):
            yield
    except BrokenPipeError:
        if not output.is_paging:
            raise
    finally:
        output.finish()


class PagedOutput(io.TextIOBase):
    """Standard output of a terminal: the first screen is kept until it is certain whether a pager is needed."""

    def __init__(self, terminal: TextIO, command: list[str]) -> None:
        self._terminal, self._command = terminal, command
        self._kept: list[str] | None = []
        self._lines, self._height = 0, get_terminal_size().lines
        self._width = get_terminal_size().columns
        self._pager: subprocess.Popen[str] | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute in the base class
        """The encoding of the terminal."""
        return self._terminal.encoding

    @property
    def is_paging(self) -> bool:
        """Whether the pager was started."""
        return self._pager is not None

    def isatty(self) -> bool:
        """Return True: the pager writes to the terminal."""
        return True

    def fileno(self) -> int:
        """Return the number of the terminal's file."""
        return self._terminal.fileno()

    def write(self, text: str) -> int:
        """Write to the pager; a text before it is started is kept."""
        if self._kept is None:
            self._write(text)
            return len(text)
        self._kept.append(text)
        self._lines += text.count("\n")
        if self._lines >= self._height:
            self._start()
        return len(text)

    def finish(self) -> None:
        """Write what is kept, or wait until the user quits the pager; less handles Ctrl-C itself."""
        if self._pager is None:
            kept, self._kept = self._kept or [], None
            self._terminal.write("".join(kept))
            self._terminal.flush()
            return
        with suppress(BrokenPipeError):
            if self._pager.stdin is not None:
                self._pager.stdin.close()
        while True:
            with suppress(KeyboardInterrupt):
                self._pager.wait()
                return

    def _start(self) -> None:
        kept, self._kept = self._kept or [], None
        self._terminal.flush()
        environment = {"LESS": "FRX", "LV": "-c", **os.environ}
        # An unknown pager is not an error: the output is written as without one.
        with suppress(OSError):
            self._pager = subprocess.Popen(  # noqa: S603 - the user chooses the program
                self._command,
                stdin=subprocess.PIPE,
                env=environment,
                text=True,
                encoding=self.encoding,
                errors="replace",
            )
        self._write("".join(kept))

    def _write(self, text: str) -> None:
        if self._pager is None or self._pager.stdin is None:
            self._terminal.write(text)
            return
        self._pager.stdin.write(_LINK.sub("", text))
        self._pager.stdin.flush()
