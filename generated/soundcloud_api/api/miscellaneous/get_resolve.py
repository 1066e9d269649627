"""GET /resolve. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.found import Found
from ...types import Operation


def get_resolve(
    *,
    url: str,
) -> Operation[Found]:
    """GET /resolve."""
    return Operation(
        "get_resolve",
        "GET",
        "/resolve",
        {
            302: Found,
        },
        query={
            "url": url,
        },
    )
