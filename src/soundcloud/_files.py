"""Files to send as parts of a multipart form, checked before anything is sent."""

import inspect
import io
import logging
import mimetypes
import unicodedata
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from os import PathLike, fspath
from pathlib import Path, PurePath
from stat import S_ISDIR
from typing import Any, BinaryIO, TypeAlias, cast

from soundcloud._protocol.http.multipart import length_of
from soundcloud._protocol.media.file_formats import AUDIO, HEAD, IMAGE, detect_audio_format, detect_image_format
from soundcloud.errors import InvalidInputError
from soundcloud_api.types import File

FileInput: TypeAlias = str | PathLike[str] | bytes | BinaryIO
"""A file to send: a path, bytes, or a file opened for reading bytes."""

AudioInput: TypeAlias = FileInput | Iterable[bytes] | AsyncIterable[bytes]
"""Audio to send: a file, or an iterator of bytes, which needs `length=`."""

MAXIMUM_NAME = 255
LARGEST_FILE = 4 * 1024**3
_EXPECTED = '{}: pass a path, bytes, or a file opened for reading bytes (open(path, "rb"))'

logger = logging.getLogger("soundcloud")


class Chunks:
    """An iterable of bytes with a known total length."""

    def __init__(self, content: Iterable[bytes], length: int) -> None:
        self.length = length
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._content)


class AsyncChunks:
    """An async iterable of bytes with a known total length."""

    def __init__(self, content: AsyncIterable[bytes], length: int) -> None:
        self.length = length
        self._content = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._content)


def make_audio_part(value: Any, length: int | None, filename: str | None) -> File:
    """Check the audio of an upload and return its part of the form.

    Args:
        value: A path, bytes, a binary file, or an iterator of bytes.
        length: The number of bytes of an iterator; None for anything else.
        filename: The file name to send; None for the file's own.
    """
    if filename is not None and (not isinstance(filename, str) or not filename.strip()):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"filename={filename!r}: pass a file name such as night.wav")
    chunks = _chunks_class(value)
    if chunks is not None:
        if length.__class__ is not int or cast("int", length) < 1:
            raise InvalidInputError(f"length={length!r}: pass the length of the iterator, 1 byte or more")
        part = _part(chunks(value, cast("int", length)), filename or "track")
    else:
        if length is not None:
            raise InvalidInputError(f"length={length!r}: only an iterator of bytes needs a length, leave it out")
        part = make_file_part("file", value, "track")
        if filename is not None:
            part = _part(part.content, filename)
    size = _size(part.content)
    if size > LARGEST_FILE:
        raise InvalidInputError(f"the file has {size / 1024**3:.1f} GB: SoundCloud accepts at most 4 GB")
    head = _head(part.content)
    if not head:
        return part
    media_type = detect_audio_format(head)
    if media_type is None:
        logger.warning("%s does not look like %s; SoundCloud may reject it", part.filename, AUDIO)
        return part
    return File(part.content, part.filename, media_type)


def _chunks_class(value: Any) -> type[Any] | None:
    """Return the class that wraps an iterator of bytes; None for a file."""
    if hasattr(value, "read") or isinstance(value, str | bytes | bytearray | memoryview | PathLike):
        return None
    if hasattr(cast("object", value), "__aiter__"):
        return AsyncChunks
    return Chunks if hasattr(cast("object", value), "__iter__") else None


def make_image_part(name: str, value: FileInput) -> File:
    """Check an image and return its part of the form; see `make_file_part`."""
    part = make_file_part(name, value, name)
    media_type = detect_image_format(_head(part.content))
    if media_type is None:
        raise InvalidInputError(f"{name} is not an image that SoundCloud accepts: pass a {IMAGE}")
    return File(part.content, part.filename, media_type)


def make_file_part(name: str, value: Any, fallback: str) -> File:
    """Check a file and return its part of the form.

    Args:
        name: The argument's name, for messages.
        value: A path, bytes, or a binary file.
        fallback: The file name to send if the value has none; in ASCII, as SoundCloud has answered others with a status 500.
    """
    if isinstance(value, str | PathLike):
        path = Path(fspath(cast("str", value)))
        part = _part(path, path.name)
    elif isinstance(value, bytes | bytearray | memoryview):
        part = _part(bytes(cast("bytes", value)), fallback)
    elif isinstance(value, io.TextIOBase) or not callable(getattr(value, "read", None)):
        raise InvalidInputError(_EXPECTED.format(name))
    elif inspect.iscoroutinefunction(value.read):
        raise InvalidInputError(f"{name} is a file with async methods: pass its path, or an iterator with length=")
    else:
        own_name = getattr(value, "name", None)
        part = _part(value, PurePath(own_name).name if isinstance(own_name, str) and own_name else fallback)
    if _size(part.content) == 0:
        label = str(part.content) if isinstance(part.content, PathLike) else name
        raise InvalidInputError(f"{label} is empty: pass a file with content")
    return part


def _size(content: Any) -> int:
    """Return the number of bytes."""
    if not isinstance(content, PathLike):
        return length_of(content)
    path = Path(cast("PathLike[str]", content))
    try:
        found = path.stat()
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InvalidInputError(f"{str(path)!r} is not a path") from None
    if S_ISDIR(found.st_mode):
        raise InvalidInputError(f"{path} is a folder: pass a file")
    return found.st_size


def _head(content: Any) -> bytes:
    """Return the first bytes; empty for an iterator, which cannot be rewound."""
    if isinstance(content, bytes):
        return content[:HEAD]
    if isinstance(content, Chunks | AsyncChunks):
        return b""
    try:
        if isinstance(content, PathLike):
            with Path(cast("PathLike[str]", content)).open("rb") as file:
                return file.read(HEAD)
        start = content.tell()
        head: Any = content.read(HEAD)
        content.seek(start)
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"the file cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not isinstance(head, bytes):
        raise InvalidInputError(_EXPECTED.format("the file does not return bytes"))
    return head


def _part(content: Any, filename: str) -> File:
    name = ascii_filename(filename)
    # Only the extension is passed: guess_type reads the media type of a `data:` URL from the name.
    media_type = mimetypes.guess_type("file" + PurePath(name).suffix)[0] or ""
    is_media = media_type.startswith(("audio/", "video/"))
    return File(content, name, media_type if is_media else "application/octet-stream")


def ascii_filename(filename: str) -> str:
    """Return a file name in printable ASCII, without quotes and with at most 255 characters, keeping its extension."""
    stem, suffix = (_ascii(part) for part in (PurePath(filename).stem, PurePath(filename).suffix[:20]))
    return (stem if stem.strip(" .") else "file")[: MAXIMUM_NAME - len(suffix)] + suffix


def _ascii(string: str) -> str:
    plain = unicodedata.normalize("NFKD", string).encode("ascii", "ignore").decode("ascii")
    return "".join(letter if letter.isprintable() and letter not in '"\\/' else "_" for letter in plain)
