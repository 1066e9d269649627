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
    """The keys that the user presses; `handle` is the descriptor to wait for, None without a terminal."""

    def __init__(self, handle: int | None) -> None:
        self.handle = handle
        self._show = self._erase = _do_nothing
        self._is_drawing = self._must_stop = False

    @contextmanager
    def drawn(self, show: Callable[[], None], erase: Callable[[], None]) -> Generator[None, None, None]:
        """Show a drawing and erase it at the end, and also while Ctrl-Z stops the program."""
        try:
            with self.drawing():
                show()
                self._show, self._erase = show, erase
            yield
        finally:
            with self.drawing():
                self._show = self._erase = _do_nothing
                erase()

    @contextmanager
    def drawing(self) -> Generator[None, None, None]:
        """Delay Ctrl-Z to the end of the block: its handler draws too, and Python refuses a write within a write."""
        self._is_drawing = True
        try:
            yield
        finally:
            self._is_drawing = False
            if self._must_stop:
                self._must_stop = False
                os.kill(os.getpid(), signal.SIGTSTP)

    def stop(self, stop: Callable[[], None]) -> None:
        """Erase the drawing, stop the program, and show the drawing when the program is continued; or delay all this."""
        self._must_stop = self._is_drawing
        if self._must_stop:
            return
        with self.drawing():
            self._erase()
            stop()
            self._show()

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


def _do_nothing() -> None:
    """Do nothing."""


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

        def stop() -> None:
            """Restore the terminal, stop as Ctrl-Z asks, and read keys again when the program is continued."""
            termios.tcsetattr(handle, termios.TCSADRAIN, settings)
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, on_stop)
            tty.setcbreak(handle)

        def on_stop(_number: int, _frame: object) -> None:
            keyboard.stop(stop)

        stack.callback(signal.signal, signal.SIGTSTP, signal.signal(signal.SIGTSTP, on_stop))
        tty.setcbreak(handle)
        yield keyboard


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
