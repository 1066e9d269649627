"""Subscription. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import Any, ClassVar

from ..models.product import Product
from ..types import (
    Model,
    Nested,
    model,
)


@model
class Subscription(Model):
    """Subscription in a response. Every field may be None."""

    product: Product | None = None
    recurring: bool | None = None

    _nested: ClassVar[Nested] = {
        "product": Product,
    }

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        product_parts: list[Any] = []
        for item in items:
            if item.product is not None:
                product_parts.append(item.product)
                item.product._place = [item._place, "product"]
            item.__class__ = Subscription
        if product_parts:
            Product._finish(product_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        product_parts: list[Any] = []
        for item in items:
            if item.product is not None:
                product_parts.append(item.product)
            item.__class__ = Subscription
        if product_parts:
            Product._finish_bare(product_parts)
