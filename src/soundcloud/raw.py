"""The reply to a raw request."""

from collections.abc import Mapping
from typing import Any

import attrs
import msgspec


@attrs.frozen
class RawResponse:
    """A reply as it came, whatever its status.

    Attributes:
        data: The body: JSON as plain values, any other text as a string, None for an empty one.
        status: The HTTP status.
        headers: The headers, names in lower case.
    """

    data: Any = attrs.field(repr=False)
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], content: bytes) -> "RawResponse":
        """Read a body, without trusting what its content type says."""
        data: Any = None
        if content:
            try:
                data = msgspec.json.decode(content)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                data = content.decode("utf-8", "replace")
        return cls(data, status, headers)
