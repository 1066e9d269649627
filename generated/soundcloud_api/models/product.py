"""Product. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

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

    def _decoded(self: Any) -> None:
        self.__class__ = Product

        self._place = [None, None]

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Product
