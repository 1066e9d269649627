"""A multipart form, written part by part: its length is known before, and what it holds is read while it is sent."""

import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeAlias, cast

from soundcloud._protocol.http.messages import SecretBytes
from soundcloud.errors import InvalidInputError, UploadInterruptedError
from soundcloud_api.types import File

# As large as a connection of 5 kB/s still takes within the time that a write may need; half of it costs half as much again.
CHUNK = 131_072

Progress = Callable[[int, int], object]
"""Takes the bytes of the files that were sent, and how many there are."""

Pieces: TypeAlias = Generator[bytes | AsyncIterator[bytes], bytes | None, None]
"""Bytes to send, and what the next of them is to be awaited from."""


class Multipart:
    """The body of a request: fields and files.

    Args:
        fields: The values by the names that are sent.
        boundary: What stands between the parts; by chance, so that no file can hold it.
        on_progress: Told after each chunk of a file.

    Attributes:
        length: How many bytes it has.
        failure: What ended it early: a file, or what `on_progress` raised.
        ended: Whether whoever sends it has taken all of it.

    Raises:
        InvalidInputError: A file cannot be read, or is empty.
    """

    def __init__(self, fields: Mapping[str, str | File], boundary: str, on_progress: Progress | None = None) -> None:
        self.media_type = f"multipart/form-data; boundary={boundary}"
        self.failure: Exception | None = None
        self.ended = False
        self._on_progress = on_progress
        self._parts: list[tuple[bytes, _Source | None]] = []
        self._opened: list[BinaryIO] = []
        self._sent = 0
        try:
            for name, value in fields.items():
                head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
                if isinstance(value, File):
                    head += f'; filename="{_quoted(value.filename)}"\r\nContent-Type: {value.media_type}'
                    self._parts.append((f"{head}\r\n\r\n".encode(), self._source(value)))
                else:
                    self._parts.append((SecretBytes(f"{head}\r\n\r\n{value}".encode()), None))
        except BaseException as error:
            self.close()
            if isinstance(error, UnicodeEncodeError):
                raise InvalidInputError("this cannot be sent: half a character") from None
            raise
        self._end = f"--{boundary}--\r\n".encode()
        self._total = sum(source.length for _, source in self._parts if source is not None)
        self.length = sum(len(head) + 2 for head, _ in self._parts) + self._total + len(self._end)

    def _source(self, file: File) -> "_Source":
        content: Any = file.content
        if isinstance(content, PathLike):
            path = Path(cast("PathLike[str]", content))
            try:
                content = path.open("rb")
                self._opened.append(content)
                length = os.fstat(content.fileno()).st_size
            except OSError as error:
                raise InvalidInputError(f"{path} cannot be read: {error.strerror or error}") from None
            except ValueError:
                raise InvalidInputError(f"{str(path)!r} is no path") from None
            name = str(path)
        else:
            name, length = file.filename, length_of(content)
        if length == 0:
            raise InvalidInputError(f"{name} is empty: there is nothing to send")
        return _Source(name, content, length)

    def close(self) -> None:
        """Close the files that were opened by their paths."""
        while self._opened:
            self._opened.pop().close()

    def __iter__(self) -> Iterator[bytes]:
        return cast("Iterator[bytes]", self.pieces())  # a form with an asynchronous source is for the other client

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _AsyncPieces(self.pieces())

    def pieces(self) -> "Pieces":
        """All that is to be sent, in order.

        For an asynchronous source it gives its iterator, and is sent what came of it: the next chunk, or None at its end.
        """
        try:
            for head, source in self._parts:
                yield head
                if source is not None:
                    left = source.length
                    if source.is_asynchronous:
                        chunks = aiter(source.content)
                        while (chunk := (yield chunks)) is not None:
                            left = source.left_after(chunk, left)
                            yield chunk
                            self._tell(chunk)
                    else:
                        for chunk in source.chunks():
                            left = source.left_after(chunk, left)
                            yield chunk
                            self._tell(chunk)
                    source.check_end(left)
                yield b"\r\n"
            yield self._end
            self.ended = True
        except Exception as error:
            self.failure = error
            raise

    def _tell(self, chunk: bytes) -> None:
        self._sent += len(chunk)
        if self._on_progress is not None:
            self._on_progress(self._sent, self._total)


class _Source:
    """The bytes of one file, as many as were announced and no more.

    Args:
        name: What it is called, for messages.
        content: Bytes, a binary file, or something that gives bytes when it is iterated.
        length: How many bytes it has.
    """

    def __init__(self, name: str, content: Any, length: int) -> None:
        self.name, self.content, self.length = name, content, length

    @property
    def is_asynchronous(self) -> bool:
        """Whether its bytes have to be awaited."""
        return hasattr(self.content, "__aiter__")

    def chunks(self) -> Iterator[Any]:
        """What it gives, unchecked."""
        if isinstance(self.content, bytes):
            view = memoryview(self.content)
            for start in range(0, len(view), CHUNK):
                yield bytes(view[start : start + CHUNK])
        elif hasattr(self.content, "read"):
            try:
                while chunk := self.content.read(CHUNK):
                    yield chunk
            except (OSError, ValueError) as error:
                raise UploadInterruptedError(f"{self.name} cannot be read to its end: {error}") from None
        else:
            yield from self.content

    def left_after(self, chunk: Any, left: int) -> int:
        """How many bytes are to come after a chunk.

        Raises:
            UploadInterruptedError: It is no bytes, or more than there were to be.
        """
        if not isinstance(chunk, bytes):
            raise UploadInterruptedError(f"{self.name} gives {type(chunk).__name__}, bytes are needed")
        if len(chunk) > left:
            raise UploadInterruptedError(
                f"{self.name} has more than the {self.length} bytes that were announced; did it grow meanwhile?"
            )
        return left - len(chunk)

    def check_end(self, left: int) -> None:
        """Check that nothing is to come any more.

        Raises:
            UploadInterruptedError: There is.
        """
        if left:
            raise UploadInterruptedError(
                f"{self.name} ended {left} bytes before the {self.length} that were announced; did it shrink meanwhile?"
            )


class _AsyncPieces:
    """The pieces of a form, without a generator: trio complains of one that a cancelled task leaves in the middle.

    Args:
        pieces: What gives them.
    """

    __slots__ = ("_pieces",)

    def __init__(self, pieces: "Pieces") -> None:
        self._pieces = pieces

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            while not isinstance(piece, bytes):
                try:
                    chunk = await anext(piece, None)
                except Exception as error:
                    piece = self._pieces.throw(error)
                else:
                    piece = self._pieces.send(chunk)
            return piece
        raise StopAsyncIteration


def length_of(content: Any) -> int:
    """How many bytes there are to send, from where a file stands now.

    Raises:
        InvalidInputError: It does not say.
    """
    if isinstance(content, bytes):
        return len(content)
    length = getattr(content, "length", None)
    if length.__class__ is int:
        return cast("int", length)
    if getattr(content, "closed", None) is True:
        raise InvalidInputError("the file is closed; give one that is open, or its path")
    try:
        start = content.tell()
        length = content.seek(0, 2) - start
        content.seek(start)
    except (OSError, ValueError, AttributeError):
        raise InvalidInputError(
            "the file does not say how long it is: give its path or its bytes, or an iterator with length="
        ) from None
    return max(0, cast("int", length))


def _quoted(text: str) -> str:
    """A name in a header of a part: what would end it is escaped, as browsers do (WHATWG, multipart/form-data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
