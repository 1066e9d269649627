"""Subscription. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

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

    def _decoded(self: Any) -> None:
        self.__class__ = Subscription

        self._place = place = [None, None]
        if self.product is not None:
            inner = self.product._place
            inner[0] = place
            inner[1] = "product"

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Subscription
