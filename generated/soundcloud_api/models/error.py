"""Error. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import Any, ClassVar

from ..models.error_item import ErrorItem
from ..types import (
    Model,
    Nested,
    model,
)


@model
class Error(Model):
    """Error in a response. Every field may be None."""

    code: int | None = None
    error: str | None = None
    """Deprecated by SoundCloud."""
    errors: list[ErrorItem] | None = None
    """Deprecated by SoundCloud."""
    link: str | None = None
    message: str | None = None
    status: str | None = None
    """Deprecated by SoundCloud."""

    _nested: ClassVar[Nested] = {
        "errors": list[ErrorItem],
    }

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        errors_parts: list[Any] = []
        for item in items:
            if item.errors:
                errors_parts += item.errors
                within = [item._place, "errors"]
                for index, part in enumerate(item.errors):
                    part._place = [within, index]
            item.__class__ = Error
        if errors_parts:
            ErrorItem._finish(errors_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        errors_parts: list[Any] = []
        for item in items:
            if item.errors:
                errors_parts += item.errors
            item.__class__ = Error
        if errors_parts:
            ErrorItem._finish_bare(errors_parts)
