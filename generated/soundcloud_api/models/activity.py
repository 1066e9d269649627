"""Activity. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ..models.playlist import Playlist
from ..models.track import Track
from ..types import (
    REQUIRED,
    Model,
    Nested,
    Wire,
    by_kind,
    cached_timestamp,
    model,
    present,
    read_timestamp,
)


@model
class Activity(Model):
    """Activity in a response. Fields that SoundCloud always sends have no None."""

    created_at: datetime = present()
    origin: Playlist | Track = present()
    reposter: str | None = None
    type: str = present()

    _nested: ClassVar[Nested] = {
        "origin": {
            "playlist": Playlist,
            "track": Track,
        },
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
    }
    _present: ClassVar[Mapping[str, Any]] = {
        "created_at": datetime(1970, 1, 1, tzinfo=UTC),
        "origin": REQUIRED,
        "type": "",
    }

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        for item in items:
            if item.created_at is None or item.origin is None or item.type is None:
                raise ValueError("a field is missing that SoundCloud always sends")
            item.created_at = cached_timestamp(item.created_at)
            item.origin = by_kind(item.origin, Activity._nested["origin"])
            if isinstance(item.origin, Model):
                item.origin._place[:] = item._place, "origin"
            item.__class__ = Activity

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        for item in items:
            if item.created_at is None or item.origin is None or item.type is None:
                raise ValueError("a field is missing that SoundCloud always sends")
            item.created_at = cached_timestamp(item.created_at)
            item.origin = by_kind(item.origin, Activity._nested["origin"])
            item.__class__ = Activity
