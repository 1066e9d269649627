"""Quota. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any

from ..types import (
    Model,
    model,
)


@model
class Quota(Model):
    """Quota in a response. Every field may be None."""

    unlimited_upload_quota: bool | None = None
    upload_seconds_left: int | None = None
    upload_seconds_used: int | None = None

    def _decoded(self: Any) -> None:
        self.__class__ = Quota

        self._place = [None, None]

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Quota
