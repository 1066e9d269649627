"""User. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from ..models.subscription import Subscription
from ..types import (
    DATES,
    REQUIRED,
    Model,
    Nested,
    Wire,
    model,
    present,
    read_timestamp,
)


@model
class User(Model):
    """User in a response. Fields that SoundCloud always sends have no None."""

    avatar_url: str = present()
    city: str | None = None
    country: str | None = None
    created_at: datetime | None = None
    description: str | None = None
    discogs_name: str | None = None
    first_name: str | None = None
    followers_count: int | None = None
    followings_count: int | None = None
    full_name: str | None = None
    id: int | None = None
    """Deprecated by SoundCloud since April 2025: use `urn`."""
    kind: str = present()
    last_modified: datetime | None = None
    last_name: str | None = None
    permalink: str = present()
    permalink_url: str = present()
    plan: str | None = None
    playlist_count: int | None = None
    public_favorites_count: int | None = None
    reposts_count: int | None = None
    station_urn: str | None = None
    subscriptions: list[Subscription] | None = None
    """Deprecated by SoundCloud."""
    track_count: int | None = None
    uri: str = present()
    urn: str = present()
    username: str = present()
    website: str | None = None
    website_title: str | None = None

    _nested: ClassVar[Nested] = {
        "subscriptions": list[Subscription],
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
        "last_modified": read_timestamp,
    }
    _kind: ClassVar[str | None] = "user"
    _present: ClassVar[Mapping[str, Any]] = {
        "avatar_url": "",
        "kind": REQUIRED,
        "permalink": "",
        "permalink_url": "",
        "uri": "",
        "urn": REQUIRED,
        "username": "",
    }

    def _decoded(self: Any) -> None:
        self.__class__ = User
        if (
            self.avatar_url is None
            or self.kind is None
            or self.permalink is None
            or self.permalink_url is None
            or self.uri is None
            or self.urn is None
            or self.username is None
        ):
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
        self.last_modified = DATES[self.last_modified]

        self._place = place = [None, None]
        if self.subscriptions is not None:
            within = [place, "subscriptions"]
            for index, item in enumerate(self.subscriptions):
                inner = item._place
                inner[0] = within
                inner[1] = index

    def _decoded_bare(self: Any) -> None:
        self.__class__ = User
        if (
            self.avatar_url is None
            or self.kind is None
            or self.permalink is None
            or self.permalink_url is None
            or self.uri is None
            or self.urn is None
            or self.username is None
        ):
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
        self.last_modified = DATES[self.last_modified]
