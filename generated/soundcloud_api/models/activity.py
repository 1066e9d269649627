"""Activity. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from attrs import define

from ..models.playlist import Playlist
from ..models.track import Track
from ..types import (
    Model,
    Nested,
    Timestamp,
    Wire,
    by_kind,
    read_timestamp,
)

if TYPE_CHECKING:
    PlaylistOrTrack = Playlist | Track
else:
    PlaylistOrTrack = Any  # msgspec cannot decode a union of two classes; __attrs_post_init__ decodes it by its kind


@define(repr=False, getstate_setstate=False)
class Activity(Model):
    """Activity in a response; every field may be None."""

    created_at: Timestamp | None = None
    origin: PlaylistOrTrack | None = None
    reposter: str | None = None
    type: str | None = None

    _nested: ClassVar[Nested] = {
        "origin": {
            "playlist": Playlist,
            "track": Track,
        },
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
    }

    def __attrs_post_init__(self) -> None:
        created_at: Any = self.created_at
        if created_at.__class__ is str:
            self.created_at = read_timestamp(created_at)
        origin: Any = self.origin
        if origin.__class__ is dict:
            self.origin = by_kind(origin, self._nested["origin"])
        elif origin is not None and not isinstance(origin, Model):
            raise ValueError("origin is not an object")
