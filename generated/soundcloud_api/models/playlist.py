"""Playlist. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import define

from ..models.track import Track
from ..models.user import User
from ..types import (
    Model,
    Nested,
    Timestamp,
    Wire,
    read_timestamp,
)


@define(repr=False, getstate_setstate=False)
class Playlist(Model):
    """Playlist in a response; every field may be None."""

    artwork_url: str | None = None
    created_at: Timestamp | None = None
    description: str | None = None
    downloadable: bool | None = None
    duration: int | None = None
    ean: str | None = None
    embeddable_by: str | None = None
    genre: str | None = None
    kind: str | None = None
    label: User | None = None
    label_id: int | None = None
    label_name: str | None = None
    last_modified: Timestamp | None = None
    license: str | None = None
    likes_count: int | None = None
    permalink: str | None = None
    permalink_url: str | None = None
    playlist_type: str | None = None
    purchase_title: str | None = None
    purchase_url: str | None = None
    release: str | None = None
    release_day: int | None = None
    release_month: int | None = None
    release_year: int | None = None
    sharing: str | None = None
    streamable: bool | None = None
    tag_list: str | None = None
    tags: str | None = None
    title: str | None = None
    track_count: int | None = None
    tracks: list[Track] | None = None
    tracks_uri: str | None = None
    type: str | None = None
    uri: str | None = None
    urn: str | None = None
    user: User | None = None
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

    def __attrs_post_init__(self) -> None:
        created_at: Any = self.created_at
        if created_at.__class__ is str:
            self.created_at = read_timestamp(created_at)
        last_modified: Any = self.last_modified
        if last_modified.__class__ is str:
            self.last_modified = read_timestamp(last_modified)
