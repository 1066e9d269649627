"""Malformed and unusual HTTP responses: hand-made ones, and mutations of valid ones that are the same in every run."""

import gzip
import zlib
from dataclasses import dataclass
from random import Random

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 4\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = b'"ok"'
NEXT = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"forged"'
MUTATED = 220


@dataclass(frozen=True)
class UnusualResponse:
    """A response.

    Args:
        name: Identifies it in the table of differences.
        data: Its bytes.
        closes: Whether the server closes the connection at once; else it waits a short time for the next request.
        late: Bytes that the server sends after a pause.
    """

    name: str
    data: bytes
    closes: bool = False
    late: bytes = b""


def _head(line: bytes) -> bytes:
    """Return a response with a further header line."""
    return OK + line + b"\r\n" + LENGTH + BODY


def _length(value: bytes) -> bytes:
    return OK + b"Content-Length:" + value + b"\r\n\r\n" + BODY


def _coded(coding: bytes, body: bytes) -> bytes:
    return OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding, len(body)) + body


# As bytes, since builds of zlib compress differently.
GZIP = bytes.fromhex("1f8b080000000000020353cacf5602003cc79d3b04000000")  # of BODY
GZIP_TWICE = bytes.fromhex("1f8b080000000000020393efe660000126e6e053e7c398186c8ecfb56601f20138df468418000000")
MEMBERS = bytes.fromhex("1f8b080000000000020353ca07001628663b020000001f8b0800000000000203cb56020077e1b01202000000")
EMPTY_MEMBER = bytes.fromhex("1f8b080000000000020303000000000000000000")
ZLIB = bytes.fromhex("789c53cacf56020002d1011f")
DEFLATE = bytes.fromhex("53cacf560200")

