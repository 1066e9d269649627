"""TooManyRequests. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from ..models.error_item import ErrorItem
from ..types import (
    Model,
    Nested,
)


@define(repr=False, getstate_setstate=False)
class TooManyRequests(Model):
    """TooManyRequests in a response; every field may be None."""

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
