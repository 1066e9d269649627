"""Comment. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import define

from ..models.user import User
from ..types import (
    Milliseconds,
    Model,
    Nested,
    Timestamp,
    Wire,
    read_milliseconds,
    read_timestamp,
)


@define(repr=False, getstate_setstate=False)
class Comment(Model):
    """Comment in a response; every field may be None."""

    body: str | None = None
    created_at: Timestamp | None = None
    kind: str | None = None
    timestamp: Milliseconds | None = None
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

    def __attrs_post_init__(self) -> None:
        created_at: Any = self.created_at
        if created_at.__class__ is str:
            self.created_at = read_timestamp(created_at)
        timestamp: Any = self.timestamp
        if timestamp.__class__ is str or timestamp.__class__ is float:
            self.timestamp = read_milliseconds(timestamp)
