"""CreateCommentRequest. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from attrs import define

from ..models.comment_metadata import CommentMetadata
from ..types import (
    UNSET,
    RequestModel,
    UnsetType,
)


@define(kw_only=True)
class CreateCommentRequest(RequestModel):
    """CreateCommentRequest as a JSON body; a field that is not set is not sent, None is sent as null."""

    comment: CommentMetadata | None | UnsetType = UNSET
