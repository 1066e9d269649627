"""Multipart forms (RFC 7578): the length is known before the first byte is sent, and files are read while they are sent."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from typing import Any, Self, TypeAlias, cast

from soundcloud._protocol.secrets import SecretBytes
from soundcloud.errors import InvalidInputError, UploadInterruptedError
from soundcloud_api.types import File

# A connection of 5 kB/s still takes this much within the write timeout of 30 s; half of it costs half as much CPU again.
CHUNK = 131_072
_END: Any = object()

Progress = Callable[[int, int], object]
"""Called with the bytes of the files that were sent, and their total."""

OpenFile = Callable[[Any], tuple[Any, int]]
"""Opens the file at a path; returns it and its size in bytes."""

InThread = Callable[[Iterator[Any], bool], AsyncIterator[Any]]
"""Reads an iterator in threads; the second argument tells whether the file is ours, so that a read must end before it is closed."""

Pieces: TypeAlias = Generator[bytes | AsyncIterator[bytes], Any, None]
"""Yields bytes to send, or an async iterator whose next chunk is to be sent in."""


class Multipart:
    """The body of a multipart request.

    Args:
        fields: The fields in order; the content of a file may be a path.
        boundary: Separates the parts; random, so that no file can contain it.
        open_file: Opens the file at a path.
        on_progress: Called after each chunk of a file.
        in_thread: Reads files and iterators in threads, so that they do not block the event loop; None for the sync client.

    Attributes:
        failure: The error of a file or of `on_progress` that ended the body early.

    Raises:
        InvalidInputError: A file cannot be read or is empty.
    """

    def __init__(
        self,
        fields: Mapping[str, str | File],
        boundary: str,
        open_file: OpenFile,
        on_progress: Progress | None = None,
        in_thread: InThread | None = None,
    ) -> None:
        self._in_thread = in_thread
        self.media_type = f"multipart/form-data; boundary={boundary}"
        self.failure: Exception | None = None
        self._on_progress = on_progress
        self._parts: list[tuple[bytes, _Source | None]] = []
        self._opened: list[Any] = []
        self._sent = 0
        name = ""
        try:
            for name, value in fields.items():
                head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
                if isinstance(value, File):
                    head += f'; filename="{_quoted(value.filename)}"\r\nContent-Type: {value.media_type}'
                    self._parts.append((f"{head}\r\n\r\n".encode(), self._source(value, open_file)))
                else:
                    self._parts.append((SecretBytes(f"{head}\r\n\r\n{value}".encode()), None))
        except BaseException as error:
            self.close()
            if isinstance(error, UnicodeEncodeError):
                raise InvalidInputError(
                    f"the field {name} holds half a surrogate pair, which cannot be sent",
                    hint='pass value.encode("utf-8", "replace").decode()',
                ) from None
            raise
        self._end = f"--{boundary}--\r\n".encode()
        self._total = sum(source.length for _, source in self._parts if source is not None)
        self.length = sum(len(head) + 2 for head, _ in self._parts) + self._total + len(self._end)

    def _source(self, file: File, open_file: OpenFile) -> "_Source":
        content: Any = file.content
        is_ours = hasattr(content, "__fspath__")
        if is_ours:
            name = str(content)
            content, length = open_file(content)
            self._opened.append(content)
        else:
            name, length = file.filename, length_of(content)
            if isinstance(content, SeekableFile):
                try:
                    content.rewind()
                except (OSError, ValueError) as error:
                    raise UploadInterruptedError(f"{name} cannot be read: {error}") from None
        if length == 0:
            raise InvalidInputError(f"{name} is empty: there is nothing to send")
        return _Source(name, content, length, is_ours=is_ours)

    def close(self) -> None:
        """Close the files that were opened by their paths."""
        while self._opened:
            self._opened.pop().close()

    def __iter__(self) -> Iterator[bytes]:
        return cast("Iterator[bytes]", self.pieces(None))  # only the async client accepts async sources

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _AsyncPieces(self.pieces(self._in_thread))

    def pieces(self, in_thread: InThread | None) -> "Pieces":
        """Yield the body in order.

        For an async source it yields the iterator and expects the next chunk to be sent in, or `_END` at the end.
        """
        try:
            for head, source in self._parts:
                yield head
                if source is not None:
                    left = source.length
                    chunks = source.chunks(in_thread)
                    if isinstance(chunks, AsyncIterator):
                        while (chunk := (yield chunks)) is not _END:
                            left = source.left_after(chunk, left)
                            yield chunk
                            self._report_progress(chunk)
                    else:
                        for chunk in chunks:
                            left = source.left_after(chunk, left)
                            yield chunk
                            self._report_progress(chunk)
                    source.check_end(left)
                yield b"\r\n"
            yield self._end
        except Exception as error:
            self.failure = error
            raise

    def _report_progress(self, chunk: bytes) -> None:
        self._sent += len(chunk)
        if self._on_progress is not None:
            self._on_progress(self._sent, self._total)


class _Source:
    """The bytes of one file, exactly as many as were announced: bytes, a binary file, or an iterable of bytes."""

    def __init__(self, name: str, content: Any, length: int, *, is_ours: bool) -> None:
        self.name, self.content, self.length, self._is_ours = name, content, length, is_ours

    def chunks(self, in_thread: InThread | None) -> Iterator[Any] | AsyncIterator[Any]:
        """Return an iterator over the content, unchecked."""
        if hasattr(self.content, "__aiter__"):
            return cast("AsyncIterator[Any]", aiter(self.content))
        if in_thread is None or isinstance(self.content, bytes):
            return self._read()
        return in_thread(self._read(), self._is_ours)

    def _read(self) -> Iterator[Any]:
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
        """Return the number of bytes that must follow a chunk; raise UploadInterruptedError if it is invalid."""
        if not isinstance(chunk, bytes):
            raise UploadInterruptedError(f"{self.name} yields {type(chunk).__name__}: bytes are needed")
        if len(chunk) > left:
            raise UploadInterruptedError(
                f"{self.name} has more than the {self.length} bytes that were announced: did it grow during the upload?"
            )
        return left - len(chunk)

    def check_end(self, left: int) -> None:
        """Raise UploadInterruptedError if bytes are missing."""
        if left:
            raise UploadInterruptedError(
                f"{self.name} ended {left} bytes before the {self.length} that were announced: did it shrink during the upload?"
            )


class _AsyncPieces:
    """The pieces as an async iterator. Not an async generator: trio warns about one that a cancelled task leaves open."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: "Pieces") -> None:
        self._pieces = pieces

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            while not isinstance(piece, bytes):
                try:
                    chunk = await anext(piece, _END)
                except Exception as error:
                    piece = self._pieces.throw(error)
                else:
                    piece = self._pieces.send(chunk)
            return piece
        raise StopAsyncIteration


