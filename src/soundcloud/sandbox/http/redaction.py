"""Redaction of tokens and secrets in the request log: headers, queries, bodies and URLs."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from math import isfinite
from typing import Any, cast
from urllib.parse import parse_qsl

from soundcloud_api.types import redact

MASK = "***"
_WORDS = "token|secret|passw|credential|signature|assertion|verifier|api.?key"
_SECRET_NAME = re.compile(rf"{_WORDS}|authori[sz]ation$|cookie|^code$", re.IGNORECASE)
# The same names inside a string such as a URL. The name is bounded to 40 characters to avoid quadratic backtracking.
_SECRET_PAIR = re.compile(rf"((?:{_WORDS})[\w.\[\]-]{{0,40}}=|\bcode=)[^&\s#\"]+", re.IGNORECASE)
# A shorter credential is not a real token, and would match inside ordinary words.
_MINIMUM_TOKEN = 12
_STATUSES = range(100, 600)
_SCHEMES = frozenset({"basic", "bearer", "oauth"})


class Redactor:
    """Replaces secrets of one request: values with the name of a secret, and the request's own token anywhere."""

    def __init__(self, authorization: str | None) -> None:
        scheme, _, credentials = (authorization or "").strip().partition(" ")
        # A header without a scheme is a bare token.
        own = credentials.strip() or scheme
        self._own = own if len(own) >= _MINIMUM_TOKEN else None

    def string(self, value: str) -> str:
        """Redact secrets in a string."""
        if self._own is not None and self._own in value:
            value = value.replace(self._own, MASK)
        return _SECRET_PAIR.sub(rf"\1{MASK}", redact(value)) if "=" in value else redact(value)

    def header(self, name: str, value: str) -> str:
        """Redact a header; the scheme of an `Authorization` header is kept."""
        if not _is_secret_header(name):
            return self.string(value)
        scheme = value.partition(" ")[0]
        return f"{scheme} {MASK}" if scheme.lower() in _SCHEMES and scheme != value else MASK

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Redact the fields of a query or form; the last one of a repeated name is kept."""
        return {
            self.string(name): MASK if value and _SECRET_NAME.search(name) else self.string(value)
            for name, value in pairs
        }

    def json(self, value: Any, *, secret: bool = False) -> Any:
        """Redact a JSON value; everything below the name of a secret is replaced."""
        match value:
            case dict():
                fields = cast("dict[str, Any]", value)
                return {
                    self.string(name): self.json(item, secret=secret or _is_secret(name, item))
                    for name, item in fields.items()
                }
            case list():
                return [self.json(item, secret=secret) for item in cast("list[Any]", value)]
            case None | bool() | "":
                return value
            case _ if secret:
                return MASK
            case str():
                return self.string(value)
            case float() if not isfinite(value):
                # json.loads accepts NaN and Infinity, which are not JSON.
                return str(value)
            case _:
                return value

    def body(self, content: bytes, media_type: str, size: int) -> Any:
        """Decode and redact a body; an incomplete one or another type is described, such as `70000 bytes of text/plain`."""
        if not size:
            return None
        if len(content) == size:
            try:
                if media_type == "application/x-www-form-urlencoded":
                    return self.pairs(parse_qsl(content.decode(), keep_blank_values=True))
                # Operations decode JSON with any content type.
                return self.json(json.loads(content))
            except (ValueError, RecursionError):
                pass
        return f"{size} bytes of {self.string(media_type) or 'an unknown type'}"


def _is_secret(name: str, value: Any) -> bool:
    # The number in `code` is the status in an error object.
    return bool(_SECRET_NAME.search(name)) and not (name == "code" and value in _STATUSES)


@lru_cache(maxsize=256)
def _is_secret_header(name: str) -> bool:
    return bool(_SECRET_NAME.search(name))
