"""Keys as they are pressed, without Enter, at a terminal."""

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
"""What each key means; the last four are the arrows."""


class Keyboard:
    """What is typed.

    Attributes:
        handle: To wait for keys with; None where there is no terminal.
    """

    def __init__(self, handle: int | None) -> None:
        self.handle = handle

    def read(self) -> list[str]:
        """What the keys mean that were pressed since; others are passed over."""
        if self.handle is None or not select.select([self.handle], [], [], 0)[0]:
            return []
        typed = os.read(self.handle, 64).decode("utf-8", "replace")
        if not typed:
            # The terminal is gone: it would be readable forever.
            self.handle = None
            return ["quit"]
        return [meaning for meaning in map(KEYS.get, _split(typed)) if meaning is not None]


def _split(typed: str) -> list[str]:
    """Single keys; an arrow is three characters."""
    found: list[str] = []
    while typed:
        length = 3 if typed[:3] in KEYS else 1
        found.append(typed[:length])
        typed = typed[length:]
    return found


@contextmanager
def keyboard() -> Generator[Keyboard, None, None]:
    """Take keys from standard input, where it is a terminal, and leave it as it was."""
    if not sys.stdin.isatty() or os.name != "posix":
        yield Keyboard(None)
        return
    import termios
    import tty

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    tty.setcbreak(handle)
    try:
        yield Keyboard(handle)
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
