"""Access. Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class Access(OpenEnum):
    """The values of Access that the document names; a value that it does not name is kept as it came."""

    BLOCKED = "blocked"
    PLAYABLE = "playable"
    PREVIEW = "preview"
