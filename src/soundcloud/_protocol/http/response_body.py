"""The body of a response: decompressed part by part, and limited in size."""

import zlib
from typing import Any

from soundcloud.errors import ResponseTooLargeError, UnexpectedResponseError

_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's window bits, by the header of the stream
_GZIP_MAGIC = b"\x1f\x8b"
_SLICE = 16_384  # zlib copies what follows a stream, which costs too much if many short streams follow
_COMPRESSED_OVERHEAD = 65_536  # bytes that a compressed body may have beyond twice the limit


class ResponseBody:
    """Collects the parts of one body, of at most `limit` bytes after decompression; `empty` ignores what the headers say."""

    __slots__ = ("_coding", "_compressed_bytes", "_decompressor", "_empty", "_limit", "_parts", "_size", "_tail")

    def __init__(self, limit: int, *, empty: bool = False) -> None:
        self._limit, self._empty = limit, empty
        self._size = self._compressed_bytes = 0
        self._parts: list[bytes] = []
        self._coding = ""
        self._decompressor: Any = None
        self._tail: bytes | None = (
            b""  # the first bytes of a stream that is not recognized yet; None after the last one
        )

    def begin(self, headers: dict[str, str]) -> None:
        """Read the encoding and the length from the headers; raise an error if either is not acceptable."""
        if self._empty:
            return
        encoding = headers.get("content-encoding", "").lower()
        codings = [name for part in encoding.split(",") if (name := part.strip()) not in {"", "identity"}]
        if codings in (["gzip"], ["x-gzip"]):
            self._coding = "gzip"
        elif codings == ["deflate"]:
            self._coding = "deflate"
        elif codings:
            raise UnexpectedResponseError(f"the response is compressed as {encoding[:40]!r}, which was not requested")
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and (len(length) > 15 or int(length) > self._limit):
            raise self._too_large()

    def add(self, part: bytes) -> None:
        """Add a part.

        Raises:
            UnexpectedResponseError: It cannot be decompressed.
            ResponseTooLargeError: The body exceeds the limit.
        """
        if self._coding:
            self._compressed_bytes += len(part)
            if self._compressed_bytes > 2 * self._limit + _COMPRESSED_OVERHEAD:
                raise self._too_large()  # streams without content, which would not count otherwise
            for start in range(0, len(part), _SLICE):
                rest = part[start : start + _SLICE]
                while rest:
                    rest = self._decompress(rest)
        else:
            self._keep(part)

    def _keep(self, plain: bytes) -> None:
        self._size += len(plain)
        if self._size > self._limit:
            self._parts.clear()
            raise self._too_large()
        self._parts.append(plain)

    def _decompress(self, part: bytes) -> bytes:
        """Decompress a part up to the end of its stream; return the bytes after it."""
        if self._decompressor is None:
            if self._tail is None:  # garbage after the last stream is counted but not kept
                self._size += len(part)
                self._keep(b"")
                return b""
            part, self._tail = self._tail + part, b""
            if len(part) < len(_GZIP_MAGIC):
                self._tail = part
                return b""
            if self._parts and not part.startswith(_GZIP_MAGIC):
                self._tail = None
                return part
            self._decompressor = zlib.decompressobj(_GZIP if self._coding == "gzip" else _deflate_window(part))
        decompressor = self._decompressor
        try:
            plain: bytes = decompressor.decompress(part, self._limit - self._size + 1)
        except zlib.error as error:
            raise UnexpectedResponseError(f"the response cannot be decompressed: {error}") from None
        self._keep(plain)
        if not decompressor.eof:
            return b""
        self._decompressor = None
        if self._coding == "deflate":
            self._tail = None
        rest: bytes = decompressor.unused_data
        return rest

    def content(self) -> bytes:
        """Return the whole body.

        Raises:
            UnexpectedResponseError: The compressed stream is incomplete.
        """
        if self._decompressor is not None or (self._tail and not self._parts):
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


def _deflate_window(start: bytes) -> int:
    """Return the window bits of a deflate stream: some servers leave out the header of zlib (RFC 9110, section 8.4.1.2)."""
    is_zlib = start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return _ZLIB if is_zlib else _RAW
