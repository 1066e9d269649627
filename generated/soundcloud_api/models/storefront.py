"""Storefront. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from attrs import define

from ..models.storefront_type import StorefrontType
from ..types import (
    Model,
)


@define(repr=False, getstate_setstate=False)
class Storefront(Model):
    """Storefront in a response; every field may be None."""

    description: str | None = None
    image_url: str | None = None
    link: str | None = None
    link_title: str | None = None
    price: str | None = None
    title: str | None = None
    track_urn: str | None = None
    type: StorefrontType | None = None