STATUS_LINES = {
    "no-reason": b"HTTP/1.1 200\r\n",
    "empty-reason": b"HTTP/1.1 200 \r\n",
    "latin-reason": b"HTTP/1.1 200 \xe9\r\n",
    "control-in-reason": b"HTTP/1.1 200 O\x01K\r\n",
    "tab-in-reason": b"HTTP/1.1 200 O\tK\r\n",
    "long-reason": b"HTTP/1.1 200 " + b"x" * 5000 + b"\r\n",
    "two-spaces": b"HTTP/1.1  200 OK\r\n",
    "tab-before-status": b"HTTP/1.1\t200 OK\r\n",
    "http-1.0": b"HTTP/1.0 200 OK\r\n",
    "http-1.2": b"HTTP/1.2 200 OK\r\n",
    "http-2.0": b"HTTP/2.0 200 OK\r\n",
    "http-2": b"HTTP/2 200 OK\r\n",
    "http-0.9": b"HTTP/0.9 200 OK\r\n",
    "http-11.1": b"HTTP/11.1 200 OK\r\n",
    "lower-case": b"http/1.1 200 OK\r\n",
    "icy": b"ICY 200 OK\r\n",
    "rtsp": b"RTSP/1.0 200 OK\r\n",
    "status-00200": b"HTTP/1.1 00200 OK\r\n",
    "status-20": b"HTTP/1.1 20 OK\r\n",
    "status-2000": b"HTTP/1.1 2000 OK\r\n",
    "status-000": b"HTTP/1.1 000 OK\r\n",
    "status-099": b"HTTP/1.1 099 OK\r\n",
    "status-600": b"HTTP/1.1 600 OK\r\n",
    "status-999": b"HTTP/1.1 999 OK\r\n",
    "status-negative": b"HTTP/1.1 -200 OK\r\n",
    "status-letters": b"HTTP/1.1 abc OK\r\n",
    "no-status": b"HTTP/1.1\r\n",
    "leading-crlf": b"\r\n" + OK,
    "leading-lf": b"\n" + OK,
    "leading-blank-lines": b"\r\n\r\n\r\n" + OK,
    "leading-space": b" " + OK,
    "leading-bom": b"\xef\xbb\xbf" + OK,
    "lf-after-status-line": b"HTTP/1.1 200 OK\n",
    "cr-after-status-line": b"HTTP/1.1 200 OK\r",
    "cr-cr-lf-after-status-line": b"HTTP/1.1 200 OK\r\r\n",
    "space-after-status-line": b"HTTP/1.1 200 OK \r\n",
}
HEADER_LINES = {
    "folded": b"X: a\r\n b",
    "folded-tab": b"X: a\r\n\tb",
    "folded-twice": b"X: a\r\n b\r\n   c",
    "folded-empty": b"X: a\r\n ",
    "folded-at-once": b"X:\r\n b",
    "folded-name": b"X\r\n : b",
    "folded-lf": b"X: a\n b",
    "space-before-first": b" X: a",
    "space-before-colon": b"X : a",
    "tab-before-colon": b"X\t: a",
    "space-in-name": b"X Y: a",
    "no-colon": b"Xa",
    "only-colon": b":",
    "empty-name": b": a",
    "no-value": b"X:",
    "nul-in-value": b"X: a\0b",
    "control-in-value": b"X: a\x01b",
    "delete-in-value": b"X: a\x7fb",
    "cr-in-value": b"X: a\rb",
    "cr-at-end": b"X: a\r",
    "vertical-tab-in-value": b"X: a\x0bb",
    "latin-in-value": b"X: \xe9\xff",
    "utf-8-in-value": "X: \u2603".encode(),
    "control-in-name": b"X\x01: a",
    "nul-in-name": b"X\0: a",
    "latin-in-name": b"X\xe9: a",
    "parenthesis-in-name": b"X(y): a",
    "brackets-in-name": b"X[y]: a",
    "slash-in-name": b"X/y: a",
    "quotes-in-name": b'"X": a',
    "long-name": b"X" * 3000 + b": a",
    "long-value": b"X: " + b"y" * 60_000,
    "too-long-value": b"X: " + b"y" * 400_000,
    "many-lines": b"\r\n".join(b"X-%d: y" % number for number in range(90)),
    "too-many-lines": b"\r\n".join(b"X-%d: y" % number for number in range(20_000)),
    "repeated": b"X: a\r\nX: b\r\nx: c",
    "two-set-cookies": b"Set-Cookie: a=b\r\nSet-Cookie: c=d",
    "two-locations": b"Location: /a\r\nLocation: /b",
    "two-content-types": b"Content-Type: text/plain\r\nContent-Type: application/json",
    "unknown-charset": b"Content-Type: application/json; charset=none",
    "connection-close": b"Connection: close",
    "connection-both": b"Connection: close, keep-alive",
    "connection-odd": b"Connection: ,;,",
    "upgrade": b"Upgrade: h2c\r\nConnection: upgrade",
    "upgrade-without-connection": b"Upgrade: h2c",
    "lf-lines": b"X: a\nY: b",
    "trailer": b"Trailer: X",
    "expect": b"Expect: 100-continue",
    "odd-date": b"Date: yesterday\r\nRetry-After: soon",
}
LENGTHS = {
    "none": b"",
    "space": b" 4 ",
    "tab": b"\t4\t",
    "plus": b" +4",
    "minus": b" -4",
    "hexadecimal": b" 0x4",
    "leading-zero": b" 0004",
    "decimal": b" 4.0",
    "exponent": b" 4e0",
    "underscore": b" 0_4",
    "superscript": b" \xb2",
    "letters": b" abc",
    "trailing-letter": b" 4a",
    "semicolon": b" 4;",
    "quoted": b' "4"',
    "list": b" 4, 4",
    "different-list": b" 4, 5",
    "empty-list": b" ,",
    "huge": b" 99999999999999999999999999",
    "over-63-bits": b" 9223372036854775808",
    "over-64-bits": b" 18446744073709551620",
    "longer": b" 9",
    "shorter": b" 2",
    "zero": b" 0",
    "folded": b"\r\n 4",
    "folded-different": b" 4\r\n 5",
    "twice": b" 4\r\nContent-Length: 4",
    "twice-lower-case": b" 4\r\ncontent-length: 4",
    "twice-leading-zero": b" 4\r\nContent-Length: 04",
    "twice-different": b" 4\r\nContent-Length: 5",
    "twice-different-zero": b" 0\r\nContent-Length: 4",
    "thrice": b" 4\r\nContent-Length: 4\r\nContent-Length: 4",
    "space-before-colon": b" 4\r\nContent-Length : 5",
    "with-chunked": b" 4\r\nTransfer-Encoding: chunked",
    "with-identity": b" 4\r\nTransfer-Encoding: identity",
    "with-folded-chunked": b" 4\r\nTransfer-Encoding:\r\n chunked",
}
CODINGS = {
    "identity": b"identity",
    "gzip-only": b"gzip",
    "twice": b"chunked, chunked",
    "upper-case": b"CHUNKED",
    "vertical-tab": b"\x0bchunked",
    "unknown": b"xchunked",
    "not-last": b"chunked, identity",
    "gzip-first": b"identity, chunked",
    "quoted": b'"chunked"',
    "empty": b"",
    "two-lines": b"chunked\r\nTransfer-Encoding: chunked",
    "two-lines-identity": b"identity\r\nTransfer-Encoding: chunked",
    "parameter": b"chunked;a=b",
    "folded": b"\r\n chunked",
    "trailing-space": b"chunked \t",
    "with-length-after": b"chunked\r\nContent-Length: 4",
    "space-before-colon": b"chunked\r\nContent-Length : 4",
}
CHUNKS = {
    "plain": b"4\r\n%b\r\n0\r\n\r\n",
    "leading-zeros": b"00000004\r\n%b\r\n000\r\n\r\n",
    "many-zeros": b"0" * 100 + b"4\r\n%b\r\n0\r\n\r\n",
    "space-after-size": b"4 \r\n%b\r\n0 \r\n\r\n",
    "spaces-after-size": b"4   \r\n%b\r\n0\r\n\r\n",
    "tab-after-size": b"4\t\r\n%b\r\n0\r\n\r\n",
    "space-before-size": b" 4\r\n%b\r\n0\r\n\r\n",
    "space-in-size": b"0 4\r\n%b\r\n0\r\n\r\n",
    "space-before-extension": b"4 ;a=b\r\n%b\r\n0\r\n\r\n",
    "extension": b"4;a=b;c\r\n%b\r\n0\r\n\r\n",
    "quoted-extension": b'4;a="b\\"c"\r\n%b\r\n0\r\n\r\n',
    "empty-extension": b"4;\r\n%b\r\n0\r\n\r\n",
    "control-in-extension": b"4;a=\x01\r\n%b\r\n0\r\n\r\n",
    "nul-in-extension": b"4;a=\0\r\n%b\r\n0\r\n\r\n",
    "lf-in-extension": b"4;a\n%b\r\n0\r\n\r\n",
    "long-extension": b"4;" + b"a" * 10_000 + b"\r\n%b\r\n0\r\n\r\n",
    "too-long-extension": b"4;" + b"a" * 400_000 + b"\r\n%b\r\n0\r\n\r\n",
    "hexadecimal-prefix": b"0x4\r\n%b\r\n0\r\n\r\n",
    "plus": b"+4\r\n%b\r\n0\r\n\r\n",
    "minus": b"-4\r\n%b\r\n0\r\n\r\n",
    "underscore": b"0_4\r\n%b\r\n0\r\n\r\n",
    "no-size": b"\r\n%b\r\n0\r\n\r\n",
    "letters": b"xyz\r\n%b\r\n0\r\n\r\n",
    "huge": b"ffffffffffffffffff\r\n%b\r\n0\r\n\r\n",
    "over-64-bits": b"10000000000000004\r\n%b\r\n0\r\n\r\n",
    "longer": b"9\r\n%b\r\n0\r\n\r\n",
    "shorter": b"2\r\n%b\r\n0\r\n\r\n",
    "no-line-end-after-data": b"4\r\n%b0\r\n\r\n",
    "letters-after-data": b"4\r\n%bxx0\r\n\r\n",
    "lf-everywhere": b"4\n%b\n0\n\n",
    "lf-after-size": b"4\n%b\r\n0\r\n\r\n",
    "lf-after-data": b"4\r\n%b\n0\r\n\r\n",
    "lf-at-end": b"4\r\n%b\r\n0\n\n",
    "cr-after-size": b"4\r%b\r\n0\r\n\r\n",
    "no-last-chunk": b"4\r\n%b\r\n",
    "no-end": b"4\r\n%b\r\n0\r\n",
    "trailer": b"4\r\n%b\r\n0\r\nX: y\r\n\r\n",
    "folded-trailer": b"4\r\n%b\r\n0\r\nX: y\r\n z\r\n\r\n",
    "malformed-trailer": b"4\r\n%b\r\n0\r\nX\r\n\r\n",
    "lf-trailer": b"4\r\n%b\r\n0\r\nX: y\n\n",
    "length-in-trailer": b"4\r\n%b\r\n0\r\nContent-Length: 9\r\n\r\n",
    "chunked-in-trailer": b"4\r\n%b\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "long-trailer": b"4\r\n%b\r\n0\r\nX: " + b"y" * 400_000 + b"\r\n\r\n",
    "data-after-end": b"4\r\n%b\r\n0\r\n\r\nmore",
    "response-after-end": b"4\r\n%b\r\n0\r\n\r\n" + NEXT,
}
ENCODED = {
    "gzip": _coded(b"gzip", GZIP),
    "gzip-upper-case": _coded(b"GZIP", GZIP),
    "x-gzip": _coded(b"x-gzip", GZIP),
    "gzip-members": _coded(b"gzip", MEMBERS),
    "gzip-empty-members": _coded(b"gzip", EMPTY_MEMBER * 50 + GZIP),
    "gzip-garbage": _coded(b"gzip", GZIP + b"garbage"),
    "gzip-zeros": _coded(b"gzip", GZIP + b"\0" * 600),
    "gzip-half-member": _coded(b"gzip", GZIP + GZIP[:12]),
    "gzip-corrupt-member": _coded(b"gzip", GZIP + GZIP[:10] + b"\xff" * 30),
    "gzip-short": _coded(b"gzip", GZIP[:-6]),
    "gzip-no-checksum": _coded(b"gzip", GZIP[:-8]),
    "gzip-wrong-checksum": _coded(b"gzip", GZIP[:-8] + b"\0" * 8),
    "gzip-wrong-size": _coded(b"gzip", GZIP[:-4] + b"\0" * 4),
    "gzip-not-compressed": _coded(b"gzip", BODY),
    "gzip-empty": _coded(b"gzip", b""),
    "gzip-one-byte": _coded(b"gzip", b"\x1f"),
    "gzip-bomb": _coded(b"gzip", gzip.compress(b"\0" * 3_000_000, mtime=0)),
    "gzip-zlib": _coded(b"gzip", ZLIB),
    "gzip-twice": _coded(b"gzip, gzip", GZIP_TWICE),
    "gzip-two-lines": OK + b"Content-Encoding: gzip\r\n" + _coded(b"identity", GZIP)[len(OK) :],
    "gzip-identity": _coded(b"gzip, identity", GZIP),
    "deflate": _coded(b"deflate", ZLIB),
    "deflate-raw": _coded(b"deflate", DEFLATE),
    "deflate-garbage": _coded(b"deflate", ZLIB + b"garbage"),
    "deflate-raw-garbage": _coded(b"deflate", DEFLATE + b"garbage"),
    "deflate-short": _coded(b"deflate", ZLIB[:-5]),
    "deflate-not-compressed": _coded(b"deflate", BODY),
    "deflate-gzip": _coded(b"deflate", GZIP),
    "deflate-bomb": _coded(b"deflate", zlib.compress(b"\0" * 3_000_000)),
    "unknown": _coded(b"snappy", BODY),
    "empty": _coded(b"", BODY),
    "comma": _coded(b",", BODY),
    "brotli": _coded(b"br", b"\x8b\x01\x80" + BODY + b"\x03"),
    "zstandard": _coded(b"zstd", b"\x28\xb5\x2f\xfd\x04\x00\x21\x00\x00" + BODY + b"\0\0\0\0"),
    "none-but-compressed": OK + b"Content-Length: %d\r\n\r\n" % len(GZIP) + GZIP,
}
OTHERS = {
    "empty": b"",
    "crlf": b"\r\n",
    "one-letter": b"H",
    "half-a-head": OK + b"Content-Le",
    "no-blank-line": OK + b"Content-Length: 4\r\n",
    "head-only": OK + LENGTH,
    "half-a-body": OK + LENGTH + BODY[:2],
    "no-length": OK + b"\r\n" + BODY,
    "html": b"<html><body>no HTTP</body></html>",
    "json": b'{"message": "no HTTP"}',
    "ssh": b"SSH-2.0-OpenSSH_9.0\r\n",
    "tls": b"\x15\x03\x01\x00\x02\x02\x16",
    "http-2-preface": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\0" * 18,
    "zeros": b"\0" * 5000,
    "lf-everywhere": b'HTTP/1.1 200 OK\nX: a\nContent-Length: 4\n\n"ok"',
    "lf-everywhere-and-folded": b'HTTP/1.1 200 OK\nX: a\n b\nContent-Length: 4\n\n"ok"',
    "lf-before-body": OK + b'Content-Length: 4\r\n\n"ok"',
    "lf-crlf": b'HTTP/1.1 200 OK\nContent-Length: 4\n\r\n"ok"',
    "lf-and-close": b'HTTP/1.1 200 OK\n\n"ok"',
    "cr-everywhere": b'HTTP/1.1 200 OK\rContent-Length: 4\r\r"ok"',
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + BODY,
    "continue-lf": b"HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: 4\n\n" + BODY,
    "continue-with-length": b"HTTP/1.1 100 Continue\r\nContent-Length: 4\r\n\r\n" + OK + LENGTH + BODY,
    "continue-ten-times": b"HTTP/1.1 100 Continue\r\n\r\n" * 10 + OK + LENGTH + BODY,
    "continue-only": b"HTTP/1.1 100 Continue\r\n\r\n",
    "early-hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + LENGTH + BODY,
    "switching-protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "no-content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "no-content-with-body": b"HTTP/1.1 204 No Content\r\n" + LENGTH + BODY,
    "no-content-chunked": b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n"
    + BODY
    + b"\r\n0\r\n\r\n",
    "reset-content": b"HTTP/1.1 205 Reset Content\r\n" + LENGTH + BODY,
    "not-modified-with-body": b"HTTP/1.1 304 Not Modified\r\n" + LENGTH + BODY,
    "redirect-without-location": b"HTTP/1.1 302 Found\r\n" + LENGTH + BODY,
    "data-after-body": OK + LENGTH + BODY + b"more",
    "crlf-after-body": OK + LENGTH + BODY + b"\r\n",
    "response-after-body": OK + LENGTH + BODY + NEXT,
    "response-after-close": OK + b"Connection: close\r\n" + LENGTH + BODY + NEXT,
    "response-after-no-content": b"HTTP/1.1 204 No Content\r\n\r\n" + NEXT,
    "response-after-lf-head": b"HTTP/1.1 200 OK\nContent-Length: 4\n\n" + BODY + NEXT,
    "large-body": OK + b"Content-Length: 3000000\r\n\r\n" + b"x" * 3_000_000,
    "large-body-without-length": OK + b"\r\n" + b"x" * 3_000_000,
}
LATE = {"garbage": b"garbage", "crlf": b"\r\n", "response": NEXT, "one-byte": b"H"}


