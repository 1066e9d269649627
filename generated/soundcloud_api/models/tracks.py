"""Tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..models.track import Track
from ..types import (
    Model,
    Nested,
    model,
    present,
)


@model
class Tracks(Model):
    """Tracks in a response. Fields that SoundCloud always sends have no None."""

    collection: list[Track] = present()
    next_href: str | None = None

    _nested: ClassVar[Nested] = {
        "collection": list[Track],
    }
    _present: ClassVar[Mapping[str, Any]] = {
        "collection": [],
    }

    def _decoded(self: Any) -> None:
        self.__class__ = Tracks
        if self.collection is None:
            raise ValueError("a field is missing that SoundCloud always sends")

        self._place = place = [None, None]
        if self.collection:
            within = [place, "collection"]
            for index, item in enumerate(self.collection):
                inner = item._place
                inner[0] = within
                inner[1] = index

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Tracks
        if self.collection is None:
            raise ValueError("a field is missing that SoundCloud always sends")
