"""Files to send, as parts of a multipart form: looked at before anything is sent."""

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
from soundcloud._protocol.media.file_formats import HEAD, PICTURE, SOUND, picture_format, sound_format
from soundcloud.errors import InvalidInputError
from soundcloud_api.types import UNSET, File, UnsetType

FileInput: TypeAlias = str | PathLike[str] | bytes | BinaryIO
"""A file to send: a path, the bytes, or a file that is open for reading bytes."""

SoundInput: TypeAlias = FileInput | Iterable[bytes] | AsyncIterable[bytes]
"""A sound to send: a file, or something that gives its bytes, whose `length=` is then needed."""

LONGEST_NAME = 255
_HOW_TO_GIVE = '{}: give a path, bytes, or a file that is open for reading bytes (open(path, "rb"))'
LARGEST_FILE = 4 * 1024**3

logger = logging.getLogger("soundcloud")


class Chunks:
    """Bytes that come one after the other, of a known length.

    Args:
        content: What gives them.
        length: How many there are.
    """

    def __init__(self, content: Iterable[bytes], length: int) -> None:
        self.length = length
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._content)


class AsyncChunks:
    """The same, given asynchronously.

    Args:
        content: What gives them.
        length: How many there are.
    """

    def __init__(self, content: AsyncIterable[bytes], length: int) -> None:
        self.length = length
        self._content = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._content)


def sound_part(value: Any, length: int | None, filename: str | None) -> File:
    """Describe the sound of an upload, as far as it can be known before anything is sent.

    Args:
        value: A path, the bytes, a binary file, or something that gives bytes.
        length: How many bytes the last has.
        filename: What to call it; None for its own name.

    Returns:
        The part.

    Raises:
        InvalidInputError: It is no file, cannot be read, is empty, or is larger than SoundCloud takes.
    """
    if filename is not None and (not isinstance(filename, str) or not filename.strip()):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"filename={filename!r}: give a name such as night.wav")
    chunks = _chunks_of(value)
    if chunks is not None:
        if length.__class__ is not int or cast("int", length) < 1:
            raise InvalidInputError(f"length={length!r}: an iterator of bytes needs its length, 1 byte or more")
        part = _part(chunks(value, cast("int", length)), filename or "track")
    else:
        if length is not None:
            raise InvalidInputError("length= is for an iterator of bytes; a file knows its own")
        part = file_part("file", value, "track")
        if filename is not None:
            part = _part(part.content, filename)
    size = _size(part.content)
    if size > LARGEST_FILE:
        raise InvalidInputError(f"the file has {size / 1024**3:.1f} GB: SoundCloud takes 4 GB at most")
    head = _head(part.content)
    if not head:
        return part
    found = sound_format(head)
    if found is None:
        logger.warning("%s does not look like %s; SoundCloud may refuse it", part.filename, SOUND)
        return part
    return File(part.content, part.filename, found)


def _chunks_of(value: Any) -> type[Any] | None:
    """How something that gives bytes is taken; None for a file."""
    if hasattr(value, "read") or isinstance(value, str | bytes | bytearray | memoryview | PathLike):
        return None
    if hasattr(cast("object", value), "__aiter__"):
        return AsyncChunks
    return Chunks if hasattr(cast("object", value), "__iter__") else None


def picture_part(name: str, value: FileInput) -> File:
    """Describe a picture to send.

    Raises:
        InvalidInputError: It is no file, cannot be read, is empty, or is no gif, jpeg or png.
    """
    part = file_part(name, value, name)
    found = picture_format(_head(part.content))
    if found is None:
        raise InvalidInputError(f"{name} is no {PICTURE}, and SoundCloud takes no other picture")
    return File(part.content, part.filename, found)


def optional_picture(name: str, value: FileInput | None) -> File | UnsetType:
    """Describe a picture to send, if there is one."""
    return UNSET if value is None else picture_part(name, value)


def file_part(name: str, value: Any, fallback: str) -> File:
    """Describe a file to send.

    Args:
        name: The argument's name, for messages.
        value: A path, the bytes, or a binary file.
        fallback: The file name to send where the value has none.

    Returns:
        The part, with a file name in ASCII: SoundCloud has answered others with an error 500.

    Raises:
        InvalidInputError: The value is no file, cannot be read, or is empty.
    """
    if isinstance(value, str | PathLike):
        path = Path(fspath(cast("str", value)))
        part = _part(path, path.name)
    elif isinstance(value, bytes | bytearray | memoryview):
        part = _part(bytes(cast("bytes", value)), fallback)
    elif isinstance(value, io.TextIOBase) or not callable(getattr(value, "read", None)):
        raise InvalidInputError(_HOW_TO_GIVE.format(name))
    elif inspect.iscoroutinefunction(value.read):
        raise InvalidInputError(f"{name}: this file is read asynchronously; give its path, or an iterator with length=")
    else:
        own_name = getattr(value, "name", None)
        part = _part(value, PurePath(own_name).name if isinstance(own_name, str) and own_name else fallback)
    if _size(part.content) == 0:
        shown = str(part.content) if isinstance(part.content, PathLike) else name
        raise InvalidInputError(f"{shown} is empty: there is nothing to send")
    return part


def _size(content: Any) -> int:
    """How many bytes there are."""
    if not isinstance(content, PathLike):
        return length_of(content)
    path = Path(cast("PathLike[str]", content))
    try:
        found = path.stat()
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InvalidInputError(f"{str(path)!r} is no path") from None
    if S_ISDIR(found.st_mode):
        raise InvalidInputError(f"{path} is a folder; give a file")
    return found.st_size


def _head(content: Any) -> bytes:
    """The first bytes, where they can be looked at without taking them away."""
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
        raise InvalidInputError(_HOW_TO_GIVE.format("the file gives no bytes"))
    return head


def _part(content: Any, filename: str) -> File:
    name = ascii_name(filename)
    # By the ending only: of a name that begins with `data:` the guess would be what the name says.
    media_type = mimetypes.guess_type("file" + PurePath(name).suffix)[0] or ""
    is_media = media_type.startswith(("audio/", "video/"))
    return File(content, name, media_type if is_media else "application/octet-stream")


def ascii_name(filename: str) -> str:
    """A file name in printable ASCII, without quotes and at most 255 characters, its ending kept."""
    stem, suffix = (_ascii(part) for part in (PurePath(filename).stem, PurePath(filename).suffix[:20]))
    return (stem if stem.strip(" .") else "file")[: LONGEST_NAME - len(suffix)] + suffix


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return "".join(letter if letter.isprintable() and letter not in '"\\/' else "_" for letter in plain)
