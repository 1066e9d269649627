"""The operations tagged `miscellaneous`.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from .get_resolve import get_resolve

__all__ = [
    "get_resolve",
]
