"""User. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from ..models.subscription import Subscription
from ..types import (
    REQUIRED,
    Model,
    Nested,
    Wire,
    cached_timestamp,
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

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        subscriptions_parts: list[Any] = []
        for item in items:
            if (
                item.avatar_url is None
                or item.kind is None
                or item.permalink is None
                or item.permalink_url is None
                or item.uri is None
                or item.urn is None
                or item.username is None
            ):
                raise ValueError("a field is missing that SoundCloud always sends")
            item.created_at = cached_timestamp(item.created_at)
            item.last_modified = cached_timestamp(item.last_modified)
            if item.subscriptions:
                subscriptions_parts += item.subscriptions
                within = [item._place, "subscriptions"]
                for index, part in enumerate(item.subscriptions):
                    part._place = [within, index]
            item.__class__ = User
        if subscriptions_parts:
            Subscription._finish(subscriptions_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        subscriptions_parts: list[Any] = []
        for item in items:
            if (
                item.avatar_url is None
                or item.kind is None
                or item.permalink is None
                or item.permalink_url is None
                or item.uri is None
                or item.urn is None
                or item.username is None
            ):
                raise ValueError("a field is missing that SoundCloud always sends")
            item.created_at = cached_timestamp(item.created_at)
            item.last_modified = cached_timestamp(item.last_modified)
            if item.subscriptions:
                subscriptions_parts += item.subscriptions
            item.__class__ = User
        if subscriptions_parts:
            Subscription._finish_bare(subscriptions_parts)
