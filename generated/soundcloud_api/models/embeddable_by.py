"""EmbeddableBy. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class EmbeddableBy(OpenEnum):
    """The documented values of EmbeddableBy; any other value is kept as it is."""

    ALL = "all"
    ME = "me"
    NONE = "none"
