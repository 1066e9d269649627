"""Playlists. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from ..models.playlist import Playlist
from ..types import (
    Model,
    Nested,
)


@define(repr=False, getstate_setstate=False)
class Playlists(Model):
    """Playlists in a response; every field may be None."""

    collection: list[Playlist] | None = None
    next_href: str | None = None

    _nested: ClassVar[Nested] = {
        "collection": list[Playlist],
    }
