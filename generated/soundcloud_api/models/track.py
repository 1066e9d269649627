"""Track. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import define

from ..models.access import Access
from ..models.user import User
from ..types import (
    Model,
    Nested,
    Timestamp,
    Wire,
    read_timestamp,
)


@define(repr=False, getstate_setstate=False)
class Track(Model):
    """Track in a response; every field may be None."""

    access: Access | None = None
    artwork_url: str | None = None
    available_country_codes: list[str] | str | None = None
    bpm: float | None = None
    comment_count: int | None = None
    commentable: bool | None = None
    created_at: Timestamp | None = None
    description: str | None = None
    download_count: int | None = None
    download_url: str | None = None
    downloadable: bool | None = None
    duration: int | None = None
    embeddable_by: str | None = None
    favoritings_count: int | None = None
    genre: str | None = None
    isrc: str | None = None
    key_signature: str | None = None
    kind: str | None = None
    label_name: str | None = None
    license: str | None = None
    metadata_artist: str | None = None
    permalink_url: str | None = None
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
    sharing: str | None = None
    stream_url: str | None = None
    streamable: bool | None = None
    tag_list: str | None = None
    title: str | None = None
    uri: str | None = None
    urn: str | None = None
    user: User | None = None
    user_favorite: bool | None = None
    user_playback_count: int | None = None
    waveform_url: str | None = None

    _nested: ClassVar[Nested] = {
        "user": User,
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
    }

    def __attrs_post_init__(self) -> None:
        created_at: Any = self.created_at
        if created_at.__class__ is str:
            self.created_at = read_timestamp(created_at)
