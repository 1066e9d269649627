"""Product. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from attrs import define

from ..types import (
    Model,
)


@define(repr=False, getstate_setstate=False)
class Product(Model):
    """Product in a response; every field may be None."""

    id: str | None = None
    name: str | None = None
