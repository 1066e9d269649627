"""Files to send, as parts of a multipart form."""

import io
import mimetypes
import unicodedata
from os import PathLike, fspath
from pathlib import Path, PurePath
from typing import Any, BinaryIO, TypeAlias, cast

from soundcloud.errors import InvalidInputError
from soundcloud_api.types import UNSET, File, UnsetType

FileInput: TypeAlias = str | PathLike[str] | bytes | BinaryIO
"""A file to send: a path, the bytes, or a file that is open for reading bytes."""

LONGEST_NAME = 255


def file_part(name: str, value: Any, fallback: str) -> File:
    """Describe a file to send.

    Args:
        name: The argument's name, for messages.
        value: A path, the bytes, or a binary file.
        fallback: The file name to send where the value has none.

    Returns:
        The part, with a file name in ASCII: SoundCloud has answered others with an error 500.

    Raises:
        InvalidInputError: The value is no file, or is empty.
    """
    if isinstance(value, str | PathLike):
        path = Path(fspath(cast("str", value)))
        return _part(path, path.name)
    if isinstance(value, bytes | bytearray | memoryview):
        content = bytes(cast("bytes", value))
        if not content:
            raise InvalidInputError(f"{name} is empty: there is nothing to send")
        return _part(content, fallback)
    if isinstance(value, io.TextIOBase) or not callable(getattr(value, "read", None)):
        raise InvalidInputError(
            f'{name}: give a path, bytes, or a file that is open for reading bytes (open(path, "rb"))'
        )
    own_name = getattr(value, "name", None)
    return _part(value, PurePath(own_name).name if isinstance(own_name, str) and own_name else fallback)


def optional_part(name: str, value: FileInput | None, fallback: str) -> File | UnsetType:
    """Describe a file to send, if there is one."""
    return UNSET if value is None else file_part(name, value, fallback)


def _part(content: Any, filename: str) -> File:
    return File(content, ascii_name(filename), mimetypes.guess_type(filename)[0] or "application/octet-stream")


def ascii_name(filename: str) -> str:
    """A file name in printable ASCII, without quotes and at most 255 characters, its ending kept."""
    stem, suffix = (_ascii(part) for part in (PurePath(filename).stem, PurePath(filename).suffix[:20]))
    return (stem if stem.strip(" .") else "file")[: LONGEST_NAME - len(suffix)] + suffix


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return "".join(letter if letter.isprintable() and letter not in '"\\/' else "_" for letter in plain)
