"""SetType. Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class SetType(OpenEnum):
    """The values of SetType that the document names; a value that it does not name is kept as it came."""

    ALBUM = "album"
    PLAYLIST = "playlist"
