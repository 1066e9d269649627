"""The body of a response: decompressed part by part, and limited in size."""

import zlib
from typing import Any

from soundcloud.errors import ResponseTooLargeError, UnexpectedResponseError

_GZIP = 31  # zlib's window bits for a stream with a gzip header


class ResponseBody:
    """Collects the parts of one body, of at most `limit` bytes after decompression; `empty` ignores what the headers say."""

    __slots__ = ("_decompressor", "_empty", "_limit", "_parts", "_size", "_started")

    def __init__(self, limit: int, *, empty: bool = False) -> None:
        self._limit, self._empty = limit, empty
        self._size = 0
        self._parts: list[bytes] = []
        self._decompressor: Any = None
        self._started = False

    def begin(self, headers: dict[str, str]) -> None:
        """Read the encoding and the length from the headers; raise an error if either is not acceptable."""
        if self._empty:
            return
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding in {"gzip", "x-gzip"}:
            self._decompressor = zlib.decompressobj(_GZIP)
        elif encoding not in {"", "identity"}:
            raise UnexpectedResponseError(f"the response is compressed as {encoding[:40]!r}, which was not requested")
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and (len(length) > 15 or int(length) > self._limit):
            raise self._too_large()

    def add(self, part: bytes) -> None:
        """Add a part; raise an error if it cannot be decompressed or the body exceeds the limit."""
        if self._decompressor is not None and part:
            self._started = True
            if self._decompressor.eof:
                # Bytes after the end of the stream are counted but not kept: zlib would collect them without a limit.
                self._size += len(part)
                part = b""
            else:
                part = self._decompress(part)
        self._size += len(part)
        if self._size > self._limit:
            self._parts.clear()
            raise self._too_large()
        self._parts.append(part)

    def _decompress(self, part: bytes) -> bytes:
        try:
            plain: bytes = self._decompressor.decompress(part, self._limit - self._size + 1)
        except zlib.error as error:
            raise UnexpectedResponseError(f"the response cannot be decompressed: {error}") from None
        return plain

    def content(self) -> bytes:
        """Return the whole body; raise UnexpectedResponseError if the compressed stream is incomplete."""
        if self._decompressor is not None and self._started and not self._decompressor.eof:
            raise UnexpectedResponseError("the response cannot be decompressed: it ends too early")
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _too_large(self) -> ResponseTooLargeError:
        return ResponseTooLargeError(f"the response is larger than max_response_bytes={self._limit} and was discarded")


class RawBody(ResponseBody):
    """Collects a body as it is received, without decompressing it."""

    __slots__ = ()

    def begin(self, headers: dict[str, str]) -> None:
        """Check the declared length only."""
        super().begin({name: value for name, value in headers.items() if name != "content-encoding"})
