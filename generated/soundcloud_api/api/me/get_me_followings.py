"""GET /me/followings. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_me_followings(
    *,
    limit: int | None = None,
    offset: int | None = None,
) -> Operation[Users]:
    """GET /me/followings."""
    return Operation(
        "get_me_followings",
        "GET",
        "/me/followings",
        {
            200: Users,
        },
        query={
            "limit": limit,
            "offset": offset,
        },
    )
