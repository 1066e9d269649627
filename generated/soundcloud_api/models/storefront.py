"""Storefront. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import Any

from ..models.storefront_type import StorefrontType
from ..types import (
    Model,
    model,
)


@model
class Storefront(Model):
    """Storefront in a response. Every field may be None."""

    description: str | None = None
    image_url: str | None = None
    link: str | None = None
    link_title: str | None = None
    price: str | None = None
    title: str | None = None
    track_urn: str | None = None
    type: StorefrontType | None = None

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = Storefront

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = Storefront
