"""Comment. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from ..models.user import User
from ..types import (
    Model,
    Nested,
    Wire,
    cached_timestamp,
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

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        user_parts: list[Any] = []
        for item in items:
            item.created_at = cached_timestamp(item.created_at)
            if item.timestamp is not None:
                item.timestamp = read_milliseconds(item.timestamp)
            if item.user is not None:
                user_parts.append(item.user)
                item.user._place = [item._place, "user"]
            item.__class__ = Comment
        if user_parts:
            User._finish(user_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        user_parts: list[Any] = []
        for item in items:
            item.created_at = cached_timestamp(item.created_at)
            if item.timestamp is not None:
                item.timestamp = read_milliseconds(item.timestamp)
            if item.user is not None:
                user_parts.append(item.user)
            item.__class__ = Comment
        if user_parts:
            User._finish_bare(user_parts)
