"""The operations tagged `oauth`.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from .post_sign_out import post_sign_out

__all__ = [
    "post_sign_out",
]
