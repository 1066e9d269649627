"""Reads single keys from a terminal, without Enter."""

import os
import select
import sys
from collections.abc import Generator
from contextlib import contextmanager

KEYS = {
    " ": "pause",
    "q": "quit",
    "n": "next",
    "p": "previous",
    "\x1b[C": "forward",
    "\x1b[D": "back",
    "\x1bOC": "forward",
    "\x1bOD": "back",
}
"""The action of each key; the last four are the arrow keys."""


class Keyboard:
    """The keys that the user presses; `handle` is the descriptor to wait for, None without a terminal."""

    def __init__(self, handle: int | None) -> None:
        self.handle = handle

    def read(self) -> list[str]:
        """Return the actions of the keys pressed since the last call; unknown keys are ignored."""
        if self.handle is None or not select.select([self.handle], [], [], 0)[0]:
            return []
        typed = os.read(self.handle, 64).decode("utf-8", "replace")
        if not typed:
            # The terminal was closed: its descriptor stays readable.
            self.handle = None
            return ["quit"]
        return [action for action in map(KEYS.get, _split_keys(typed)) if action is not None]


def _split_keys(typed: str) -> list[str]:
    """Split the input into keys; an arrow key is three characters."""
    keys: list[str] = []
    while typed:
        length = 3 if typed[:3] in KEYS else 1
        keys.append(typed[:length])
        typed = typed[length:]
    return keys


@contextmanager
def open_keyboard() -> Generator[Keyboard, None, None]:
    """Read keys from standard input if it is a terminal; restore the terminal's settings at the end."""
    if not sys.stdin.isatty() or os.name != "posix":
        yield Keyboard(None)
        return
    import termios
    import tty

    handle = sys.stdin.fileno()
    settings = termios.tcgetattr(handle)
    tty.setcbreak(handle)
    try:
        yield Keyboard(handle)
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, settings)
