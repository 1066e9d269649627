"""The response body: incremental decompression, size limits and corrupt data."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundcloud import ResponseTooLargeError, UnexpectedResponseError
from soundcloud._protocol.http.response_body import RawBody, ResponseBody

CONTENT = b'{"collection": []}' * 200


def read(parts, *, limit=100_000, **headers):
    body = ResponseBody(limit)
    body.begin({name.replace("_", "-"): value for name, value in headers.items()})
    for part in parts:
        body.add(part)
    return body.content()


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
@given(sizes=st.lists(st.integers(1, 50), max_size=30))
def test_gzip_in_parts_of_any_size(encoding, sizes):
    data = gzip.compress(CONTENT)
    parts, start = [], 0
    for size in sizes:
        parts.append(data[start : start + size])
        start += size

    assert read([*parts, data[start:]], content_encoding=encoding) == CONTENT


def test_uncompressed_and_empty_bodies():
    assert read([b"a", b"", b"b"]) == b"ab"
    assert read([]) == b""
    assert read([], content_encoding="gzip") == b""
    assert read([b"x"], content_encoding="identity") == b"x"


@pytest.mark.parametrize(
    ("parts", "encoding", "message"),
    [
        ([b"not gzip data"], "gzip", "cannot be decompressed"),
        ([gzip.compress(CONTENT)[:-20]], "gzip", "ends too early"),
        ([gzip.compress(CONTENT)[:20], b"\xff" * 40], "gzip", "cannot be decompressed"),
        ([b"x"], "br", "'br', which was not requested"),
    ],
)
def test_corrupt_bodies(parts, encoding, message):
    with pytest.raises(UnexpectedResponseError, match=message):
        read(parts, content_encoding=encoding)


def test_bodies_over_the_limit():
    with pytest.raises(ResponseTooLargeError, match="max_response_bytes=10"):
        read([b"12345", b"678901"], limit=10)
    assert read([b"1234567890"], limit=10) == b"1234567890"
    with pytest.raises(ResponseTooLargeError):
        read([], limit=10, content_length="11")
    with pytest.raises(ResponseTooLargeError):
        read([], limit=10, content_length="9" * 5000)


def test_a_gzip_bomb_is_refused():
    bomb = gzip.compress(b"\0" * 50_000_000)
    body = ResponseBody(1000)
    body.begin({"content-encoding": "gzip"})
    with pytest.raises(ResponseTooLargeError):
        body.add(bomb)


def test_bytes_after_the_gzip_data_are_counted_and_ignored():
    assert read([gzip.compress(CONTENT), b"tail"], content_encoding="gzip") == CONTENT
    with pytest.raises(ResponseTooLargeError):
        read([gzip.compress(b"x"), *[b"y" * 1000] * 3], limit=2000, content_encoding="gzip")


def test_the_response_to_a_head_request_is_empty():
    body = ResponseBody(10, empty=True)
    body.begin({"content-length": "1000", "content-encoding": "br"})

    assert body.content() == b""


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_all_members_of_a_gzip_body(size):
    data = gzip.compress(CONTENT[:100]) + gzip.compress(b"") * 3 + gzip.compress(CONTENT[100:]) + b"\0tail"
    parts = [data[start : start + size] for start in range(0, len(data), size)]

    assert read(parts, content_encoding="gzip, identity") == CONTENT
    with pytest.raises(UnexpectedResponseError, match="ends too early"):
        read([gzip.compress(CONTENT), gzip.compress(CONTENT)[:50]], content_encoding="gzip")


def test_members_count_together():
    member = gzip.compress(b"x" * 900)
    assert len(read([member * 2], limit=2000, content_encoding="gzip")) == 1800
    with pytest.raises(ResponseTooLargeError):
        read([member * 3], limit=2000, content_encoding="gzip")


def test_a_body_of_empty_members_is_bounded():
    with pytest.raises(ResponseTooLargeError):
        read([gzip.compress(b"") * 1000] * 10, limit=2000, content_encoding="gzip")


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize("window", [15, -15], ids=["zlib", "raw"])
def test_deflate(window, size):
    compressor = zlib.compressobj(wbits=window)
    data = compressor.compress(CONTENT) + compressor.flush()
    parts = [data[start : start + size] for start in range(0, len(data), size)]

    assert read([*parts, b"tail"], content_encoding="Deflate") == CONTENT
    with pytest.raises(UnexpectedResponseError, match="ends too early"):
        read([data[:-10]], content_encoding="deflate")
    with pytest.raises(ResponseTooLargeError):
        read(parts, limit=100, content_encoding="deflate")
    with pytest.raises(ResponseTooLargeError):
        read([*parts, b"tail" * 5000], limit=10_000, content_encoding="deflate")


@pytest.mark.parametrize("length", ["10", "010", "0", "abc", "-11", "1\u00b2", ""])
def test_a_declared_length_that_is_accepted(length):
    assert read([b"x"], limit=10, content_length=length) == b"x"


def test_the_declared_length_may_have_15_digits():
    assert read([], limit=10**16, content_length="9" * 15) == b""
    with pytest.raises(ResponseTooLargeError):
        read([], limit=10**16, content_length="9" * 16)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_decompressed_body_of_exactly_the_limit(encoding):
    data = (gzip if encoding == "gzip" else zlib).compress(b"x" * 1000)

    assert len(read([data], limit=1000, content_encoding=encoding)) == 1000
    with pytest.raises(ResponseTooLargeError):
        read([data], limit=999, content_encoding=encoding)


def test_the_message_names_at_most_40_characters_of_the_encoding():
    with pytest.raises(UnexpectedResponseError, match=f"as '{'x' * 40}', which"):
        read([], content_encoding="x" * 41)


def test_empty_members_may_have_twice_the_limit_and_an_overhead():
    member = gzip.compress(b"")
    body = ResponseBody(100)
    body.begin({"content-encoding": "gzip"})
    most = (2 * 100 + 65_536) // len(member)
    for _ in range(most):
        body.add(member)

    with pytest.raises(ResponseTooLargeError):
        body.add(member)


def test_garbage_after_the_last_member_counts():
    data = gzip.compress(b"x" * 90)

    assert read([data, b"garbage!!!"], limit=100, content_encoding="gzip") == b"x" * 90
    with pytest.raises(ResponseTooLargeError):
        read([data, b"garbage!!!!"], limit=100, content_encoding="gzip")


def test_a_body_that_is_not_decompressed_keeps_its_bytes():
    body = RawBody(10)
    body.begin({"content-encoding": "gzip", "content-length": "10"})
    body.add(b"0123456789")

    assert body.content() == b"0123456789"
    with pytest.raises(ResponseTooLargeError):
        RawBody(10).begin({"content-length": "11"})


def test_what_was_received_is_dropped_when_the_body_is_too_large():
    body = ResponseBody(10)
    body.begin({})
    body.add(b"0123456789")
    with pytest.raises(ResponseTooLargeError):
        body.add(b"x")

    assert body.content() == b""
