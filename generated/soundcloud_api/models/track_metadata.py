"""TrackMetadata. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from attrs import define

from ..models.embeddable_by import EmbeddableBy
from ..models.license_ import License
from ..models.sharing import Sharing
from ..types import (
    UNSET,
    RequestModel,
    UnsetType,
)


@define(kw_only=True)
class TrackMetadata(RequestModel):
    """TrackMetadata as a JSON body; a field that is not set is not sent, None is sent as null."""

    commentable: bool | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    downloadable: bool | None | UnsetType = UNSET
    embeddable_by: EmbeddableBy | None | UnsetType = UNSET
    genre: str | None | UnsetType = UNSET
    isrc: str | None | UnsetType = UNSET
    label_name: str | None | UnsetType = UNSET
    license: License | None | UnsetType = UNSET
    permalink: str | None | UnsetType = UNSET
    purchase_url: str | None | UnsetType = UNSET
    release: str | None | UnsetType = UNSET
    release_date: str | None | UnsetType = UNSET
    reveal_comments: bool | None | UnsetType = UNSET
    reveal_stats: bool | None | UnsetType = UNSET
    sharing: Sharing | None | UnsetType = UNSET
    streamable: bool | None | UnsetType = UNSET
    tag_list: str | None | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
