"""GET /me/feed. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.activities import Activities
from ...types import Operation


def get_me_feed(
    *,
    access: str | None = None,
    limit: int | None = None,
) -> Operation[Activities]:
    """GET /me/feed."""
    return Operation(
        "get_me_feed",
        "GET",
        "/me/feed",
        {
            200: Activities,
        },
        query={
            "access": access,
            "limit": limit,
        },
    )
