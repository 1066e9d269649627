"""Files to send as parts of a multipart form, checked before anything is sent."""

import inspect
import io
import logging
import mimetypes
import unicodedata
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from os import PathLike, fspath
from pathlib import Path, PurePath
from stat import S_ISDIR, S_ISREG
from typing import Any, BinaryIO, TypeAlias, cast

from soundcloud._protocol.http.multipart import SeekableFile, SizedFile, length_of
from soundcloud._protocol.media.file_formats import AUDIO, HEAD, IMAGE, detect_audio_format, detect_image_format
from soundcloud._protocol.validation import repr_value
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
        length: The number of bytes of an iterator, or of a file of unknown length; None for anything else.
        filename: The file name to send; None for the file's own.
    """
    if filename is not None and (not isinstance(filename, str) or not filename.strip()):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"filename={filename!r}: pass a file name such as night.wav")
    chunks = _chunks_class(value)
    if chunks is not None:
        part = _part(chunks(value, _check_length(length, "iterator")), filename or "track")
    elif length is not None and _is_stream(value):
        part = _part(SizedFile(value, _check_length(length, "file")), filename or _name_of(value, "track"))
    else:
        part = make_file_part("file", value, "track")
        if length is not None:
            raise InvalidInputError(
                f"length={repr_value(length)}: only an iterator of bytes needs a length, or a pipe: leave it out"
            )
        if filename is not None:
            part = _part(part.content, filename)
    size = _size(part.content)
    if size > LARGEST_FILE:
        raise InvalidInputError(
            f"the file has {size:,} bytes: SoundCloud accepts at most 4 GB ({LARGEST_FILE:,} bytes)"
        )
    head = _head(part.content)
    if not head:
        return part
    media_type = detect_audio_format(head)
    if media_type is None:
        logger.warning("%s does not look like %s; SoundCloud may reject it", part.filename, AUDIO)
        return part
    return File(part.content, part.filename, media_type)


def _check_length(length: int | None, kind: str) -> int:
    if length.__class__ is not int or cast("int", length) < 1:
        raise InvalidInputError(f"length={repr_value(length)}: pass the length of the {kind}, 1 byte or more")
    return cast("int", length)


def _is_stream(value: Any) -> bool:
    """Return whether a value is an open binary file of unknown length, such as a pipe."""
    if not _is_binary_file(value) or getattr(value, "closed", None) is True:
        return False
    try:
        length_of(value)
    except InvalidInputError:
        return True
    return False


def _is_binary_file(value: Any) -> bool:
    read = getattr(value, "read", None)
    return callable(read) and not isinstance(value, io.TextIOBase) and not inspect.iscoroutinefunction(read)


def _name_of(file: Any, fallback: str) -> str:
    """Return the name of an open file without its folder."""
    name = getattr(file, "name", None)
    return PurePath(name).name if isinstance(name, str) and name else fallback


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
    if isinstance(value, str) and not value:
        raise InvalidInputError(f"{name} is an empty string: pass a path")
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
        part = _part(SeekableFile(value), _name_of(value, fallback))
    if _size(part.content) == 0:
        if isinstance(part.content, SeekableFile) and part.content.start:
            raise InvalidInputError(f"{name} is at its end: call seek(0) to send it from its start")
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
        text = str(path)  # may be the content of a file, passed as a string
        shown = text if len(text) <= MAXIMUM_NAME else repr_value(text)
        raise InvalidInputError(f"{shown} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InvalidInputError(f"{repr_value(str(path))} is not a path") from None
    if S_ISDIR(found.st_mode):
        raise InvalidInputError(f"{path} is a folder: pass a file")
    if not S_ISREG(found.st_mode):
        raise InvalidInputError(f"{path} is a pipe or a device", hint="open it, and pass the open file and length=")
    return found.st_size


def _head(content: Any) -> bytes:
    """Return the first bytes; empty for an iterator or a pipe, which cannot be rewound."""
    if isinstance(content, bytes):
        return content[:HEAD]
    if isinstance(content, Chunks | AsyncChunks) or content.__class__ is SizedFile:
        return b""
    try:
        if isinstance(content, PathLike):
            with Path(cast("PathLike[str]", content)).open("rb") as file:
                return file.read(HEAD)
        head: Any = content.read(HEAD)
        content.rewind()
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
