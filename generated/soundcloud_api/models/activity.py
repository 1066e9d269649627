"""Activity. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ..models.playlist import Playlist
from ..models.track import Track
from ..types import (
    DATES,
    REQUIRED,
    Model,
    Nested,
    Wire,
    by_kind,
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

    def _decoded(self: Any) -> None:
        self.__class__ = Activity
        if self.created_at is None or self.origin is None or self.type is None:
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
        self.origin = by_kind(self.origin, self._nested["origin"])

        self._place = place = [None, None]
        if isinstance(self.origin, Model):
            inner = self.origin._place
            inner[0] = place
            inner[1] = "origin"

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Activity
        if self.created_at is None or self.origin is None or self.type is None:
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
        self.origin = by_kind(self.origin, self._nested["origin"])
