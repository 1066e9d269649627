"""TooManyRequests. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any, ClassVar

from ..models.error_item import ErrorItem
from ..types import (
    Model,
    Nested,
    model,
)


@model
class TooManyRequests(Model):
    """TooManyRequests in a response. Every field may be None."""

    code: int | None = None
    error: str | None = None
    errors: list[ErrorItem] | None = None
    link: str | None = None
    message: str | None = None
    spam_warning_urn: str | None = None
    status: str | None = None

    _nested: ClassVar[Nested] = {
        "errors": list[ErrorItem],
    }

    def _decoded(self: Any) -> None:
        self.__class__ = TooManyRequests

        self._place = place = [None, None]
        if self.errors is not None:
            within = [place, "errors"]
            for index, item in enumerate(self.errors):
                inner = item._place
                inner[0] = within
                inner[1] = index

    def _decoded_bare(self: Any) -> None:
        self.__class__ = TooManyRequests
