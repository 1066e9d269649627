"""TrackUpdateFormRequest. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from ..models.embeddable_by import EmbeddableBy
from ..models.license_ import License
from ..models.sharing import Sharing
from ..types import (
    UNSET,
    File,
    FormModel,
    UnsetType,
)


@define(kw_only=True)
class TrackUpdateFormRequest(FormModel):
    """TrackUpdateFormRequest as a multipart form; a field that is not set is not sent."""

    artwork_data: File | UnsetType = UNSET
    commentable: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET
    downloadable: bool | UnsetType = UNSET
    embeddable_by: EmbeddableBy | UnsetType = UNSET
    genre: str | UnsetType = UNSET
    isrc: str | UnsetType = UNSET
    label_name: str | UnsetType = UNSET
    license: License | UnsetType = UNSET
    permalink: str | UnsetType = UNSET
    purchase_url: str | UnsetType = UNSET
    release: str | UnsetType = UNSET
    release_date: str | UnsetType = UNSET
    reveal_comments: bool | UnsetType = UNSET
    reveal_stats: bool | UnsetType = UNSET
    sharing: Sharing | UnsetType = UNSET
    streamable: bool | UnsetType = UNSET
    tag_list: str | UnsetType = UNSET
    title: str | UnsetType = UNSET

    _wire_names: ClassVar[Mapping[str, str]] = {
        "artwork_data": "track[artwork_data]",
        "commentable": "track[commentable]",
        "description": "track[description]",
        "downloadable": "track[downloadable]",
        "embeddable_by": "track[embeddable_by]",
        "genre": "track[genre]",
        "isrc": "track[isrc]",
        "label_name": "track[label_name]",
        "license": "track[license]",
        "permalink": "track[permalink]",
        "purchase_url": "track[purchase_url]",
        "release": "track[release]",
        "release_date": "track[release_date]",
        "reveal_comments": "track[reveal_comments]",
        "reveal_stats": "track[reveal_stats]",
        "sharing": "track[sharing]",
        "streamable": "track[streamable]",
        "tag_list": "track[tag_list]",
        "title": "track[title]",
    }
