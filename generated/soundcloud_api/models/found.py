"""Found. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..types import (
    Model,
    model,
    present,
)


@model
class Found(Model):
    """Found in a response. Fields that SoundCloud always sends have no None."""

    location: str = present()
    status: str = present()

    _present: ClassVar[Mapping[str, Any]] = {
        "location": "",
        "status": "",
    }

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        for item in items:
            if item.location is None or item.status is None:
                raise ValueError("a field is missing that SoundCloud always sends")
            item.__class__ = Found

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        for item in items:
            if item.location is None or item.status is None:
                raise ValueError("a field is missing that SoundCloud always sends")
            item.__class__ = Found
