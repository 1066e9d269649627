"""Opens the files of a multipart form that are given by their paths."""

import os
from collections.abc import AsyncIterator
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from soundcloud._protocol.http.multipart import CHUNK
from soundcloud._synchronization import async_run_in_thread
from soundcloud.errors import InvalidInputError, UploadInterruptedError


def open_file(path: "PathLike[str]") -> tuple[BinaryIO, int]:
    """Open a file for reading; return it with its size in bytes.

    Raises:
        InvalidInputError: It cannot be read.
    """
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - the form closes it
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InvalidInputError(f"{str(path)!r} is not a path") from None
    return file, os.fstat(file.fileno()).st_size


def async_open_file(path: "PathLike[str]") -> tuple[Any, int]:
    """Open a file that the async client reads; return it with its size in bytes.

    Raises:
        InvalidInputError: It cannot be read.
    """
    file, size = open_file(path)
    return _ThreadedFile(str(path), file), size


class _ThreadedFile:
    """Reads a file in a thread: a network drive or a slow disk must not block the event loop.

    Args:
        name: The name for messages.
        file: The file.
    """

    __slots__ = ("_file", "_name")

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name, self._file = name, file

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await async_run_in_thread(self._file.read, CHUNK)
        except (OSError, ValueError) as error:
            raise UploadInterruptedError(f"{self._name} cannot be read to its end: {error}") from None
        if not chunk:
            raise StopAsyncIteration
        return chunk

    def close(self) -> None:
        """Close the file."""
        self._file.close()
