"""POST /sign-out. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def post_sign_out() -> Operation[None]:
    """POST /sign-out."""
    return Operation(
        "post_sign_out",
        "POST",
        "/sign-out",
        {
            200: None,
        },
    )
