"""CreateUpdatePlaylistRequest. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from attrs import define

from ..models.playlist_metadata import PlaylistMetadata
from ..types import (
    UNSET,
    RequestModel,
    UnsetType,
)


@define(kw_only=True)
class CreateUpdatePlaylistRequest(RequestModel):
    """CreateUpdatePlaylistRequest as a JSON body; a field that is not set is not sent, None is sent as null."""

    playlist: PlaylistMetadata | None | UnsetType = UNSET
