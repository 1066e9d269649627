"""Users. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from ..models.user import User
from ..types import (
    Model,
    Nested,
)


@define(repr=False, getstate_setstate=False)
class Users(Model):
    """Users in a response; every field may be None."""

    collection: list[User] | None = None
    next_href: str | None = None

    _nested: ClassVar[Nested] = {
        "collection": list[User],
    }
