"""Playlist. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ..models.track import Track
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
class Playlist(Model):
    """Playlist in a response. Fields that SoundCloud always sends have no None."""

    artwork_url: str | None = None
    created_at: datetime = present()
    description: str | None = None
    downloadable: bool | None = None
    duration: int = present()
    ean: str | None = None
    embeddable_by: str = present()
    genre: str | None = None
    id: int | None = None
    """Deprecated by SoundCloud since April 2025: use `urn`."""
    kind: str = present()
    label: User | None = None
    label_id: int | None = None
    label_name: str | None = None
    last_modified: datetime = present()
    license: str = present()
    likes_count: int | None = None
    permalink: str = present()
    permalink_url: str = present()
    playlist_type: str | None = None
    purchase_title: str | None = None
    purchase_url: str | None = None
    release: str | None = None
    release_day: int | None = None
    release_month: int | None = None
    release_year: int | None = None
    sharing: str = present()
    streamable: bool | None = None
    tag_list: str = present()
    tags: str | None = None
    title: str = present()
    track_count: int = present()
    tracks: list[Track] | None = None
    tracks_uri: str | None = None
    type: str | None = None
    uri: str = present()
    urn: str = present()
    user: User = present()
    user_id: int | None = None
    """Deprecated by SoundCloud since April 2025: use `user_urn`."""
    user_urn: str | None = None

    _nested: ClassVar[Nested] = {
        "label": User,
        "tracks": list[Track],
        "user": User,
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
        "last_modified": read_timestamp,
    }
    _kind: ClassVar[str | None] = "playlist"
    _present: ClassVar[Mapping[str, Any]] = {
        "created_at": datetime(1970, 1, 1, tzinfo=UTC),
        "duration": 0,
        "embeddable_by": "",
        "kind": REQUIRED,
        "last_modified": datetime(1970, 1, 1, tzinfo=UTC),
        "license": "",
        "permalink": "",
        "permalink_url": "",
        "sharing": "",
        "tag_list": "",
        "title": REQUIRED,
        "track_count": 0,
        "uri": "",
        "urn": REQUIRED,
        "user": REQUIRED,
    }

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        label_parts: list[Any] = []
        tracks_parts: list[Any] = []
        user_parts: list[Any] = []
        for item in items:
            if (
                item.created_at is None
                or item.duration is None
                or item.embeddable_by is None
                or item.kind is None
                or item.last_modified is None
                or item.license is None
                or item.permalink is None
                or item.permalink_url is None
                or item.sharing is None
                or item.tag_list is None
                or item.title is None
                or item.track_count is None
                or item.uri is None
                or item.urn is None
                or item.user is None
            ):
                raise ValueError("a field is missing that SoundCloud always sends")
            item.created_at = cached_timestamp(item.created_at)
            item.last_modified = cached_timestamp(item.last_modified)
            if item.label is not None:
                label_parts.append(item.label)
                item.label._place = [item._place, "label"]
            if item.tracks:
                tracks_parts += item.tracks
                within = [item._place, "tracks"]
                for index, part in enumerate(item.tracks):
                    part._place = [within, index]
            user_parts.append(item.user)
            item.user._place = [item._place, "user"]
            item.__class__ = Playlist
        if label_parts:
            User._finish(label_parts)
        if tracks_parts:
            Track._finish(tracks_parts)
        if user_parts:
            User._finish(user_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        label_parts: list[Any] = []
        tracks_parts: list[Any] = []
        user_parts: list[Any] = []
        for item in items:
            if (
                item.created_at is None
                or item.duration is None
                or item.embeddable_by is None
                or item.kind is None
                or item.last_modified is None
                or item.license is None
                or item.permalink is None
                or item.permalink_url is None
                or item.sharing is None
                or item.tag_list is None
                or item.title is None
                or item.track_count is None
                or item.uri is None
                or item.urn is None
                or item.user is None
            ):
                raise ValueError("a field is missing that SoundCloud always sends")
            item.created_at = cached_timestamp(item.created_at)
            item.last_modified = cached_timestamp(item.last_modified)
            if item.label is not None:
                label_parts.append(item.label)
            if item.tracks:
                tracks_parts += item.tracks
            user_parts.append(item.user)
            item.__class__ = Playlist
        if label_parts:
            User._finish_bare(label_parts)
        if tracks_parts:
            Track._finish_bare(tracks_parts)
        if user_parts:
            User._finish_bare(user_parts)
