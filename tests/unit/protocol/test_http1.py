"""The HTTP/1.1 parser, fed whole responses and single bytes: where a response ends, and what is malformed."""

import gc
import weakref

import pytest

from soundcloud import ResponseTooLargeError
from soundcloud._protocol.http.http1 import MAX_HEAD_BYTES, ParseError, ResponseParser, encode_head
from soundcloud._protocol.http.response_body import ResponseBody

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 2\r\n\r\n"


def pieces(data, size):
    return [data[start : start + size] for start in range(0, len(data), size)]


def read(data, *, size=None, end=False, limit=1_000_000, empty=False):
    """Parse a response; return its status, headers, body and whether the connection is reusable."""
    body = ResponseBody(limit, empty=empty)
    reader = ResponseParser(body, empty=empty)
    for piece in pieces(data, size or len(data)):
        if reader.feed(piece):
            break
    if end and not reader.complete:
        reader.feed(b"")
    assert reader.complete
    return reader.status, reader.headers, body.content(), reader.reusable


@pytest.mark.parametrize("size", [None, 1, 7])
@pytest.mark.parametrize(
    ("data", "status", "content", "reusable"),
    [
        (OK + LENGTH + b"ok", 200, b"ok", True),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;a=b\r\nk\r\n0\r\nTrailer: x\r\n\r\n", 200, b"ok", True),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, b"ok", True),
        (OK + b"Connection: close\r\n" + LENGTH + b"ok", 200, b"ok", False),
        (b"HTTP/1.0 200 OK\r\n" + LENGTH + b"ok", 200, b"ok", False),
        (b"HTTP/1.1 200\r\n" + LENGTH + b"ok", 200, b"ok", True),
        (b"\r\n" + OK + LENGTH + b"ok", 200, b"ok", True),
        (b"HTTP/1.1 204 No Content\r\n" + LENGTH, 204, b"", True),
        (b"HTTP/1.1 304 Not Modified\r\n" + LENGTH, 304, b"", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + b"ok", 200, b"ok", True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + LENGTH + b"ok", 200, b"ok", True),
        (b"HTTP/1.1 599 Odd\r\n" + LENGTH + b"no", 599, b"no", True),
        (OK + b"X: a\r\n b\r\n" + LENGTH + b"ok", 200, b"ok", True),
        (OK + b"Content-Length:\r\n 2\r\n\r\nok", 200, b"ok", True),
        (OK + b"Transfer-Encoding:\r\n chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, b"ok", True),
        (OK + b"Transfer-Encoding: chunked \r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, b"ok", True),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2 \t\r\nok\r\n0 \r\n\r\n", 200, b"ok", True),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: a\r\n b\r\n\r\n", 200, b"ok", False),
        (b"HTTP/1.1 200 OK\nX: y\nContent-Length: 2\n\nok", 200, b"ok", True),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\n o", 200, b" o", True),
        (b"HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, b"ok", True),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\nConnection: close\n\nok", 200, b"ok", False),
        (OK + b"Content-Length: 2\r\ncontent-length: 2\r\n\r\nok", 200, b"ok", True),
        (OK + b"Content-Length: 2, 2\r\n\r\nok", 200, b"ok", True),
    ],
)
def test_a_valid_response(data, status, content, reusable, size):
    found = read(data, size=size)

    assert (found[0], found[2], found[3]) == (status, content, reusable)
    assert "link" not in found[1]


@pytest.mark.parametrize("size", [None, 1])
@pytest.mark.parametrize("head", [b"\r\n", b"Transfer-Encoding: gzip\r\n\r\n"])
def test_a_response_without_length_ends_with_the_connection(head, size):
    assert read(OK + head + b"far out", size=size, end=True)[2:] == (b"far out", False)


def test_headers_are_decoded_and_joined():
    head = b"X-A:  one \t\r\nx-a: two\r\nX-Empty:\r\nX-Latin: \xe9\r\n"

    assert read(OK + head + LENGTH + b"ok")[1] == {
        "x-a": "one, two",
        "x-empty": "",
        "x-latin": "é",
        "content-length": "2",
    }


@pytest.mark.parametrize("size", [None, 1, 7])
def test_a_repaired_head(size):
    head = b"X-Folded: one\r\n two\r\n\tthree\r\nX-Control: a\x01\x7fb\nX-Empty:\n \r\nX-Last: z \n"

    assert read(OK + head + LENGTH + b"ok", size=size)[1] == {
        "x-folded": "one two three",
        "x-control": "a  b",
        "x-empty": "",
        "x-last": "z",
        "content-length": "2",
    }


def test_a_line_that_cannot_be_repaired_is_refused_at_once():
    reader = ResponseParser(ResponseBody(100))
    with pytest.raises(ParseError):
        reader.feed(b"HTTP/1.1 200 OK\nX : y\nZ")
    with pytest.raises(ParseError):
        ResponseParser(ResponseBody(100)).feed(b"SSH-2.0-OpenSSH\n")


@pytest.mark.parametrize("size", [None, 1])
def test_the_response_to_a_head_request_has_no_body(size):
    assert read(OK + LENGTH, size=size, empty=True)[2:] == (b"", True)
    assert read(OK + LENGTH + b"ok", empty=True)[2:] == (b"", False)


@pytest.mark.parametrize("more", [b"x", b"HTTP/1.1 200 OK\r\n", OK + LENGTH + b"ok", b"\x00", b"0\r\n\r\n"])
@pytest.mark.parametrize("head", [LENGTH, b"Connection: close\r\n" + LENGTH])
def test_bytes_after_the_response_make_the_connection_unusable(more, head):
    assert read(OK + head + b"ok" + more)[2:] == (b"ok", False)


@pytest.mark.parametrize("size", [None, 1])
@pytest.mark.parametrize(
    "data",
    [
        b"<html>not HTTP</html>",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"HTTP/1.1 000 OK\r\n" + LENGTH + b"ok",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        OK + b"Content-Length: -2\r\n\r\nok",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        OK + b"Content-Length: 2\r\n 3\r\n\r\nok",
        OK + b"Content-Length: 2, 3\r\n\r\nok",
        OK + b"Content-Length: 2\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        OK + b"Content-Length: 2\nTransfer-Encoding: chunked\n\n2\r\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding:\r\n chunked\r\nContent-Length:\r\n 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: \x0bchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        OK + b" X: folded onto the status line\r\n" + LENGTH + b"ok",
        OK + b"X: a\n : b\r\nY : z\n" + LENGTH + b"ok",
        OK + b"X: a\rContent-Length: 3\r\n" + LENGTH + b"ok",
        b"HTTP/1.1 200 OK\nX: " + b"y" * (MAX_HEAD_BYTES + 1),
        b"HTTP/1.1 200 OK\n" + b"X: y\n" * (MAX_HEAD_BYTES // 5),
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2 2\r\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nok",
        OK + b"X : y\r\n" + LENGTH + b"ok",
        OK + b"X: a\x00b\r\n" + LENGTH + b"ok",
        OK + b"X: " + b"y" * (MAX_HEAD_BYTES + 1),
        OK + b"X: y\r\n" * (MAX_HEAD_BYTES // 6),
        b"HTTP/1.1 102 Processing\r\n\r\n" * (MAX_HEAD_BYTES // 20),
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nTrailer: " + b"y" * (MAX_HEAD_BYTES + 100),
        OK + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"y" * (MAX_HEAD_BYTES + 100),
    ],
)
def test_malformed_responses(data, size):
    with pytest.raises(ParseError):
        read(data, size=size)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "without sending a response"),
        (b"HTT", "in the middle of the head"),
        (OK, "in the middle of the head"),
        (OK + LENGTH + b"o", "in the middle of the body"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "in the middle of the body"),
    ],
)
def test_a_truncated_response(data, message):
    reader = ResponseParser(ResponseBody(100))
    if data:
        reader.feed(data)
    with pytest.raises(ParseError, match=message):
        reader.feed(b"")


def test_a_response_in_one_byte_chunks():
    content = b"far out " * 10_000
    data = OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"1\r\n%c\r\n" % byte for byte in content)

    assert read(data + b"0\r\n\r\n", size=65_536)[2] == content


