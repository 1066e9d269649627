"""GET /users/{user_urn}/followers. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_users_user_urn_followers(
    user_urn: str,
    *,
    limit: int | None = None,
) -> Operation[Users]:
    """GET /users/{user_urn}/followers."""
    return Operation(
        "get_users_user_urn_followers",
        "GET",
        "/users/{user_urn}/followers",
        {
            200: Users,
        },
        path={
            "user_urn": user_urn,
        },
        query={
            "limit": limit,
        },
    )
