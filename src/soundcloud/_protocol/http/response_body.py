"""The body of a reply, part by part: decompressed, and counted so that no reply fills the memory."""

import zlib
from typing import Any

from soundcloud.errors import ResponseTooLargeError, UnexpectedResponseError

_GZIP = 31  # zlib's way to say: with the header of gzip


class Body:
    """Takes the parts of one body as they come.

    Args:
        limit: How many bytes it may have, after decompression.
        empty: Whether there is none, whatever the headers say: the reply to a HEAD.
    """

    __slots__ = ("_begun", "_decompressor", "_empty", "_limit", "_parts", "_size")

    def __init__(self, limit: int, *, empty: bool = False) -> None:
        self._limit, self._empty = limit, empty
        self._size = 0
        self._parts: list[bytes] = []
        self._decompressor: Any = None
        self._begun = False

    def begin(self, headers: dict[str, str]) -> None:
        """Read how it is compressed, and how long it says it is.

        Raises:
            UnexpectedResponseError: It is compressed in a way that was not asked for.
            ResponseTooLargeError: It says that it is too long.
        """
        if self._empty:
            return
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding in {"gzip", "x-gzip"}:
            self._decompressor = zlib.decompressobj(_GZIP)
        elif encoding not in {"", "identity"}:
            raise UnexpectedResponseError(f"the reply is compressed as {encoding[:40]!r}, which was not asked for")
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and (len(length) > 15 or int(length) > self._limit):
            raise self._too_large()

    def add(self, part: bytes) -> None:
        """Take a part.

        Raises:
            UnexpectedResponseError: It cannot be decompressed.
            ResponseTooLargeError: There are too many bytes by now.
        """
        if self._decompressor is not None and part:
            self._begun = True
            if self._decompressor.eof:
                # What follows the end is counted, not kept: zlib would gather it without a bound.
                self._size += len(part)
                part = b""
            else:
                part = self._decompressed(part)
        self._size += len(part)
        if self._size > self._limit:
            self._parts.clear()
            raise self._too_large()
        self._parts.append(part)

    def _decompressed(self, part: bytes) -> bytes:
        try:
            plain: bytes = self._decompressor.decompress(part, self._limit - self._size + 1)
        except zlib.error as error:
            raise UnexpectedResponseError(f"the reply cannot be decompressed: {error}") from None
        return plain

    def end(self) -> bytes:
        """The whole body.

        Raises:
            UnexpectedResponseError: It ends in the middle of what was compressed.
        """
        if self._decompressor is not None and self._begun and not self._decompressor.eof:
            raise UnexpectedResponseError("the reply cannot be decompressed: it ends too early")
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _too_large(self) -> ResponseTooLargeError:
        return ResponseTooLargeError(f"the reply is larger than max_response_bytes={self._limit}; it was not read")
