"""Found. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

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

    def _decoded(self: Any) -> None:
        self.__class__ = Found
        if self.location is None or self.status is None:
            raise ValueError("a field is missing that SoundCloud always sends")

        self._place = [None, None]

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Found
        if self.location is None or self.status is None:
            raise ValueError("a field is missing that SoundCloud always sends")
