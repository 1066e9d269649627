"""Progress on standard error; it is shown at a terminal only."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.output.terminal import write_status

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDE = 70


def error_console() -> "Console":
    """Return a console for standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, markup=False)


class Counter:
    """A line that counts items, for lists of unknown length; at a terminal only."""

    def __init__(self, *, shown: bool = True) -> None:
        self._shown = shown and sys.stderr.isatty()

    def show(self, number: int) -> None:
        """Show the number of items so far."""
        if self._shown:
            write_status(f"{number:,} so far")

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            write_status("")


@contextmanager
def item_progress(verb: str, total: int, *, shown: bool = True) -> Generator[Callable[[], None], None, None]:
    """Show a progress bar for several items; yield a function to call after each item."""
    if not shown or total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=error_console(), transient=True) as progress:
        task = progress.add_task(verb, total=total)
        yield lambda: progress.advance(task)


class UploadProgress:
    """A progress bar for each uploaded file: bytes, speed, remaining time. The last bars stay visible."""

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
        self._maximum_bars = max(2, self.console.height - 4)
        self._tasks: list[TaskID] = []

    def __enter__(self) -> "UploadProgress":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def renderable(self) -> "RenderableType":
        """Return the current bars, to be printed once."""
        return self._bars.get_renderable()

    def add_file(self, name: str, size: int) -> Callable[[int, int], None]:
        """Add a bar for a file of `size` bytes; return a function that takes the bytes sent so far and the total."""
        self._number += 1
        if len(self._tasks) >= self._maximum_bars:
            self._bars.remove_task(self._tasks.pop(0))
        task = self._bars.add_task(f"{self._number}/{self._total} {to_printable(name)}", total=size)
        self._tasks.append(task)
        return lambda sent, total: self._bars.update(task, completed=sent, total=total)
