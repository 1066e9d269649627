"""SetType. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class SetType(OpenEnum):
    """The documented values of SetType; any other value is kept as it is."""

    ALBUM = "album"
    PLAYLIST = "playlist"
