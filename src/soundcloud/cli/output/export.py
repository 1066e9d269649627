"""Exports a whole list to a file, page by page, so that an interrupted export can be resumed.

During an export there are two files next to the final one:

- `NAME.partial`, the rows so far; only its owner can read it, and a symbolic link is not followed;
- `NAME.state`, replaced atomically after each page: the length of `NAME.partial` at that time, the URL of the next page, and
  the URNs of the last page. Rows beyond that length belong to an unfinished page; they are cut off when the export is resumed.

At the end `NAME.partial` is renamed to `NAME`. Memory holds one page, however long the list is.
"""

import json
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import attrs

from soundcloud._atomic_file import naming_file, open_private, replace_file
from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.file_lock import lock_file
from soundcloud.cli.output.columns import get_field, get_raw
from soundcloud.cli.output.formatting import format_csv_cell, format_csv_row, format_json

if TYPE_CHECKING:
    from soundcloud import Page

_VERSION = 1


@attrs.frozen
class ExportSettings:
    """The settings of an export; only an export with the same settings can be resumed.

    `safe_csv` neutralizes the formulas of spreadsheets.
    """

    what: str
    account: str
    format: str
    fields: tuple[str, ...]
    safe_csv: bool = False


@attrs.frozen
class Checkpoint:
    """The progress of an export: rows and bytes written, the URL of the next page, and the URNs of the last page.

    A new item moves items to the next page; they are skipped there.
    """

    rows: int = 0
    length: int = 0
    next_href: str | None = attrs.field(default=None, repr=False)
    last: tuple[str, ...] = ()
    ended: bool = False


class Export:
    """An export to a file."""

    def __init__(self, path: Path, settings: ExportSettings) -> None:
        self._path, self._settings = path, settings
        self._partial = path.with_name(f"{path.name}.partial")
        self._state_path = path.with_name(f"{path.name}.state")

    @property
    def is_started(self) -> bool:
        """Whether there is a checkpoint."""
        return self._state_path.exists()

    @contextmanager
    def locked(self) -> Generator[None, None, None]:
        """Keep other processes from writing the same file."""
        path = self._path.with_name(f"{self._path.name}.lock")
        error = CommandError(f"another export is writing {self._path}", "wait for it, or use another --output")
        with lock_file(path, error):
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def load_checkpoint(self, *, restart: bool) -> Checkpoint:
        """Return the progress so far; `restart` discards it."""
        if restart:
            for path in (self._state_path, self._partial):
                path.unlink(missing_ok=True)
            return Checkpoint()
        try:
            data = cast("dict[str, Any]", json.loads(self._state_path.read_text(encoding="utf-8")))
            settings, state = cast("dict[str, Any]", data["wanted"]), cast("dict[str, Any]", data["state"])
            settings["fields"], state["last"] = tuple(settings["fields"]), tuple(state["last"])
            if data["version"] != _VERSION or ExportSettings(**settings) != self._settings:
                raise CommandError(
                    f"{self._state_path} belongs to another export: the list, the account or the options differ",
                    "repeat that command to resume it, use another --output, or start over: --restart",
                    code=USAGE,
                )
            checkpoint = Checkpoint(**state)
        except FileNotFoundError:
            if self._path.exists():
                raise CommandError(
                    f"{self._path} already exists", "use another --output, or replace it: --restart", code=USAGE
                ) from None
            return Checkpoint()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise CommandError(f"{self._state_path} cannot be read", "start over: --restart") from None
        length = self._partial.stat().st_size if self._partial.exists() else 0
        if length < checkpoint.length and not (checkpoint.ended and self._path.exists()):
            raise CommandError(f"{self._partial} is shorter than its checkpoint", "start over: --restart")
        return checkpoint

    def run(self, checkpoint: Checkpoint, first: "Callable[[], Page[Any]]", on_page: Callable[[int], None]) -> int:
        """Write the remaining pages and return the number of rows; `on_page` takes it after each page."""
        if not checkpoint.ended:
            with self._open_partial() as file:
                file.truncate(checkpoint.length)
                file.seek(checkpoint.length)
                checkpoint = self._write_pages(file, checkpoint, first, on_page)
        if self._partial.exists():
            self._partial.replace(self._path)
        self._state_path.unlink(missing_ok=True)
        return checkpoint.rows

    def _open_partial(self) -> BinaryIO:
        try:
            return open_private(self._partial)
        except PermissionError as error:
            raise CommandError(
                f"{self._partial}: {error.strerror}", "remove it, or use another --output; --restart removes it too"
            ) from None

    def _write_pages(
        self,
        file: BinaryIO,
        checkpoint: Checkpoint,
        first: "Callable[[], Page[Any]]",
        on_page: Callable[[int], None],
    ) -> Checkpoint:
        from soundcloud._sync.pages import fetch_page_at

        page = first()
        if checkpoint.next_href is not None:
            # Only a page of the same list can fetch the page at a URL.
            page = fetch_page_at(page, checkpoint.next_href)
        elif self._settings.format == "csv":
            with naming_file(self._partial):
                file.write(self._format_csv_row(self._settings.fields).encode())
        for each in page.pages():
            items = [(str(getattr(item, "urn", "")), item) for item in each.collection]
            new = [item for urn, item in items if not urn or urn not in checkpoint.last]
            rows_text = "".join(map(self._format_row, new)).encode()
            with naming_file(self._partial):
                file.write(rows_text)
                file.flush()
                os.fsync(file.fileno())
            last = tuple(urn for urn, _ in items) or checkpoint.last
            rows = checkpoint.rows + len(new)
            checkpoint = Checkpoint(rows, file.tell(), each.next_href, last, each.next_href is None)
            self._save_checkpoint(checkpoint)
            on_page(rows)
        return checkpoint

    def _format_row(self, item: Any) -> str:
        raw = get_raw(item)
        if self._settings.format == "csv":
            return self._format_csv_row(format_csv_cell(get_field(raw, field)) for field in self._settings.fields)
        return format_json(raw) + "\n"

    def _format_csv_row(self, cells: Iterable[str]) -> str:
        return format_csv_row(cells, safe=self._settings.safe_csv)

    def _save_checkpoint(self, checkpoint: Checkpoint) -> None:
        data = {"version": _VERSION, "wanted": attrs.asdict(self._settings), "state": attrs.asdict(checkpoint)}
        replace_file(self._state_path, f"{json.dumps(data)}\n".encode(), draft_suffix=".new")
