"""EmbeddableBy. Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class EmbeddableBy(OpenEnum):
    """The values of EmbeddableBy that the document names; a value that it does not name is kept as it came."""

    ALL = "all"
    ME = "me"
    NONE = "none"
