"""Writes a whole list to a file, page by page, so that it can be broken off at any moment and gone on with.

While it is under way there are two files beside the one that is wanted:

- `NAME.partial`, the rows so far;
- `NAME.state`, replaced as a whole after each page: how long `NAME.partial` was then, where the next page is, and which things
  stood on the last one. Rows behind that length are of a page that was not finished: they are cut off when it goes on.

At the end `NAME.partial` becomes `NAME`. Memory holds one page, however long the list is.
"""

import csv
import json
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import attrs

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.output.columns import dig, raw_of
from soundcloud.cli.upload.history import write_whole

if TYPE_CHECKING:
    from soundcloud import Page

_VERSION = 1


@attrs.frozen
class Wanted:
    """What is exported; two exports that differ in it do not go on from each other.

    Attributes:
        what: Which list.
        account: Whose, and from which API.
        format: `jsonl` or `csv`.
        fields: The columns of CSV.
    """

    what: str
    account: str
    format: str
    fields: tuple[str, ...]


@attrs.frozen
class State:
    """How far an export is.

    Attributes:
        rows: How many rows were written.
        length: How many bytes that is.
        next_href: Where the next page is; None at the end, or before the first one.
        last: The URNs of the last page: what is on the next one again was moved by something new, and is left out.
        ended: Whether there is no page more.
    """

    rows: int = 0
    length: int = 0
    next_href: str | None = attrs.field(default=None, repr=False)
    last: tuple[str, ...] = ()
    ended: bool = False


class Export:
    """An export to a file.

    Args:
        path: The file that is wanted.
        wanted: What is exported.
    """

    def __init__(self, path: Path, wanted: Wanted) -> None:
        self._path, self._wanted = path, wanted
        self._partial = path.with_name(f"{path.name}.partial")
        self._state_path = path.with_name(f"{path.name}.state")

    @contextmanager
    def locked(self) -> Generator[None, None, None]:
        """Keep other exports from writing the same file.

        Raises:
            CommandError: There is one.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._path.with_name(f"{self._path.name}.lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise CommandError(
                f"another export writes {self._path}", "wait for its end, or take another --output"
            ) from None
        try:
            yield
        finally:
            Path(lock.lock_file).unlink(missing_ok=True)
            lock.release()

    def begun(self, *, restart: bool) -> State:
        """Find out how far it is.

        Args:
            restart: Whether to forget what was done.

        Raises:
            CommandError: The file is there already, or what was begun is another export.
        """
        if restart:
            for path in (self._state_path, self._partial):
                path.unlink(missing_ok=True)
            return State()
        try:
            data = cast("dict[str, Any]", json.loads(self._state_path.read_text(encoding="utf-8")))
            wanted, begun = cast("dict[str, Any]", data["wanted"]), cast("dict[str, Any]", data["state"])
            wanted["fields"], begun["last"] = tuple(wanted["fields"]), tuple(begun["last"])
            if data["version"] != _VERSION or Wanted(**wanted) != self._wanted:
                raise CommandError(
                    f"{self._state_path} is of another export",
                    "take another --output, or begin anew: --restart",
                    code=USAGE,
                )
            state = State(**begun)
        except FileNotFoundError:
            if self._path.exists():
                raise CommandError(
                    f"{self._path} is there already", "take another --output, or replace it: --restart", code=USAGE
                ) from None
            return State()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CommandError(f"{self._state_path} cannot be read", "begin anew: --restart") from None
        length = self._partial.stat().st_size if self._partial.exists() else 0
        if length < state.length and not (state.ended and self._path.exists()):
            raise CommandError(f"{self._partial} is shorter than it was", "begin anew: --restart")
        return state

    def run(self, state: State, first: "Callable[[], Page[Any]]", tell: Callable[[int], None]) -> int:
        """Write what is missing.

        Args:
            state: How far it is, as `begun` found out.
            first: Fetches the first page of the list.
            tell: Told after each page how many rows there are.

        Returns:
            How many rows there are.

        Raises:
            OSError: The file cannot be written.
            SoundCloudError: A call failed; what was written is kept.
        """
        if not state.ended:
            descriptor = os.open(self._partial, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                file.truncate(state.length)
                file.seek(state.length)
                state = self._write_pages(file, state, first, tell)
        if self._partial.exists():
            self._partial.replace(self._path)
        self._state_path.unlink(missing_ok=True)
        return state.rows

    def _write_pages(
        self, file: BinaryIO, state: State, first: "Callable[[], Page[Any]]", tell: Callable[[int], None]
    ) -> State:
        from soundcloud._sync.pages import fetch_page_at

        page = first()
        if state.next_href is not None:
            # A page knows how others of its list are fetched; a link alone does not.
            page = fetch_page_at(page, state.next_href)
        elif self._wanted.format == "csv":
            file.write(_csv_line(self._wanted.fields).encode())
        for each in page.pages():
            items = [(str(getattr(item, "urn", "")), item) for item in each.collection]
            fresh = [item for urn, item in items if not urn or urn not in state.last]
            file.write("".join(map(self._line, fresh)).encode())
            file.flush()
            os.fsync(file.fileno())
            last = tuple(urn for urn, _ in items) or state.last
            state = State(state.rows + len(fresh), file.tell(), each.next_href, last, each.next_href is None)
            self._write_state(state)
            tell(state.rows)
        return state

    def _line(self, item: Any) -> str:
        raw = raw_of(item)
        if self._wanted.format == "csv":
            return _csv_line([_cell(dig(raw, field)) for field in self._wanted.fields])
        return json.dumps(raw, ensure_ascii=False) + "\n"

    def _write_state(self, state: State) -> None:
        data = {"version": _VERSION, "wanted": attrs.asdict(self._wanted), "state": attrs.asdict(state)}
        write_whole(self._state_path, json.dumps(data) + "\n")


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _csv_line(values: "tuple[str, ...] | list[str]") -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()
