"""PlaylistMetadata. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from attrs import define

from ..models.set_type import SetType
from ..models.sharing import Sharing
from ..models.track_reference import TrackReference
from ..types import (
    UNSET,
    RequestModel,
    UnsetType,
)


@define(kw_only=True)
class PlaylistMetadata(RequestModel):
    """PlaylistMetadata as a JSON body; a field that is not set is not sent, None is sent as null."""

    description: str | None | UnsetType = UNSET
    ean: str | None | UnsetType = UNSET
    genre: str | None | UnsetType = UNSET
    label_name: str | None | UnsetType = UNSET
    license: str | None | UnsetType = UNSET
    permalink: str | None | UnsetType = UNSET
    permalink_url: str | None | UnsetType = UNSET
    purchase_title: str | None | UnsetType = UNSET
    purchase_url: str | None | UnsetType = UNSET
    release: str | None | UnsetType = UNSET
    release_date: str | None | UnsetType = UNSET
    set_type: SetType | None | UnsetType = UNSET
    sharing: Sharing | None | UnsetType = UNSET
    tag_list: str | None | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
    tracks: list[TrackReference] | None | UnsetType = UNSET