def hand_made() -> list[UnusualResponse]:
    """Return the hand-made responses."""
    groups = {
        "status-line": {name: line + LENGTH + BODY for name, line in STATUS_LINES.items()},
        "header": {name: _head(line) for name, line in HEADER_LINES.items()},
        "length": {name: _length(value) for name, value in LENGTHS.items()},
        "coding": {
            name: OK + b"Transfer-Encoding: %b\r\n\r\n4\r\n%b\r\n0\r\n\r\n" % (value, BODY)
            for name, value in CODINGS.items()
        },
        "chunk": {name: CHUNKED + value.replace(b"%b", BODY) for name, value in CHUNKS.items()},
        "encoded": ENCODED,
        "other": OTHERS,
    }
    made = [UnusualResponse(f"{group}.{name}", data) for group, cases in groups.items() for name, data in cases.items()]
    made += [UnusualResponse(f"late.{name}", OK + LENGTH + BODY, late=late) for name, late in LATE.items()]
    return made


SEEDS = [
    OK + b"Content-Type: application/json\r\n" + LENGTH + BODY,
    CHUNKED + b'2;a=b\r\n"o\r\n2\r\nk"\r\n0\r\nX: y\r\n\r\n',
    ENCODED["gzip-members"],
    ENCODED["deflate"],
    b"HTTP/1.1 404 Not Found\r\nX: a\r\n b\r\nConnection: close\r\n" + LENGTH + BODY,
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nX: a\nContent-Length: 4\n\n" + BODY,
]
PIECES = [b"\r", b"\n", b"\r\n", b" ", b"\t", b":", b";", b",", b"\0", b"\x7f", b"\xff", b"0", b"1", b"a", b"-", BODY]


def mutated(count: int) -> list[UnusualResponse]:
    """Return valid responses with one to three random changes."""
    made: list[UnusualResponse] = []
    for number in range(count):
        random = Random(f"unusual response {number}")
        data = bytearray(SEEDS[number % len(SEEDS)])
        for _ in range(1 + int(random.random() * 3)):
            position = int(random.random() * len(data))
            length = int(random.random() * 4)
            kind = int(random.random() * 4)
            piece = PIECES[int(random.random() * len(PIECES))]
            if kind == 0:
                data[position : position + 1 + length] = b""
            elif kind == 1:
                data[position:position] = piece
            elif kind == 2:
                data[position : position + 1] = piece
            else:
                data[position:position] = data[position : position + 1 + length * 8]
        made.append(UnusualResponse(f"mutated.{number}", bytes(data), closes=random.random() < 0.5))
    return made
