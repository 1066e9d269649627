"""Track. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ..models.access import Access
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

    def _decoded(self: Any) -> None:
        self.__class__ = Track
        if (
            self.commentable is None
            or self.created_at is None
            or self.downloadable is None
            or self.duration is None
            or self.kind is None
            or self.license is None
            or self.permalink_url is None
            or self.sharing is None
            or self.streamable is None
            or self.tag_list is None
            or self.title is None
            or self.urn is None
            or self.user is None
            or self.waveform_url is None
        ):
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]

        self._place = place = [None, None]
        if self.user is not None:
            inner = self.user._place
            inner[0] = place
            inner[1] = "user"

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Track
        if (
            self.commentable is None
            or self.created_at is None
            or self.downloadable is None
            or self.duration is None
            or self.kind is None
            or self.license is None
            or self.permalink_url is None
            or self.sharing is None
            or self.streamable is None
            or self.tag_list is None
            or self.title is None
            or self.urn is None
            or self.user is None
            or self.waveform_url is None
        ):
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
