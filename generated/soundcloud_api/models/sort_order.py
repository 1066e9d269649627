"""SortOrder. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class SortOrder(OpenEnum):
    """The documented values of SortOrder; any other value is kept as it is."""

    ASC = "asc"
    DESC = "desc"
