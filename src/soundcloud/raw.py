"""Responses of `client.raw`."""

from collections.abc import Mapping
from typing import Any

import attrs
import msgspec

__all__ = ["RawResponse"]


@attrs.frozen
class RawResponse:
    """A response of any status, without a model.

    Attributes:
        data: The body: decoded JSON, any other body as a string, None if it is empty.
        status: The HTTP status.
        headers: The headers, with names in lower case.
    """

    data: Any = attrs.field(repr=False)
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400


def decode_raw_response(status: int, headers: Mapping[str, str], content: bytes) -> RawResponse:
    """Return a response with its body decoded, whatever its content type says."""
    data: Any = None
    if content:
        try:
            data = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            data = content.decode("utf-8", "replace")
    return RawResponse(data, status, headers)
