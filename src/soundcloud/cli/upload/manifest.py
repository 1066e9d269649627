"""The plan of an upload: files with their fields, from the command line and from a manifest."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, cast

import attrs

from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.upload.track_fields import fields_of_row


@attrs.frozen
class PlanItem:
    """A file to upload, with arguments of `tracks.upload`; the title may be missing."""

    path: Path
    fields: Mapping[str, Any]


def plan_uploads(files: Sequence[Path], options: Mapping[str, Any], manifest: Path | None) -> list[PlanItem]:
    """Return the files to upload with their fields, in order; the manifest overrides the options."""
    items = [PlanItem(path, dict(options)) for path in files]
    if manifest is not None:
        items += [PlanItem(path, {**options, **fields}) for path, fields in read_manifest(manifest)]
    if not items:
        raise CommandError("there are no files to upload", "name files, or use --manifest", code=USAGE)
    if "title" in options and len(items) > 1:
        raise CommandError(
            f"--title is for one file, not for {len(items)}", "leave it out, or use --manifest", code=USAGE
        )
    for item in items:
        for path in (item.path, item.fields.get("artwork")):
            if path is not None and not path.is_file():
                raise CommandError(f"no such file: {path}", "check the path; nothing was uploaded", code=USAGE)
    return items


def read_manifest(path: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Read a `.json` list of objects or a CSV file with a header row. Relative paths start at its own folder."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8", "save it as UTF-8", code=USAGE) from None
    rows = _read_json_rows(text, path) if path.suffix.lower() == ".json" else _read_csv_rows(text, path)
    found: list[tuple[Path, dict[str, Any]]] = []
    for where, row in rows:
        name = row.get("file")
        if not isinstance(name, str) or not name:
            raise CommandError(f"{where} has no file", "set file in every row", code=USAGE)
        found.append((path.parent / name, fields_of_row(row, path.parent, where)))
    return found


def _read_json_rows(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise CommandError(f"{path} is not valid JSON: {error}", "correct it at that position", code=USAGE) from None
    if not isinstance(data, list):
        raise CommandError(f"{path} is not a list", 'example: [{"file": "a.wav", "title": "A"}]', code=USAGE)
    for number, row in enumerate(cast("list[Any]", data), start=1):
        if not isinstance(row, dict):
            raise CommandError(f"{path}: entry {number} is not an object", 'example: {"file": "a.wav"}', code=USAGE)
        yield f"{path}: entry {number}", cast("dict[str, Any]", row)


def _read_csv_rows(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(StringIO(text))
    if "file" not in (reader.fieldnames or ()):
        raise CommandError(f"{path} has no column file", "the first line is a header: file,title,genre", code=USAGE)
    for row in reader:
        where = f"{path}: line {reader.line_num}"
        if None in row:
            raise CommandError(f"{where} has more cells than the header", "quote values with commas", code=USAGE)
        yield where, row
