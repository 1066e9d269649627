"""The operations tagged `oauth`, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ...imports import lazy_names

if TYPE_CHECKING:
    from .post_sign_out import post_sign_out
else:
    lazy_names(
        __name__,
        {
            "post_sign_out": "post_sign_out",
        },
    )

__all__ = [
    "post_sign_out",
]
