"""The plan of an upload: files with their fields, from the command line and from a manifest."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, cast

import attrs

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.upload.track_fields import check_columns, check_file, fields_of_row

_SUFFIXES = frozenset(
    {".aac", ".aif", ".aiff", ".amr", ".flac", ".m4a", ".mp2", ".mp3", ".ogg", ".opus", ".wav", ".wma"}
)
_JSON_EXAMPLE = '[{"file": "a.wav", "title": "A"}]'


@attrs.frozen
class PlanItem:
    """A file to upload, with arguments of `tracks.upload`; the title may be missing."""

    path: Path
    fields: Mapping[str, Any]


def plan_uploads(
    files: Sequence[Path], options: Mapping[str, Any], manifest: Path | None, *, allow_outside: bool = False
) -> list[PlanItem]:
    """Return the files to upload with their fields, in order; the manifest overrides the options.

    A folder stands for the audio files in it, by name. `allow_outside` accepts files of the manifest that are not below its folder.
    """
    items = [PlanItem(path, dict(options)) for given in files for path in _files_of(given)]
    if manifest is not None:
        items += [PlanItem(path, {**options, **fields}) for path, fields in read_manifest(manifest, allow_outside)]
    if not items:
        raise CommandError("there are no files to upload", "name files, or use --manifest", code=USAGE)
    if "title" in options and len(items) > 1:
        raise CommandError(
            f"--title is for one file, not for {len(items)}", "leave it out, or use --manifest", code=USAGE
        )
    for item in items:
        for path in (item.path, item.fields.get("artwork")):
            if isinstance(path, Path):
                check_file(path)
    return items


def _files_of(path: Path) -> list[Path]:
    """Return the audio files of a folder, without hidden files and folders in it; any other path is returned as it is."""
    if not path.is_dir():
        return [path]
    try:
        names = sorted(each.name for each in path.iterdir() if each.suffix.lower() in _SUFFIXES and each.is_file())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", "check the path; nothing was sent", code=USAGE) from None
    found = [path / name for name in names if not name.startswith(".")]
    if not found:
        suffixes = ", ".join(sorted(_SUFFIXES))
        raise CommandError(f"{path} contains no audio files", f"files in it must end in {suffixes}", code=USAGE)
    return found


def read_manifest(path: Path, allow_outside: bool = False) -> list[tuple[Path, dict[str, Any]]]:
    """Read a `.json` list of objects or a CSV file with a header row. Relative paths start at its own folder."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CommandError(f"no such file: {path}", "check the path; nothing was sent", code=USAGE) from None
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", "check the path; nothing was sent", code=USAGE) from None
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8", "save it as UTF-8", code=USAGE) from None
    rows = _read_json_rows(text, path) if path.suffix.lower() == ".json" else _read_csv_rows(text, path)
    found: list[tuple[Path, dict[str, Any]]] = []
    for where, row in rows:
        name = row.get("file")
        if not isinstance(name, str) or not name:
            raise CommandError(f"{where} has no file", "set file in every row", code=USAGE)
        fields = fields_of_row(row, path.parent, where)
        if not allow_outside:
            _check_inside(path.parent, name, where, "file")
            if "artwork" in fields:
                _check_inside(path.parent, row["artwork"], where, "artwork")
        found.append((path.parent / name, fields))
    return found


def _check_inside(folder: Path, name: str, where: str, field: str) -> None:
    """Refuse a path that leads out of the manifest's folder: the manifest may come from another person."""
    path = Path(name)
    try:
        is_inside = not path.anchor and ".." not in path.parts
        is_inside = is_inside and (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        # A loop of symbolic links, or a NUL character.
        is_inside = False
    if not is_inside:
        raise CommandError(
            f"{where}: {field} {name!r} is not below the folder of the manifest",
            "use a relative path without .., or --allow-outside if you trust the manifest; nothing was uploaded",
            code=USAGE,
        )


def _read_json_rows(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise CommandError(f"{path} is not valid JSON: {error}", "correct it at that position", code=USAGE) from None
    except RecursionError:
        raise CommandError(f"{path} is nested too deeply", f"it has to be {_JSON_EXAMPLE}", code=USAGE) from None
    if not isinstance(data, list):
        raise CommandError(f"{path} is not a list", f"example: {_JSON_EXAMPLE}", code=USAGE)
    for number, row in enumerate(cast("list[Any]", data), start=1):
        if not isinstance(row, dict):
            raise CommandError(f"{path}: entry {number} is not an object", 'example: {"file": "a.wav"}', code=USAGE)
        yield f"{path}: entry {number}", cast("dict[str, Any]", row)


def _read_csv_rows(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(StringIO(text))
    try:
        names, rows = reader.fieldnames or (), [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise CommandError(
            f"{path}: line {reader.reader.line_num} is not valid CSV: {error}", "correct that line", code=USAGE
        ) from None
    if "file" not in names:
        raise CommandError(
            f"{path} has no column file",
            "the first line is a header, separated by commas: file,title,genre",
            code=USAGE,
        )
    if twice := [name for name, count in Counter(names).items() if name and count > 1]:
        raise CommandError(f"{path}: line 1 has the column {twice[0]} twice", "remove one of them", code=USAGE)
    check_columns((name for name in names if name), f"{path}: line 1")
    for number, row in rows:
        where = f"{path}: line {number}"
        if None in row:
            raise CommandError(f"{where} has more cells than the header", "quote values with commas", code=USAGE)
        yield where, row
