"""TooManyRequests. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

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

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        errors_parts: list[Any] = []
        for item in items:
            if item.errors:
                errors_parts += item.errors
                within = [item._place, "errors"]
                for index, part in enumerate(item.errors):
                    part._place = [within, index]
            item.__class__ = TooManyRequests
        if errors_parts:
            ErrorItem._finish(errors_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        errors_parts: list[Any] = []
        for item in items:
            if item.errors:
                errors_parts += item.errors
            item.__class__ = TooManyRequests
        if errors_parts:
            ErrorItem._finish_bare(errors_parts)
