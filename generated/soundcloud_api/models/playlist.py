"""Playlist. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ..models.track import Track
from ..models.user import User
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

    def _decoded(self: Any) -> None:
        self.__class__ = Playlist
        if (
            self.created_at is None
            or self.duration is None
            or self.embeddable_by is None
            or self.kind is None
            or self.last_modified is None
            or self.license is None
            or self.permalink is None
            or self.permalink_url is None
            or self.sharing is None
            or self.tag_list is None
            or self.title is None
            or self.track_count is None
            or self.uri is None
            or self.urn is None
            or self.user is None
        ):
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
        self.last_modified = DATES[self.last_modified]

        self._place = place = [None, None]
        if self.label is not None:
            inner = self.label._place
            inner[0] = place
            inner[1] = "label"
        if self.tracks is not None:
            within = [place, "tracks"]
            for index, item in enumerate(self.tracks):
                inner = item._place
                inner[0] = within
                inner[1] = index
        if self.user is not None:
            inner = self.user._place
            inner[0] = place
            inner[1] = "user"

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Playlist
        if (
            self.created_at is None
            or self.duration is None
            or self.embeddable_by is None
            or self.kind is None
            or self.last_modified is None
            or self.license is None
            or self.permalink is None
            or self.permalink_url is None
            or self.sharing is None
            or self.tag_list is None
            or self.title is None
            or self.track_count is None
            or self.uri is None
            or self.urn is None
            or self.user is None
        ):
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
        self.last_modified = DATES[self.last_modified]
