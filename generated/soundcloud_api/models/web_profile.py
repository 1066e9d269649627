"""WebProfile. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import define

from ..types import (
    Model,
    Timestamp,
    Wire,
    read_timestamp,
)


@define(repr=False, getstate_setstate=False)
class WebProfile(Model):
    """WebProfile in a response; every field may be None."""

    created_at: Timestamp | None = None
    kind: str | None = None
    service: str | None = None
    title: str | None = None
    url: str | None = None
    urn: str | None = None
    username: str | None = None

    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
    }

    def __attrs_post_init__(self) -> None:
        created_at: Any = self.created_at
        if created_at.__class__ is str:
            self.created_at = read_timestamp(created_at)
