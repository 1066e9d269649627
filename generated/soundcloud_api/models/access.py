"""Access. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class Access(OpenEnum):
    """The documented values of Access; any other value is kept as it is."""

    BLOCKED = "blocked"
    PLAYABLE = "playable"
    PREVIEW = "preview"
