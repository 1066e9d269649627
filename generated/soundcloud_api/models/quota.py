"""Quota. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

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

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = Quota

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = Quota
