"""Comment. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from ..models.user import User
from ..types import (
    DATES,
    Model,
    Nested,
    Wire,
    model,
    read_milliseconds,
    read_timestamp,
)


@model
class Comment(Model):
    """Comment in a response. Every field may be None."""

    body: str | None = None
    created_at: datetime | None = None
    kind: str | None = None
    timestamp: int | None = None
    track_urn: str | None = None
    uri: str | None = None
    urn: str | None = None
    user: User | None = None
    user_urn: str | None = None

    _nested: ClassVar[Nested] = {
        "user": User,
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
        "timestamp": read_milliseconds,
    }

    def _decoded(self: Any) -> None:
        self.__class__ = Comment
        self.created_at = DATES[self.created_at]
        if self.timestamp is not None:
            self.timestamp = read_milliseconds(self.timestamp)

        self._place = place = [None, None]
        if self.user is not None:
            inner = self.user._place
            inner[0] = place
            inner[1] = "user"

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Comment
        self.created_at = DATES[self.created_at]
        if self.timestamp is not None:
            self.timestamp = read_milliseconds(self.timestamp)
