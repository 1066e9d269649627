"""User. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import define

from ..models.subscription import Subscription
from ..types import (
    Model,
    Nested,
    Timestamp,
    Wire,
    read_timestamp,
)


@define(repr=False, getstate_setstate=False)
class User(Model):
    """User in a response; every field may be None."""

    avatar_url: str | None = None
    city: str | None = None
    country: str | None = None
    created_at: Timestamp | None = None
    description: str | None = None
    discogs_name: str | None = None
    first_name: str | None = None
    followers_count: int | None = None
    followings_count: int | None = None
    full_name: str | None = None
    kind: str | None = None
    last_modified: Timestamp | None = None
    last_name: str | None = None
    permalink: str | None = None
    permalink_url: str | None = None
    plan: str | None = None
    playlist_count: int | None = None
    public_favorites_count: int | None = None
    reposts_count: int | None = None
    subscriptions: list[Subscription] | None = None
    track_count: int | None = None
    uri: str | None = None
    urn: str | None = None
    username: str | None = None
    website: str | None = None
    website_title: str | None = None

    _nested: ClassVar[Nested] = {
        "subscriptions": list[Subscription],
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
        "last_modified": read_timestamp,
    }

    def __attrs_post_init__(self) -> None:
        created_at: Any = self.created_at
        if created_at.__class__ is str:
            self.created_at = read_timestamp(created_at)
        last_modified: Any = self.last_modified
        if last_modified.__class__ is str:
            self.last_modified = read_timestamp(last_modified)