def test_a_body_over_the_limit():
    with pytest.raises(ResponseTooLargeError):
        read(OK + b"Content-Length: 200\r\n\r\n", limit=100)
    with pytest.raises(ResponseTooLargeError):
        read(OK + b"\r\n" + b"y" * 200, limit=100, size=50)


def test_the_reader_is_freed_without_garbage_collection():
    class WeakReader(ResponseParser):
        __slots__ = ("__weakref__",)

    gc.disable()
    try:
        reader = WeakReader(ResponseBody(100))
        assert reader.feed(OK + LENGTH + b"ok")
        reference = weakref.ref(reader)
        del reader
        assert reference() is None
    finally:
        gc.enable()


def test_encoding_a_request_head():
    headers = [(b"Host", b"api"), (b"Authorization", b"OAuth hush")]
    head = encode_head("GET", b"/tracks?q=a", headers)

    assert bytes(head) == b"GET /tracks?q=a HTTP/1.1\r\nHost: api\r\nAuthorization: OAuth hush\r\n\r\n"
    assert "hush" not in repr(head)


@pytest.mark.parametrize("code", [*range(1, 9), 11, 12, *range(14, 32), 127])
def test_control_characters_of_a_header_become_spaces(code):
    control = bytes([code])

    assert read(OK + b"X-Y: a" + control + b"b\r\n" + LENGTH + b"ok")[1]["x-y"] == "a b"


