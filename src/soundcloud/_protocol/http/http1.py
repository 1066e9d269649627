"""HTTP/1.1 without I/O (RFC 9112): encodes the head of a request and parses a response part by part with llhttp."""

from collections.abc import Iterable
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from soundcloud._protocol.http.headers import decode_headers
from soundcloud._protocol.http.response_body import ResponseBody
from soundcloud._protocol.secrets import SecretBytes

MAX_HEAD_BYTES = 100_000
CHUNK_OVERHEAD = 16  # a body in chunks of one byte has this many bytes of framing for each: a length and two line ends


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
        "_empty",
        "_header_lines",
        "_interim",
        "_parser",
        "_parts",
        "_received_bytes",
        "complete",
        "headers",
        "reusable",
        "status",
    )

    def __init__(self, body: ResponseBody, *, empty: bool = False) -> None:
        self._body, self._empty = body, empty
        self._parser: Any = HttpResponseParser(self)
        self._header_lines: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._received_bytes = self._body_bytes = 0
        self._body_started = self._interim = False
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
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            raise ParseError("the server switches to another protocol") from None
        except HttpParserError as error:
            if not self.complete:
                raise ParseError(str(error)) from None
            self.reusable = False  # there are bytes after the response
        if self.status:
            self._deliver_body()
        self._received_bytes += len(data)
        if self.complete:
            self._parser = None  # breaks the reference cycle with the parser, which would keep the body alive
        elif self._received_bytes - self._body_bytes > MAX_HEAD_BYTES + CHUNK_OVERHEAD * self._body_bytes:
            raise ParseError("the head of the response is too long")
        return self.complete

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
            self._header_lines.append((name, value.rstrip(b" \t")))

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

    def on_body(self, part: bytes) -> None:
        """Collect a part of the body."""
        if self.complete:
            self.reusable = False
        else:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        """Note that the response is complete."""
        if not self._interim and not self.complete:
            self.complete, self.reusable = True, self._parser.should_keep_alive()
