"""Opens and reads the files of a multipart form."""

import os
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from soundcloud._callbacks import async_call_user_function
from soundcloud.errors import InvalidInputError

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


class AsyncThreadedIterator:
    """Reads an iterator over a file in threads: a network drive, a pipe or a slow generator must not block the event loop.

    Args:
        chunks: The iterator.
        is_ours: Whether we opened the file. Then a read ends before the file is closed. A cancelled read of another one goes on
            in its thread, as it may take forever.
    """

    __slots__ = ("_chunks", "_chunks_per_read", "_is_ours", "_read")

    def __init__(self, chunks: Iterator[Any], is_ours: bool) -> None:
        self._chunks, self._is_ours = chunks, is_ours
        self._read: Iterator[Any] = iter(())
        self._chunks_per_read = 1

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        for chunk in self._read:
            return chunk
        self._read = iter(await async_call_user_function(self._next_chunks, blocking=True, abandon=not self._is_ours))
        for chunk in self._read:
            return chunk
        raise StopAsyncIteration

    def _next_chunks(self) -> list[Any]:
        chunks = list(islice(self._chunks, self._chunks_per_read))
        if self._is_ours:
            # Several chunks at once: each change of the thread takes as long as reading a chunk from a fast disk.
            self._chunks_per_read = min(2 * self._chunks_per_read, MAX_CHUNKS_PER_READ)
        return chunks


ThreadedIterator = None  # the sync client reads in the caller's thread
