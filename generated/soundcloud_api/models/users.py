"""Users. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..models.user import User
from ..types import (
    Model,
    Nested,
    model,
    present,
)


@model
class Users(Model):
    """Users in a response. Fields that SoundCloud always sends have no None."""

    collection: list[User] = present()
    next_href: str | None = None

    _nested: ClassVar[Nested] = {
        "collection": list[User],
    }
    _present: ClassVar[Mapping[str, Any]] = {
        "collection": [],
    }

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        collection_parts: list[Any] = []
        for item in items:
            if item.collection is None:
                raise ValueError("a field is missing that SoundCloud always sends")
            if item.collection:
                collection_parts += item.collection
                within = [item._place, "collection"]
                for index, part in enumerate(item.collection):
                    part._place = [within, index]
            item.__class__ = Users
        if collection_parts:
            User._finish(collection_parts)

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        collection_parts: list[Any] = []
        for item in items:
            if item.collection is None:
                raise ValueError("a field is missing that SoundCloud always sends")
            if item.collection:
                collection_parts += item.collection
            item.__class__ = Users
        if collection_parts:
            User._finish_bare(collection_parts)
