"""Lets the user choose rows of a list at the terminal: arrow keys, typing filters. It is drawn on standard error."""

import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from soundcloud.cli.framework.errors import USAGE, CancelledError, CommandError
from soundcloud.cli.output.columns import View
from soundcloud.cli.output.progress import error_console
from soundcloud.cli.output.tables import choose_columns, format_field, plain_line
from soundcloud.cli.player.keyboard import open_keyboard

if TYPE_CHECKING:
    from rich.text import Text

_HELP = "enter: choose  esc: cancel  tab: mark  type: filter"
_SEQUENCES = {
    "\x1b[A": "up", "\x1bOA": "up", "\x10": "up",
    "\x1b[B": "down", "\x1bOB": "down", "\x0e": "down",
    "\x1b[5~": "page up", "\x1b[6~": "page down",
    "\x1b[H": "first", "\x1bOH": "first", "\x1b[1~": "first",
    "\x1b[F": "last", "\x1bOF": "last", "\x1b[4~": "last",
    "\r": "choose", "\n": "choose", "\t": "mark", "\x7f": "erase", "\x08": "erase", "\x15": "clear", "\x1b": "cancel",
}  # fmt: skip
_LONGEST_SEQUENCE = 4
_OTHER_LINES = 2  # the filter and the help


class Picker:
    """The state of a choice: the filter, the row of the cursor, and the marked rows."""

    def __init__(self, lines: Sequence[str], texts: Sequence[str]) -> None:
        self._lines, self._texts = lines, [text.casefold() for text in texts]
        self.filter, self._cursor = "", 0
        self._marked: set[int] = set()

    @property
    def _found(self) -> list[int]:
        words = self.filter.casefold().split()
        return [number for number, text in enumerate(self._texts) if all(word in text for word in words)]

    def press(self, key: str, page: int) -> list[int] | None:
        """Process a key; return the chosen rows when the choice is made. `page` is the number of rows on the screen."""
        found = self._found
        match key:
            case "choose" if self._marked or found:
                return sorted(self._marked) or [found[self._cursor]]
            case "cancel":
                raise CancelledError("cancelled: nothing was chosen")
            case "mark" if found:
                self._marked ^= {found[self._cursor]}
                self._move(1)
            case "up" | "down" | "page up" | "page down" | "first" | "last":
                steps = {
                    "up": -1,
                    "down": 1,
                    "page up": -page,
                    "page down": page,
                    "first": -len(found),
                    "last": len(found),
                }
                self._move(steps[key])
            case "erase" | "clear":
                self._set_filter(self.filter[:-1] if key == "erase" else "")
            case _ if len(key) == 1 and key.isprintable():
                self._set_filter(self.filter + key)
            case _:
                pass
        return None

    def _set_filter(self, text: str) -> None:
        self.filter, self._cursor = text, 0

    def _move(self, step: int) -> None:
        self._cursor = max(0, min(self._cursor + step, len(self._found) - 1))

    def draw(self, height: int) -> "Text":
        """Return the screen of a number of lines."""
        from rich.text import Text

        found, rows = self._found, height - _OTHER_LINES
        first = max(0, min(self._cursor - rows // 2, len(found) - rows))
        marks = f", {len(self._marked)} marked" if self._marked else ""
        lines = [Text.assemble(("> ", "bold cyan"), self.filter, ("\u2588" if _is_utf8() else "_", "dim"),
                               (f"  {len(found)} of {len(self._lines)}{marks}", "dim"))]  # fmt: skip
        for number in found[first : first + rows]:
            mark = "*" if number in self._marked else " "
            style = "reverse" if number == found[self._cursor] else "bold" if number in self._marked else ""
            lines.append(Text(f"{mark} {self._lines[number]}", style))
        lines += [Text()] * (height - 1 - len(lines))
        return Text("\n", no_wrap=True, overflow="crop").join([*lines, Text(_HELP, "dim")])


def pick(items: Sequence[Any], view: View) -> list[Any]:
    """Return the items that the user chooses; raise an error if the user cancels, or without a terminal."""
    from rich.live import Live

    console = error_console()
    with open_keyboard() as keyboard:
        if keyboard.handle is None or not sys.stderr.isatty() or console.is_dumb_terminal:
            raise CommandError("--pick needs a terminal", "leave out --pick", code=USAGE)
        columns = [column for column in view.columns if column.path != "urn"]
        shown = choose_columns(items, columns, console.width - 3)
        lines = [plain_line(item, shown, "\u2026" if _is_utf8() else "...") for item in items]
        texts = [" ".join(format_field(item, column) for column in columns) for item in items]
        picker = Picker(lines, texts)
        live = Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        with keyboard.drawn(partial(live.start, refresh=True), live.stop):
            while True:
                with keyboard.drawing():
                    live.update(picker.draw(console.height), refresh=True)
                for key in _read_keys(keyboard.handle):
                    chosen = picker.press(key, console.height - _OTHER_LINES)
                    if chosen is not None:
                        return [items[number] for number in chosen]


def _read_keys(handle: int) -> Iterator[str]:
    """Wait for keys; return each as its name in `_SEQUENCES` or its character."""
    typed = os.read(handle, 1024)
    if not typed:
        raise CancelledError("cancelled: the terminal was closed")
    # A character can arrive in parts.
    while typed[-1] >= 0x80 and (more := _missing_bytes(typed)):
        typed += os.read(handle, more)
    text = typed.decode("utf-8", "replace")
    while text:
        sequence = next(
            (text[:length] for length in range(_LONGEST_SEQUENCE, 0, -1) if text[:length] in _SEQUENCES), ""
        )
        if sequence == "\x1b" and len(text) > 1:
            return  # a sequence of a key that has no meaning here
        yield _SEQUENCES.get(sequence, text[0])
        text = text[len(sequence) or 1 :]


def _missing_bytes(typed: bytes) -> int:
    """Return how many bytes the last character of UTF-8 lacks."""
    for back in range(1, min(4, len(typed)) + 1):
        byte = typed[-back]
        if byte >= 0xC0:
            return (4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2) - back
    return 0


def _is_utf8() -> bool:
    return (sys.stderr.encoding or "").lower().startswith("utf")
