"""StorefrontUpdateRequest. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from attrs import define

from ..models.storefront_type import StorefrontType
from ..types import (
    UNSET,
    RequestModel,
    UnsetType,
)


@define(kw_only=True)
class StorefrontUpdateRequest(RequestModel):
    """StorefrontUpdateRequest as a JSON body; a field that is not set is not sent, None is sent as null."""

    link: str
    title: str
    type: StorefrontType
    description: str | None | UnsetType = UNSET
    link_title: str | None | UnsetType = UNSET
    price: str | None | UnsetType = UNSET
