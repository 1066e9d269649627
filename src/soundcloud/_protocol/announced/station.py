"""The model of a station."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from soundcloud_api.models import Track, User
from soundcloud_api.types import REQUIRED, Model, Nested, model, present


@model
class Station(Model):
    """A station: a playlist that SoundCloud makes from a track or a user, with `playlists.get_station`.

    SoundCloud has announced stations but not their fields. `urn` is required. The other fields have the names that playlists
    have, and are None if SoundCloud does not send them. `raw` and `extra` hold everything that was received.

    Source:
        https://github.com/soundcloud/api/releases/tag/2026-09-30
    """

    artwork_url: str | None = None
    description: str | None = None
    kind: str | None = None
    permalink_url: str | None = None
    title: str | None = None
    track_count: int | None = None
    tracks: list[Track] | None = None
    """The tracks that are visible with the token; None in lists."""
    uri: str | None = None
    urn: str = present()
    user: User | None = None

    _nested: ClassVar[Nested] = {"tracks": list[Track], "user": User}
    _present: ClassVar[Mapping[str, Any]] = {"urn": REQUIRED}
