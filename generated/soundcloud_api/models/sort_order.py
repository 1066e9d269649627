"""SortOrder. Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class SortOrder(OpenEnum):
    """The values of SortOrder that the document names; a value that it does not name is kept as it came."""

    ASC = "asc"
    DESC = "desc"
