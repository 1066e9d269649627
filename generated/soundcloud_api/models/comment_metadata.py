"""CommentMetadata. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from attrs import define

from ..types import (
    UNSET,
    RequestModel,
    UnsetType,
)


@define(kw_only=True)
class CommentMetadata(RequestModel):
    """CommentMetadata as a JSON body; a field that is not set is not sent, None is sent as null."""

    body: str
    timestamp: float | str | None | UnsetType = UNSET
