"""Product. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import Any

from ..types import (
    Model,
    model,
)


@model
class Product(Model):
    """Product in a response. Every field may be None."""

    id: str | None = None
    name: str | None = None

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = Product

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = Product
