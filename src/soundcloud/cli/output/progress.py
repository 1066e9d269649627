"""Progress, on standard error: only people see it, and only where standard error is a terminal."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDE = 70


def error_console() -> "Console":
    """Prints to standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, markup=False)


@contextmanager
def count_bar(doing: str, total: int, *, shown: bool = True) -> Generator[Callable[[], None], None, None]:
    """Show how many of many are done.

    Args:
        doing: What is done: `liking`.
        total: How many there are; one alone needs no bar.
        shown: Whether it is shown at all.

    Returns:
        To be called after each.
    """
    if not shown or total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=error_console(), transient=True) as progress:
        task = progress.add_task(doing, total=total)
        yield lambda: progress.advance(task)


class FileBars:
    """A bar for each file that is sent: bytes, speed, time left; the last of them stay.

    Args:
        total: How many files there are.
        console: Where to; standard error when not given.
        clock: Gives seconds, for the speed.
    """

    def __init__(
        self, total: int, console: "Console | None" = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TaskID,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )
        from rich.table import Column

        self.console = console or error_console()
        wide = self.console.width >= _WIDE
        name = TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True))
        more = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()) if wide else (TimeRemainingColumn(),)
        self._bars = Progress(
            name, BarColumn(24 if wide else 10), *more, console=self.console, expand=True, get_time=clock
        )
        self._total, self._number = total, 0
        self._most = max(2, self.console.height - 4)
        self._tasks: list[TaskID] = []

    def __enter__(self) -> "FileBars":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def picture(self) -> "RenderableType":
        """The bars as they are now, to be printed once."""
        return self._bars.get_renderable()

    def begin(self, name: str, size: int) -> Callable[[int, int], None]:
        """Show a file that begins.

        Args:
            name: What it is called.
            size: How many bytes it has.

        Returns:
            Takes the bytes that were sent, and how many there are.
        """
        self._number += 1
        if len(self._tasks) >= self._most:
            self._bars.remove_task(self._tasks.pop(0))
        task = self._bars.add_task(f"{self._number}/{self._total} {name}", total=size)
        self._tasks.append(task)
        return lambda sent, total: self._bars.update(task, completed=sent, total=total)
