"""GET /me/followers. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_me_followers(
    *,
    limit: int | None = None,
) -> Operation[Users]:
    """GET /me/followers."""
    return Operation(
        "get_me_followers",
        "GET",
        "/me/followers",
        {
            200: Users,
        },
        query={
            "limit": limit,
        },
    )
