"""The body of a recorded response."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Importing the package loads this module, and must not load the models, which redaction uses.
    from soundcloud.sandbox.http.redaction import Redactor


class RecordedBody:
    """The body of a response. It is decoded and redacted when it is read first, because most bodies are never read."""

    __slots__ = ("_content", "_headers", "_redactor", "_size", "_value")

    def __init__(self, content: bytes, size: int, headers: Mapping[str, str], redactor: "Redactor") -> None:
        self._content: bytes | None = content
        self._size, self._headers, self._redactor = size, headers, redactor
        self._value: Any = None

    @property
    def kept_bytes(self) -> int:
        """The memory that the undecoded body takes."""
        return len(self._content or b"")

    def read(self) -> Any:
        """Return the JSON value or the text; None for an empty body, and a description of any other one."""
        if self._content is not None:
            self._value, self._content = self._decode(self._content), None
        return self._value

    def drop(self) -> None:
        """Replace the body by a description, to free its memory."""
        if self._content is not None:
            self._value = f"{self._describe()}, no longer kept" if self._content else None
            self._content = None

    def _describe(self) -> str:
        return f"{self._size} bytes of {self._media_type or 'an unknown type'}"

    @property
    def _media_type(self) -> str:
        return self._headers.get("content-type", "").partition(";")[0].strip().lower()

    def _decode(self, content: bytes) -> Any:
        if not self._size:
            return None
        if len(content) == self._size and "content-encoding" not in self._headers:
            try:
                if self._media_type == "application/json":
                    return self._redactor.json(json.loads(content))
                if self._media_type == "text/plain":
                    return self._redactor.string(content.decode())
            except (ValueError, RecursionError):
                pass
        return self._describe()
