"""WebProfile. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from ..types import (
    Model,
    Wire,
    cached_timestamp,
    model,
    read_timestamp,
)


@model
class WebProfile(Model):
    """WebProfile in a response. Every field may be None."""

    created_at: datetime | None = None
    kind: str | None = None
    service: str | None = None
    title: str | None = None
    url: str | None = None
    urn: str | None = None
    username: str | None = None

    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
    }

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        for item in items:
            item.created_at = cached_timestamp(item.created_at)
            item.__class__ = WebProfile

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        for item in items:
            item.created_at = cached_timestamp(item.created_at)
            item.__class__ = WebProfile
