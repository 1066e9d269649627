"""HTTP/1.1 without I/O (RFC 9112): encodes the head of a request and parses a response part by part with llhttp."""

import re
from collections.abc import Iterable
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from soundcloud._protocol.http.headers import decode_headers
from soundcloud._protocol.http.response_body import ResponseBody
from soundcloud._protocol.secrets import SecretBytes

MAX_HEAD_BYTES = 100_000
CHUNK_OVERHEAD = 16  # a body in chunks of one byte has this many bytes of framing for each: a length and two line ends
_FOLD = re.compile(rb"[ \t]*\r?\n[ \t]+")
_FRAMING = frozenset({b"connection", b"content-length", b"transfer-encoding", b"upgrade"})
_CONTROLS = bytes(32 if code in {*range(1, 9), 11, 12, *range(14, 32), 127} else code for code in range(256))


class ParseError(Exception):
    """The server did not send a valid HTTP/1.1 response."""


def encode_head(method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> SecretBytes:
    """Encode the request line and the headers, which the caller has checked; the target is path and query."""
    lines = SecretBytes(b"".join([b"%b: %b\r\n" % header for header in headers]))
    return SecretBytes(b"%b %b HTTP/1.1\r\n%b\r\n" % (method.encode("ascii"), target, lines))


class ResponseParser:
    """Parses one response, whose body goes to `body`.

    Args:
        empty: Whether there is no body whatever the headers say: the response to a HEAD request.

    Attributes:
        status: The status; 0 until the head is complete.
        headers: The headers, names in lower case.
        complete: Whether the response is complete.
        reusable: Whether the connection can be used for another request.
    """

    __slots__ = (
        "_body",
        "_body_bytes",
        "_body_started",
        "_chunk_is_empty",
        "_empty",
        "_head",
        "_header_lines",
        "_interim",
        "_parser",
        "_parts",
        "_received_bytes",
        "_repair",
        "complete",
        "headers",
        "reusable",
        "status",
    )

    def __init__(self, body: ResponseBody, *, empty: bool = False) -> None:
        self._body, self._empty = body, empty
        self._parser: Any = _new_parser(self)
        self._head: list[bytes] = []
        self._repair: _HeadRepair | None = None
        self._header_lines: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._received_bytes = self._body_bytes = 0
        self._body_started = self._interim = self._chunk_is_empty = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.complete = self.reusable = False

    def feed(self, data: bytes) -> bool:
        """Parse the bytes that were read, empty at the end of the connection; return whether the response is complete.

        Raises:
            ParseError: The bytes are not a response, or it ended too early.
            UnexpectedResponseError: The body cannot be decompressed.
            ResponseTooLargeError: The body is too large.
        """
        if not data:
            self._end_of_stream()
            return True
        if not self.status:
            self._head.append(data)
        try:
            if self._repair is None:
                self._parser.feed_data(data)
            else:
                self._feed_repaired(self._repair, data)
        except HttpParserUpgrade:
            raise ParseError("the server switches to another protocol") from None
        except HttpParserError as error:
            if self._chunk_is_empty:
                self.complete = True  # the last chunk was read; malformed trailers only end the use of the connection
            if self.complete:
                self.reusable = False  # there are bytes after the response
            else:
                self._parse_repaired(error)
        if self.status:
            self._head.clear()
            self._deliver_body()
        self._received_bytes += len(data)
        if self.complete:
            self._parser = None  # breaks the reference cycle with the parser, which would keep the body alive
        elif self._received_bytes - self._body_bytes > MAX_HEAD_BYTES + CHUNK_OVERHEAD * self._body_bytes:
            raise ParseError("the head of the response is too long")
        return self.complete

    def _parse_repaired(self, error: HttpParserError) -> None:
        """Parse a head that llhttp refuses once more, repaired; raise the error if this is refused too."""
        head = b"".join(self._head)
        if self.status or self._repair is not None or not head.lstrip(b"\r\n").startswith(b"HTTP/"):
            raise ParseError(str(error)) from None
        self._repair = _HeadRepair()
        self._parser = _new_parser(self)
        self._header_lines.clear()
        self._parts.clear()
        self._interim = False
        try:
            self._feed_repaired(self._repair, head)
        except HttpParserUpgrade:
            raise ParseError("the server switches to another protocol") from None
        except HttpParserError as second_error:
            if not self.complete and not self._chunk_is_empty:
                raise ParseError(str(second_error)) from None
            self.complete, self.reusable = True, False

    def _feed_repaired(self, repair: "_HeadRepair", data: bytes) -> None:
        if self.status:
            self._parser.feed_data(data)
            return
        repair.add(data)
        while not self.status and (line := repair.next_line()):
            self._parser.feed_data(line)
        if self.status and (rest := repair.take_rest()):
            self._parser.feed_data(rest)

    def _deliver_body(self) -> None:
        if not self._body_started:
            if self.status < 100:
                raise ParseError(f"{self.status} is not an HTTP status")
            self._body_started = True
            self._body.begin(self.headers)
        for part in self._parts:
            self._body_bytes += len(part)
            self._body.add(part)
        self._parts.clear()

    def _end_of_stream(self) -> None:
        """End a response without a declared length; for any other the end comes too early (RFC 9112, section 6.3)."""
        if not self.status:
            what = "in the middle of the head" if self._received_bytes else "without sending a response"
            raise ParseError(f"the server disconnected {what}")
        coding = self.headers.get("transfer-encoding", "").lower()
        if not self.complete and ("content-length" in self.headers or coding.endswith("chunked")):
            raise ParseError("the server disconnected in the middle of the body")
        self.complete, self.reusable = True, False

    # Callbacks of httptools, which prescribes their names.

    def on_message_begin(self) -> None:
        """Note that a message begins: after a complete response it is one that was not requested."""
        if self.complete:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; trailers after the body are ignored."""
        if not self.status:
            text = value.rstrip(b" \t")
            if text != value and self._repair is None and name.lower() == b"transfer-encoding":
                raise ParseError("Transfer-Encoding ends with a space")  # llhttp does not recognize it; it is repaired
            self._header_lines.append((name, text))

    def on_headers_complete(self) -> None:
        """Take the head; that of an interim response is ignored (RFC 9110, section 15.2)."""
        if self.complete:
            return
        status = self._parser.get_status_code()
        self._interim = 100 <= status < 200
        if not self._interim:
            self.status = (
                status or 1
            )  # 0 means that the head is not complete; 000 is refused like every status below 100
            self.headers = decode_headers(self._header_lines)
            if self._empty:
                self.on_message_complete()
        self._header_lines.clear()

    def on_chunk_header(self) -> None:
        """Note that a chunk begins; the last one is followed by trailers in place of a body."""
        self._chunk_is_empty = True

    def on_body(self, part: bytes) -> None:
        """Collect a part of the body."""
        self._chunk_is_empty = False
        if self.complete:
            self.reusable = False
        else:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        """Note that the response is complete."""
        if not self._interim and not self.complete:
            self.complete, self.reusable = True, self._parser.should_keep_alive()


class _HeadRepair:
    """Rewrites the lines of a head that llhttp refuses, as other clients read them.

    llhttp stays strict: its lenient modes also accept NUL, and spaces before a colon. What is rewritten is

    - a line that ends with LF alone (RFC 9112, section 2.2);
    - a folded value: its line breaks become spaces (RFC 9112, section 5.2);
    - spaces at the end of a line, and control characters in a value that has no part in framing (RFC 9110, section 5.5);
    - a Content-Length that is repeated with the same value (RFC 9110, section 8.6).
    """

    __slots__ = ("_in_fields", "_length", "_pending", "_searched")

    def __init__(self) -> None:
        self._pending = bytearray()
        self._searched = 0
        self._in_fields = False
        self._length: bytes | None = None

    def add(self, data: bytes) -> None:
        """Add the next bytes."""
        self._pending += data

    def next_line(self) -> bytes:
        """Return the next complete line with its CRLF, or nothing until more bytes are there."""
        pending = self._pending
        while True:
            end = pending.find(b"\n", self._searched)
            if end < 0:
                self._searched = len(pending)
                return b""
            start = end - 1 if end and pending[end - 1] == 13 else end
            if not start:
                self._take(end + 1)
                self._in_fields, self._length = False, None
                return b"\r\n"
            if self._in_fields:
                if end + 1 == len(pending):
                    self._searched = end
                    return b""  # the next byte decides whether the value is folded
                if pending[end + 1] in b" \t":
                    self._searched = end + 1
                    continue
            line = bytes(pending[:start])
            self._take(end + 1)
            if self._in_fields:
                line = self._repaired_field(_FOLD.sub(b" ", line).rstrip(b" \t"))
            self._in_fields = True
            if line:
                return line + b"\r\n"

    def take_rest(self) -> bytes:
        """Return the bytes after the head."""
        return self._take(len(self._pending))

    def _take(self, count: int) -> bytes:
        taken = bytes(self._pending[:count])
        del self._pending[:count]
        self._searched = 0
        return taken

    def _repaired_field(self, line: bytes) -> bytes:
        """Return a field line, or nothing for a repeated Content-Length; different lengths are left for llhttp to refuse."""
        name, _, value = line.partition(b":")
        lower_name = name.lower()
        if lower_name != b"content-length":
            return line if lower_name in _FRAMING else b"%b:%b" % (name, value.translate(_CONTROLS)) if value else line
        values = {part.strip(b" \t") for part in value.split(b",")}
        if len(values) != 1:
            return line
        (length,) = values
        if length == self._length:
            return b""
        self._length = length
        return b"%b: %b" % (name, length)


def _new_parser(protocol: ResponseParser) -> Any:
    parser = HttpResponseParser(protocol)
    # Nothing but spaces and tabs between the size of a chunk and its end; browsers, curl and httpx accept them.
    parser.set_dangerous_leniencies(lenient_spaces_after_chunk_size=True)
    return parser
