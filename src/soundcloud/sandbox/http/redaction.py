"""Takes tokens and secrets out of what the journal keeps: headers, queries, bodies, addresses."""

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
# The same names within a text, as in an address. Bounded on both sides: a long text takes no longer for it.
_SECRET_PAIR = re.compile(rf"((?:{_WORDS})[\w.\[\]-]{{0,40}}=|\bcode=)[^&\s#\"]+", re.IGNORECASE)
# What is shorter is nobody's token, and would be found in half of all words.
_SHORTEST_TOKEN = 12
_SCHEMES = frozenset({"basic", "bearer", "oauth"})


class Redactor:
    """What is to be hidden of one request: what looks like a secret, and its own token wherever it turns up again.

    Args:
        authorization: The request's Authorization header.
    """

    def __init__(self, authorization: str | None) -> None:
        scheme, _, credentials = (authorization or "").strip().partition(" ")
        # A token without a scheme is one all the same.
        own = credentials.strip() or scheme
        self._own = own if len(own) >= _SHORTEST_TOKEN else None

    def text(self, text: str) -> str:
        """Hide secrets in a text."""
        if self._own is not None and self._own in text:
            text = text.replace(self._own, MASK)
        return _SECRET_PAIR.sub(rf"\1{MASK}", redact(text)) if "=" in text else redact(text)

    def header(self, name: str, value: str) -> str:
        """Hide secrets in a header; the scheme of an Authorization header stays."""
        if not _is_secret_header(name):
            return self.text(value)
        scheme = value.partition(" ")[0]
        return f"{scheme} {MASK}" if scheme.lower() in _SCHEMES and scheme != value else MASK

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Hide secrets in the fields of a query or a form; of a repeated one the last is kept."""
        return {self.text(name): self._field(name, value) for name, value in pairs}

    def json(self, value: Any, *, secret: bool = False) -> Any:
        """Hide secrets in a JSON value; below a name that speaks of a secret, everything."""
        match value:
            case dict():
                fields = cast("dict[str, Any]", value)
                return {
                    self.text(name): self.json(item, secret=secret or bool(_SECRET_NAME.search(name)))
                    for name, item in fields.items()
                }
            case list():
                return [self.json(item, secret=secret) for item in cast("list[Any]", value)]
            case None | bool() | "":
                return value
            case _ if secret:
                return MASK
            case str():
                return self.text(value)
            case float() if not isfinite(value):
                # There is no such number in JSON, though Python reads some.
                return str(value)
            case _:
                return value

    def body(self, content: bytes, media_type: str, size: int) -> Any:
        """Write down a body.

        Args:
            content: Its bytes, or the first of them.
            media_type: Its type, without parameters.
            size: How many bytes it has in all.

        Returns:
            A JSON value, the fields of a form, how large it is where it is neither, None where there is none.
        """
        if not size:
            return None
        if len(content) == size:
            try:
                if media_type == "application/x-www-form-urlencoded":
                    return self.pairs(parse_qsl(content.decode(), keep_blank_values=True))
                # JSON is read whatever it is called, as the operations do.
                return self.json(json.loads(content))
            except (ValueError, RecursionError):
                pass
        return f"{size} bytes of {self.text(media_type) or 'an unknown type'}"

    def _field(self, name: str, value: str) -> str:
        return MASK if value and _SECRET_NAME.search(name) else self.text(value)


@lru_cache(maxsize=256)
def _is_secret_header(name: str) -> bool:
    return bool(_SECRET_NAME.search(name))
