"""Opens the files of a multipart form that are given by their paths."""

import os
from collections.abc import AsyncIterator, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from soundcloud._protocol.http.multipart import CHUNK
from soundcloud._synchronization import async_run_in_thread
from soundcloud.errors import InvalidInputError, UploadInterruptedError

MAX_CHUNKS_PER_READ = 4  # measured: more do not stay in the cache of the processor until they are sent


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

    __slots__ = ("_chunks", "_chunks_per_read", "_file", "_name")

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name, self._file = name, file
        self._chunks: Iterator[bytes] = iter(())
        self._chunks_per_read = 1

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for chunk in self._chunks:
            return chunk
        try:
            # Several chunks at once: each change of the thread takes as long as reading a chunk from a fast disk.
            self._chunks = iter(await async_run_in_thread(self._read_chunks))
        except (OSError, ValueError) as error:
            raise UploadInterruptedError(f"{self._name} cannot be read to its end: {error}") from None
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration

    def _read_chunks(self) -> list[bytes]:
        chunks: list[bytes] = []
        while len(chunks) < self._chunks_per_read and (chunk := self._file.read(CHUNK)):
            chunks.append(chunk)
        self._chunks_per_read = min(2 * self._chunks_per_read, MAX_CHUNKS_PER_READ)
        return chunks

    def close(self) -> None:
        """Close the file."""
        self._file.close()
