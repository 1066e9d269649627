"""Me. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..models.quota import Quota
from ..models.subscription import Subscription
from ..models.user import User
from ..types import (
    REQUIRED,
    Nested,
    Wire,
    cached_timestamp,
    model,
    read_timestamp,
)


@model
class Me(User):
    """Me in a response. Fields that SoundCloud always sends have no None."""

    comments_count: int | None = None
    """Deprecated by SoundCloud."""
    likes_count: int | None = None
    locale: str | None = None
    online: bool | None = None
    primary_email_confirmed: bool | None = None
    private_playlists_count: int | None = None
    private_tracks_count: int | None = None
    quota: Quota | None = None
    upload_seconds_left: int | None = None

    _nested: ClassVar[Nested] = {
        "quota": Quota,
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
        quota_parts: list[Any] = []
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
            if item.quota is not None:
                quota_parts.append(item.quota)
                item.quota._place = [item._place, "quota"]
            if item.subscriptions:
                subscriptions_parts += item.subscriptions
                within = [item._place, "subscriptions"]
                for index, part in enumerate(item.subscriptions):
                    part._place = [within, index]
            item.__class__ = Me
        if quota_parts:
            Quota._finish(quota_parts)
        if subscriptions_parts:
            Subscription._finish(subscriptions_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        quota_parts: list[Any] = []
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
            if item.quota is not None:
                quota_parts.append(item.quota)
            if item.subscriptions:
                subscriptions_parts += item.subscriptions
            item.__class__ = Me
        if quota_parts:
            Quota._finish_bare(quota_parts)
        if subscriptions_parts:
            Subscription._finish_bare(subscriptions_parts)
