"""TrackReference. Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from attrs import define

from ..types import (
    RequestModel,
)


@define(kw_only=True)
class TrackReference(RequestModel):
    """TrackReference as JSON; only what is given is sent, None as null."""

    urn: str
