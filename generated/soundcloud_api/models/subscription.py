"""Subscription. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from ..models.product import Product
from ..types import (
    Model,
    Nested,
)


@define(repr=False, getstate_setstate=False)
class Subscription(Model):
    """Subscription in a response; every field may be None."""

    product: Product | None = None
    recurring: bool | None = None

    _nested: ClassVar[Nested] = {
        "product": Product,
    }
