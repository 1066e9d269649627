"""HTTP/1.1 without any I/O: the head of a request, and a reply that is read part by part (RFC 9112). llhttp does the parsing."""

from collections.abc import Iterable
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from soundcloud._protocol.http.messages import SecretBytes, decode_headers
from soundcloud._protocol.http.response_body import Body

HEAD_BYTES = 100_000  # that a head may have
# Between the parts of a body, for each byte of it: a chunk of one byte has its length and two line ends.
FRAMING = 16


def encode_head(method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> SecretBytes:
    """Write the head of a request.

    Args:
        method: The HTTP method.
        target: Path and query, as they are sent.
        headers: All headers, which are checked already.

    Returns:
        The bytes to send, up to the body.
    """
    lines = SecretBytes(b"".join([b"%b: %b\r\n" % header for header in headers]))
    return SecretBytes(b"%b %b HTTP/1.1\r\n%b\r\n" % (method.encode("ascii"), target, lines))


class ResponseReader:
    """Reads one reply.

    Args:
        body: Takes its body.
        empty: Whether it has no body, whatever it says: the reply to a HEAD.

    Attributes:
        status: Its status; 0 while its head is not whole.
        headers: Its headers, names in lower case.
        complete: Whether all of it was read.
        reusable: Whether the next reply may come on the same connection.
    """

    __slots__ = (
        "_begun",
        "_body",
        "_empty",
        "_fed",
        "_interim",
        "_lines",
        "_parser",
        "_parts",
        "_taken",
        "complete",
        "headers",
        "reusable",
        "status",
    )

    def __init__(self, body: Body, *, empty: bool = False) -> None:
        self._body, self._empty = body, empty
        self._parser: Any = HttpResponseParser(self)
        self._lines: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._fed = self._taken = 0
        self._begun = self._interim = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.complete = self.reusable = False

    def feed(self, data: bytes) -> bool:
        """Take what was read.

        Args:
            data: The bytes; none when the server sends no more.

        Returns:
            Whether the reply is complete.

        Raises:
            httpcore.RemoteProtocolError: This is no reply, or it ended too early.
            UnexpectedResponseError: Its body cannot be decompressed.
            ResponseTooLargeError: Its body is too long.
        """
        if not data:
            self._end()
            return True
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            raise _protocol_error("the server changes to another protocol") from None
        except HttpParserError as error:
            if not self.complete:
                raise _protocol_error(str(error)) from None
            self.reusable = False  # what follows the reply is nobody's
        if self.status:
            self._pass_on()
        self._fed += len(data)
        if self.complete:
            self._parser = None  # which holds this one: the body would stay until the garbage is collected
        elif self._fed - self._taken > HEAD_BYTES + FRAMING * self._taken:
            raise _protocol_error("the head of the reply is too long")
        return self.complete

    def _pass_on(self) -> None:
        """Hand over the parts of the body that there are by now."""
        if not self._begun:
            if self.status < 100:
                raise _protocol_error(f"{self.status} is no status")
            self._begun = True
            self._body.begin(self.headers)
        for part in self._parts:
            self._taken += len(part)
            self._body.add(part)
        self._parts.clear()

    def _end(self) -> None:
        """The server sends no more: the end of a reply that does not say how long it is, and too early for any other."""
        if not self.status:
            what = "in the middle of the head" if self._fed else "without sending a response"
            raise _protocol_error(f"the server disconnected {what}")
        coding = self.headers.get("transfer-encoding", "").lower()
        if not self.complete and ("content-length" in self.headers or coding.endswith("chunked")):
            raise _protocol_error("the server disconnected in the middle of the body")
        self.complete, self.reusable = True, False

    # What the parser calls, by these names.

    def on_message_begin(self) -> None:
        """Another reply begins: the first one, one after an interim one, or one that nobody asked for."""
        if self.complete:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after the body is not looked at."""
        if not self.status:
            self._lines.append((name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """Take the head; that of an interim reply says nothing (RFC 9110, section 15.2)."""
        if self.complete:
            return
        status = self._parser.get_status_code()
        self._interim = 100 <= status < 200
        if not self._interim:
            self.status = status or 1  # 000 is refused with all that are none, and not taken for a head that is to come
            self.headers = decode_headers(self._lines)
            if self._empty:
                self.on_message_complete()
        self._lines.clear()

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        if self.complete:
            self.reusable = False
        else:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        """The reply is whole."""
        if not self._interim and not self.complete:
            self.complete, self.reusable = True, self._parser.should_keep_alive()


def _protocol_error(what: str) -> Exception:
    import httpcore

    return httpcore.RemoteProtocolError(what)
