"""TrackReference. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from attrs import define

from ..types import (
    RequestModel,
)


@define(kw_only=True)
class TrackReference(RequestModel):
    """TrackReference as a JSON body; a field that is not set is not sent, None is sent as null."""

    urn: str
