"""The rows of the last list that was printed in this terminal, for arguments such as `:3` and `:1-5`, and for completion."""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from soundcloud.cli.framework.errors import USAGE, CommandError

_ROWS = re.compile(r":(\d+)(?:-:?(\d+))?", re.ASCII)
_URN = re.compile(r"soundcloud:[a-z-]+:[A-Za-z0-9:_-]+", re.ASCII)
_MAXIMUM_ROWS = 1000
_MAXIMUM_DIGITS = 6
_MAXIMUM_AGE = 7 * 24 * 60 * 60.0
_EXAMPLE = "print a list in this terminal first, for example: soundcloud search lofi"


class NumberedItem:
    """An item of a list with the number of its row; all other attributes are those of the item."""

    def __init__(self, item: object, row_number: int) -> None:
        self._item = item
        self.row_number = row_number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._item, name)


class RecordedList:
    """The items of a list, numbered; `write` stores the URNs of those that were read."""

    def __init__(self, items: Iterable[Any], urn_of: Callable[[Any], Any]) -> None:
        self._items, self._urn_of = items, urn_of
        self._urns: list[str | None] = []

    def __iter__(self) -> Iterator[Any]:
        for number, item in enumerate(self._items, start=1):
            urn = self._urn_of(item)
            if number <= _MAXIMUM_ROWS:
                self._urns.append(urn if isinstance(urn, str) and _URN.fullmatch(urn) else None)
            is_mapping = isinstance(item, Mapping)
            yield {**item, "row_number": number} if is_mapping else NumberedItem(item, number)

    def write(self) -> None:
        """Replace the list of this terminal. An empty list keeps the old one, and so does a folder that cannot be written."""
        from soundcloud._atomic_file import replace_file

        if not self._urns:
            return
        path = _list_path()
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _remove_old_lists(path.parent)
            replace_file(path, json.dumps(self._urns).encode())


def read_rows() -> list[tuple[int, str]]:
    """Return the numbers and the URNs of the rows of the last list; without a list there are none."""
    try:
        rows = _read_list()
    except CommandError:
        return []
    return [(number, urn) for number, urn in enumerate(rows, start=1) if urn is not None]


def expand_rows(arguments: Iterable[str]) -> list[str]:
    """Return arguments with `:3` and `:1-5` replaced by the URNs of these rows of the last list."""
    return [item for argument in arguments for item in expand_row(argument)]


def expand_row(argument: str) -> list[str]:
    """Return the URNs of the rows that an argument names, or the argument itself if it names none."""
    rows = _ROWS.fullmatch(argument.strip())
    if rows is None:
        return [argument]
    first, last = rows[1], rows[2] or rows[1]
    urns = _read_list()
    start, end = (
        int(text[-_MAXIMUM_DIGITS:]) if len(text) <= _MAXIMUM_DIGITS else len(urns) + 1 for text in (first, last)
    )
    if not 1 <= start <= end <= len(urns):
        name = "row" if start == end else "rows"
        raise CommandError(
            f"{argument!r}: the last list has no such {name}",
            f"use :1 to :{len(urns)}, or print another list",
            code=USAGE,
        )
    found: list[str] = []
    for number, urn in enumerate(urns[start - 1 : end], start=start):
        if urn is None:
            raise CommandError(f"':{number}': this row has no id", "use another row", code=USAGE)
        found.append(urn)
    return found


def _read_list() -> list[str | None]:
    path = _list_path()
    try:
        if time.time() - path.stat().st_mtime > _MAXIMUM_AGE:
            raise FileNotFoundError
        data: object = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CommandError("there is no list in this terminal yet", _EXAMPLE, code=USAGE) from None
    except (OSError, ValueError, RecursionError):
        data = None
    if not isinstance(data, list):
        raise CommandError(f"the last list cannot be read: {path}", _EXAMPLE, code=USAGE)
    rows = cast("list[object]", data)
    return [row if isinstance(row, str) and _URN.fullmatch(row) else None for row in rows]


def _list_path() -> Path:
    from platformdirs import user_state_path

    return user_state_path("soundcloud-sdk", appauthor=False) / "lists" / f"{_terminal_name()}.json"


def _terminal_name() -> str:
    """Return a name that all commands of a terminal share: that of its session, which pipes and subshells keep."""
    if sys.platform == "win32":
        return re.sub(r"[^A-Za-z0-9-]", "", os.environ.get("WT_SESSION", "")) or "console"
    session = os.getsid(0)
    try:
        # The time of its start: another session can get the same number later.
        fields = Path(f"/proc/{session}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return f"{session}-{fields[19]}"
    except (OSError, IndexError):
        return str(session)


def _remove_old_lists(folder: Path) -> None:
    oldest = time.time() - _MAXIMUM_AGE
    for path in folder.glob("*.json"):
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
