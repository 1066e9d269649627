"""ErrorItem. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from attrs import define

from ..types import (
    Model,
)


@define(repr=False, getstate_setstate=False)
class ErrorItem(Model):
    """ErrorItem in a response; every field may be None."""

    error_message: str | None = None
