"""GET /me. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.me import Me
from ...types import Operation


def get_me() -> Operation[Me]:
    """GET /me."""
    return Operation(
        "get_me",
        "GET",
        "/me",
        {
            200: Me,
        },
    )
