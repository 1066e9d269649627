"""CreateUpdatePlaylistFormRequest. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from ..models.set_type import SetType
from ..models.sharing import Sharing
from ..types import (
    UNSET,
    File,
    FormModel,
    UnsetType,
)


@define(kw_only=True)
class CreateUpdatePlaylistFormRequest(FormModel):
    """CreateUpdatePlaylistFormRequest as a multipart form; a field that is not set is not sent."""

    title: str
    artwork_data: File | UnsetType = UNSET
    description: str | UnsetType = UNSET
    ean: str | UnsetType = UNSET
    genre: str | UnsetType = UNSET
    label_name: str | UnsetType = UNSET
    license: str | UnsetType = UNSET
    permalink: str | UnsetType = UNSET
    permalink_url: str | UnsetType = UNSET
    purchase_title: str | UnsetType = UNSET
    purchase_url: str | UnsetType = UNSET
    release: str | UnsetType = UNSET
    release_date: str | UnsetType = UNSET
    set_type: SetType | UnsetType = UNSET
    sharing: Sharing | UnsetType = UNSET
    tag_list: str | UnsetType = UNSET
    tracks_urn: str | UnsetType = UNSET

    _wire_names: ClassVar[Mapping[str, str]] = {
        "artwork_data": "playlist[artwork_data]",
        "description": "playlist[description]",
        "ean": "playlist[ean]",
        "genre": "playlist[genre]",
        "label_name": "playlist[label_name]",
        "license": "playlist[license]",
        "permalink": "playlist[permalink]",
        "permalink_url": "playlist[permalink_url]",
        "purchase_title": "playlist[purchase_title]",
        "purchase_url": "playlist[purchase_url]",
        "release": "playlist[release]",
        "release_date": "playlist[release_date]",
        "set_type": "playlist[set_type]",
        "sharing": "playlist[sharing]",
        "tag_list": "playlist[tag_list]",
        "title": "playlist[title]",
        "tracks_urn": "playlist[tracks][][urn]",
    }
