"""ErrorItem. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any

from ..types import (
    Model,
    model,
)


@model
class ErrorItem(Model):
    """ErrorItem in a response. Every field may be None."""

    error_message: str | None = None

    def _decoded(self: Any) -> None:
        self.__class__ = ErrorItem

        self._place = [None, None]

    def _decoded_bare(self: Any) -> None:
        self.__class__ = ErrorItem
