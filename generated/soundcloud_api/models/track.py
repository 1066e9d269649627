"""Track. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ..models.access import Access
from ..models.user import User
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
class Track(Model):
    """Track in a response. Fields that SoundCloud always sends have no None."""

    access: Access | None = None
    artwork_url: str | None = None
    available_country_codes: list[str] | str | None = None
    bpm: float | None = None
    comment_count: int | None = None
    commentable: bool = present()
    created_at: datetime = present()
    description: str | None = None
    download_count: int | None = None
    download_url: str | None = None
    downloadable: bool = present()
    duration: int = present()
    embeddable_by: str | None = None
    """Deprecated by SoundCloud."""
    favoritings_count: int | None = None
    genre: str | None = None
    id: int | None = None
    """Deprecated by SoundCloud since April 2025: use `urn`."""
    isrc: str | None = None
    key_signature: str | None = None
    kind: str = present()
    label_name: str | None = None
    license: str = present()
    metadata_artist: str | None = None
    permalink_url: str = present()
    playback_count: int | None = None
    purchase_title: str | None = None
    purchase_url: str | None = None
    release: str | None = None
    release_day: int | None = None
    release_month: int | None = None
    release_year: int | None = None
    reposts_count: int | None = None
    reveal_comments: bool | None = None
    reveal_stats: bool | None = None
    secret_uri: str | None = None
    sharing: str = present()
    station_urn: str | None = None
    stream_url: str | None = None
    """Deprecated by SoundCloud."""
    streamable: bool = present()
    tag_list: str = present()
    title: str = present()
    uri: str | None = None
    urn: str = present()
    user: User = present()
    user_favorite: bool | None = None
    user_playback_count: int | None = None
    waveform_url: str = present()

    _nested: ClassVar[Nested] = {
        "user": User,
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
    }
    _kind: ClassVar[str | None] = "track"
    _present: ClassVar[Mapping[str, Any]] = {
        "commentable": False,
        "created_at": datetime(1970, 1, 1, tzinfo=UTC),
        "downloadable": False,
        "duration": 0,
        "kind": REQUIRED,
        "license": "",
        "permalink_url": "",
        "sharing": "",
        "streamable": False,
        "tag_list": "",
        "title": REQUIRED,
        "urn": REQUIRED,
        "user": REQUIRED,
        "waveform_url": "",
    }

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        user_parts: list[Any] = []
        for item in items:
            if (
                item.commentable is None
                or item.created_at is None
                or item.downloadable is None
                or item.duration is None
                or item.kind is None
                or item.license is None
                or item.permalink_url is None
                or item.sharing is None
                or item.streamable is None
                or item.tag_list is None
                or item.title is None
                or item.urn is None
                or item.user is None
                or item.waveform_url is None
            ):
                raise ValueError("a field is missing that SoundCloud always sends")
            item.created_at = cached_timestamp(item.created_at)
            user_parts.append(item.user)
            item.user._place = [item._place, "user"]
            item.__class__ = Track
        if user_parts:
            User._finish(user_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        user_parts: list[Any] = []
        for item in items:
            if (
                item.commentable is None
                or item.created_at is None
                or item.downloadable is None
                or item.duration is None
                or item.kind is None
                or item.license is None
                or item.permalink_url is None
                or item.sharing is None
                or item.streamable is None
                or item.tag_list is None
                or item.title is None
                or item.urn is None
                or item.user is None
                or item.waveform_url is None
            ):
                raise ValueError("a field is missing that SoundCloud always sends")
            item.created_at = cached_timestamp(item.created_at)
            user_parts.append(item.user)
            item.__class__ = Track
        if user_parts:
            User._finish_bare(user_parts)
