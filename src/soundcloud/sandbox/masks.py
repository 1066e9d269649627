"""Takes tokens and secrets out of what the journal keeps: headers, queries, bodies, addresses."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from soundcloud_api.types import redact

MASK = "***"
_SECRET_NAME = re.compile(
    r"token(?!_type)|secret|passw|authori[sz]ation$|cookie|credential|signature|assertion|verifier|api.?key|^code$",
    re.IGNORECASE,
)
# The same names within a text, as in an address.
_SECRET_PAIR = re.compile(
    r"([\w.\[\]-]*(?:token|secret|passw|credential|signature|assertion|verifier|api.?key)[\w.\[\]-]*=|\bcode=)[^&\s#\"]+",
    re.IGNORECASE,
)
_SCHEMES = frozenset({"basic", "bearer", "oauth"})


class Masks:
    """What is to be hidden of one request: what looks like a secret, and its own token wherever it turns up again.

    Args:
        authorization: The request's Authorization header.
    """

    def __init__(self, authorization: str | None) -> None:
        scheme, _, credentials = (authorization or "").strip().partition(" ")
        # A token without a scheme is one all the same.
        self._own = credentials.strip() or scheme

    def text(self, text: str) -> str:
        """Hide secrets in a text."""
        if self._own and self._own in text:
            text = text.replace(self._own, MASK)
        return _SECRET_PAIR.sub(rf"\1{MASK}", redact(text)) if "=" in text else redact(text)

    def header(self, name: str, value: str) -> str:
        """Hide secrets in a header; the scheme of an Authorization header stays."""
        if not _SECRET_NAME.search(name):
            return self.text(value)
        scheme = value.partition(" ")[0]
        return f"{scheme} {MASK}" if scheme.lower() in _SCHEMES and scheme != value else MASK

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Hide secrets in the fields of a query or a form; of a repeated one the last is kept."""
        return {self.text(name): self._field(name, value) for name, value in pairs}

    def json(self, value: Any) -> Any:
        """Hide secrets in a JSON value."""
        if isinstance(value, Mapping):
            fields = cast("Mapping[str, Any]", value)
            return {self.text(name): MASK if _hides(name, item) else self.json(item) for name, item in fields.items()}
        if isinstance(value, list):
            return [self.json(item) for item in cast("list[Any]", value)]
        return self.text(value) if isinstance(value, str) else value

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
        return f"{size} bytes of {media_type or 'an unknown type'}"

    def _field(self, name: str, value: str) -> str:
        return MASK if _hides(name, value) else self.text(value)


def _hides(name: str, value: object) -> bool:
    """Whether a field is a secret; an object with such a name is looked into."""
    return bool(_SECRET_NAME.search(name)) and bool(value) and not isinstance(value, dict | list | bool)
