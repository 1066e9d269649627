"""HTTP headers, checked before they are sent and decoded when they are received."""

import re
from collections.abc import Iterable, Mapping

from soundcloud._protocol.secrets import masked
from soundcloud.errors import InvalidInputError

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # a token of RFC 9110, section 5.6.2
_MANAGED = frozenset(
    {"connection", "content-length", "content-type", "host", "te", "trailer", "transfer-encoding", "upgrade"}
)


def check_header_name(name: str) -> str:
    """Return the name of a header, or raise `InvalidInputError`."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{name!r} is not the name of a header")
    return name


def check_header_value(name: str, value: str) -> str:
    """Return a header value, or raise `InvalidInputError`: a line break in it could inject another header."""
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{name} is of type {type(value).__name__}: pass a string")
    if not value.isascii() or not value.isprintable():
        del value  # so that the frame of this error does not hold it
        raise InvalidInputError(f"{name} holds a line break or another character that a header cannot carry")
    return value


def check_token_value(name: str, token: str) -> str:
    """Return an access token, or raise `InvalidInputError`, also for the value of a whole `Authorization` header."""
    token = masked(token)
    check_header_value(name, token)
    if token[:7].lower().startswith(("oauth ", "bearer ")):
        raise InvalidInputError(f'{name} begins with "OAuth" or "Bearer": pass the token without this word')
    return token


def check_extra_headers(headers: Mapping[str, str]) -> None:
    """Check the headers that a caller adds: their names, and that the client does not set them itself."""
    for name, value in headers.items():
        if check_header_name(name).lower() == "authorization":
            raise InvalidInputError("the Authorization header is made from the token: pass token= instead")
        if name.lower() in _MANAGED:
            raise InvalidInputError(f"the {name} header is set by the client: leave it out")
        check_header_value(name, value)


def decode_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Decode headers; names become lower case, and the values of a repeated header are joined by commas."""
    decoded: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        decoded[name] = f"{decoded[name]}, {value}" if name in decoded else value
    return decoded
