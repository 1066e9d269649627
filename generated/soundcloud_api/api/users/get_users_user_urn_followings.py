"""GET /users/{user_urn}/followings. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_users_user_urn_followings(
    user_urn: str,
    *,
    limit: int | None = None,
) -> Operation[Users]:
    """GET /users/{user_urn}/followings."""
    return Operation(
        "get_users_user_urn_followings",
        "GET",
        "/users/{user_urn}/followings",
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
