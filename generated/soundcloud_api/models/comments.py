"""Comments. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from ..models.comment import Comment
from ..types import (
    Model,
    Nested,
)


@define(repr=False, getstate_setstate=False)
class Comments(Model):
    """Comments in a response; every field may be None."""

    collection: list[Comment] | None = None
    next_href: str | None = None

    _nested: ClassVar[Nested] = {
        "collection": list[Comment],
    }
