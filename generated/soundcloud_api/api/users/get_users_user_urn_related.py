"""GET /users/{user_urn}/related. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_users_user_urn_related(
    user_urn: str,
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    offset: int | None = None,
) -> Operation[Users]:
    """GET /users/{user_urn}/related."""
    return Operation(
        "get_users_user_urn_related",
        "GET",
        "/users/{user_urn}/related",
        {
            200: Users,
        },
        path={
            "user_urn": user_urn,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "offset": offset,
        },
    )
