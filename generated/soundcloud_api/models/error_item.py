"""ErrorItem. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

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

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = ErrorItem

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = ErrorItem
