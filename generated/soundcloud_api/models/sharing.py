"""Sharing. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class Sharing(OpenEnum):
    """The documented values of Sharing; any other value is kept as it is."""

    PRIVATE = "private"
    PUBLIC = "public"