class SizedFile:
    """A binary file and the number of bytes to send from it, for a file of unknown length such as a pipe.

    Args:
        file: The file, which stays open.
        length: The number of bytes.
    """

    def __init__(self, file: Any, length: int) -> None:
        self._file, self.length = file, length

    def read(self, size: int) -> Any:
        """Read up to `size` bytes."""
        return self._file.read(size)


class SeekableFile(SizedFile):
    """A binary file that is sent from its current position to its end, and from the same position if it is sent again."""

    def __init__(self, file: Any) -> None:
        super().__init__(file, length_of(file))
        self.start: int = file.tell()

    def rewind(self) -> None:
        """Go back to the position where the file starts."""
        self._file.seek(self.start)


def length_of(content: Any) -> int:
    """Return the number of bytes to send, for a file from its current position."""
    if isinstance(content, bytes):
        return len(content)
    length = getattr(content, "length", None)
    if length.__class__ is int:
        return cast("int", length)
    if getattr(content, "closed", None) is True:
        raise InvalidInputError("the file is closed: pass an open file or a path")
    try:
        start = content.tell()
        content.seek(0, 2)
        length = content.tell() - start  # seek() of an mmap returns None before Python 3.13
        content.seek(start)
    except (OSError, ValueError, AttributeError):
        raise InvalidInputError(
            "the length of the file is unknown: pass a path or bytes, or for audio its number of bytes as length="
        ) from None
    return max(0, cast("int", length))


def _quoted(text: str) -> str:
    """Escape a name in the header of a part as browsers do (WHATWG HTML, multipart/form-data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
