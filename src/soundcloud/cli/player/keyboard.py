"""Reads single keys from a terminal, without Enter."""

import os
import select
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress

_ARROWS = {"A": "louder", "B": "quieter", "C": "forward", "D": "back"}
KEYS = {
    " ": "pause",
    "q": "quit",
    "n": "next",
    "p": "previous",
    "+": "louder",
    "-": "quieter",
    "m": "mute",
    "s": "shuffle",
    "l": "loop",
    "L": "like",
    "o": "open",
    "?": "help",
    **{f"\x1b{prefix}{letter}": action for letter, action in _ARROWS.items() for prefix in "[O"},
}
"""The action of each key; the last eight are the two forms of the arrow keys."""


class Keyboard:
    """The keys that the user presses; `handle` is the descriptor to wait for, None without a terminal.

    Set `before_stop` and `after_stop` to remove a drawing when Ctrl-Z stops the program, and to draw it again.
    """

    def __init__(self, handle: int | None) -> None:
        self.handle = handle
        self.before_stop: Callable[[], None] = lambda: None
        self.after_stop: Callable[[], None] = lambda: None

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
    """Read keys from the terminal, also if standard input is a pipe; restore the terminal's settings at the end."""
    with ExitStack() as stack:
        handle = _find_terminal(stack)
        if handle is None:
            yield Keyboard(None)
            return
        import termios
        import tty

        keyboard, settings = Keyboard(handle), termios.tcgetattr(handle)
        stack.callback(termios.tcsetattr, handle, termios.TCSADRAIN, settings)

        def stop(number: int, _frame: object) -> None:
            """Restore the terminal, stop as Ctrl-Z asks, and read keys again when the program is continued."""
            keyboard.before_stop()
            termios.tcsetattr(handle, termios.TCSADRAIN, settings)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            signal.signal(number, stop)
            tty.setcbreak(handle)
            keyboard.after_stop()

        for number, handler in ((signal.SIGTERM, _exit), (signal.SIGHUP, _exit), (signal.SIGTSTP, stop)):
            stack.callback(signal.signal, number, signal.signal(number, handler))
        tty.setcbreak(handle)
        yield keyboard


def _exit(number: int, _frame: object) -> None:
    """End the program so that the terminal is restored."""
    sys.exit(128 + number)


def _find_terminal(stack: ExitStack) -> int | None:
    """Return the descriptor of the terminal to read keys from; None if there is none."""
    if os.name != "posix":
        return None
    if sys.stdin.isatty():
        return sys.stdin.fileno()
    if not sys.stderr.isatty():
        return None
    with suppress(OSError):
        handle = os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC)
        stack.callback(os.close, handle)
        return handle
    return None
