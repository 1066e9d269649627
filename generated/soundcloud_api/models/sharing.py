"""Sharing. Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class Sharing(OpenEnum):
    """The values of Sharing that the document names; a value that it does not name is kept as it came."""

    PRIVATE = "private"
    PUBLIC = "public"
