"""Which files are uploaded as what: from the command line, from a manifest, and from what the files say of themselves."""

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
class Planned:
    """A file to upload.

    Attributes:
        path: The file.
        fields: What was said about it, as arguments of `tracks.upload`; a title may be missing.
    """

    path: Path
    fields: Mapping[str, Any]


def plan(files: Sequence[Path], options: Mapping[str, Any], manifest: Path | None) -> list[Planned]:
    """Put together what is to be uploaded, in order.

    Args:
        files: The files of the command line.
        options: What its options say of all of them.
        manifest: A CSV or JSON file that names files, and says something of each; it wins over the options.

    Returns:
        The files, all of which are there.

    Raises:
        CommandError: There are none, one is missing, or the manifest is wrong.
    """
    planned = [Planned(path, dict(options)) for path in files]
    if manifest is not None:
        planned += [Planned(path, {**options, **fields}) for path, fields in read_manifest(manifest)]
    if not planned:
        raise CommandError("there is nothing to upload", "name files, or a --manifest", code=USAGE)
    if "title" in options and len(planned) > 1:
        raise CommandError(
            f"--title is for one file, and these are {len(planned)}", "leave it out, or give a --manifest", code=USAGE
        )
    for each in planned:
        for path in (each.path, each.fields.get("artwork")):
            if path is not None and not path.is_file():
                raise CommandError(f"{path} is no file", "nothing was uploaded; look at the names", code=USAGE)
    return planned


def read_manifest(path: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Read a manifest. Relative names in it are looked for in its own folder.

    Args:
        path: A `.json` file that holds a list of objects, or a CSV file with a heading.

    Returns:
        Each file with what is said about it.

    Raises:
        CommandError: It cannot be read, or a row is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not in UTF-8", "save it as UTF-8", code=USAGE) from None
    rows = _json_rows(text, path) if path.suffix.lower() == ".json" else _csv_rows(text, path)
    found: list[tuple[Path, dict[str, Any]]] = []
    for where, row in rows:
        name = row.get("file")
        if not isinstance(name, str) or not name:
            raise CommandError(f"{where} names no file", "every row needs a value for file", code=USAGE)
        found.append((path.parent / name, fields_of_row(row, path.parent, where)))
    return found


def _json_rows(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise CommandError(f"{path} is no JSON: {error}", "look at that place", code=USAGE) from None
    if not isinstance(data, list):
        raise CommandError(f"{path} holds no list", 'it should look like [{"file": "a.wav", "title": "A"}]', code=USAGE)
    for number, row in enumerate(cast("list[Any]", data), start=1):
        if not isinstance(row, dict):
            raise CommandError(f"{path}: entry {number} is no object", 'give {"file": "a.wav"}', code=USAGE)
        yield f"{path}: entry {number}", cast("dict[str, Any]", row)


def _csv_rows(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(StringIO(text))
    if "file" not in (reader.fieldnames or ()):
        raise CommandError(
            f"{path} has no column file", "its first line names the columns: file,title,genre", code=USAGE
        )
    for row in reader:
        where = f"{path}: line {reader.line_num}"
        if None in row:
            raise CommandError(
                f"{where} has more cells than the heading", "put texts with commas into quotes", code=USAGE
            )
        yield where, row
