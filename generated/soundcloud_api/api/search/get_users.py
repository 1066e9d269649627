"""GET /users. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_users(
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    offset: int | None = None,
    q: str | None = None,
    urns: str | None = None,
) -> Operation[Users]:
    """GET /users."""
    return Operation(
        "get_users",
        "GET",
        "/users",
        {
            200: Users,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "offset": offset,
            "q": q,
            "urns": urns,
        },
    )
