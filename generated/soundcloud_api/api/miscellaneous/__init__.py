"""The operations tagged `miscellaneous`, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ...imports import lazy_names

if TYPE_CHECKING:
    from .get_resolve import get_resolve
else:
    lazy_names(
        __name__,
        {
            "get_resolve": "get_resolve",
        },
    )

__all__ = [
    "get_resolve",
]