@pytest.mark.parametrize("status", [100, 102, 199])
def test_an_interim_response_is_skipped(status):
    interim = b"HTTP/1.1 %d Interim\r\nX-Interim: 1\r\n\r\n" % status

    assert read(interim + OK + LENGTH + b"ok")[:3] == (200, {"content-length": "2"}, b"ok")


def test_the_smallest_status_of_a_response():
    assert read(b"HTTP/1.1 200 OK\r\n" + LENGTH + b"ok")[0] == 200
    for status in (b"000", b"001", b"099"):
        with pytest.raises(ParseError, match=r"is not an HTTP status$"):
            read(b"HTTP/1.1 " + status + b" X\r\n" + LENGTH + b"ok")


def test_the_limit_of_a_head():
    def fed(size):
        head = OK + b"X: "
        reader = ResponseParser(ResponseBody(100))
        reader.feed(head + b"a" * (size - len(head)))
        return reader

    assert not fed(MAX_HEAD_BYTES).complete
    with pytest.raises(ParseError, match="head of the response is too long"):
        fed(MAX_HEAD_BYTES + 1)


def test_a_new_parser():
    reader = ResponseParser(ResponseBody(100))

    assert (reader.status, reader.headers, reader.complete, reader.reusable) == (0, {}, False, False)
    assert not reader.feed(OK)
    assert (reader.status, reader.complete) == (0, False)
    assert not reader.feed(b"Content-Length: 2\r\n\r\n")
    assert (reader.status, reader.headers, reader.complete) == (200, {"content-length": "2"}, False)
    assert not reader.feed(b"o")
    assert reader.feed(b"k")
    assert (reader.complete, reader.reusable) == (True, True)


@pytest.mark.parametrize("size", [None, 1])
def test_a_repeated_length_in_two_responses_of_one_head(size):
    interim = b"HTTP/1.1 103 Early\nContent-Length: 5\n\n"

    assert read(interim + b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", size=size)[2] == b"ok"
    assert read(interim + b"HTTP/1.1 200 OK\nContent-Length: 5\n\nokay!", size=size)[2] == b"okay!"
