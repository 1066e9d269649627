"""GET /users/{user_urn}/favorites. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.tracks import Tracks
from ...types import Operation


def get_users_user_urn_favorites(
    user_urn: str,
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
) -> Operation[Tracks]:
    """GET /users/{user_urn}/favorites (deprecated)."""
    return Operation(
        "get_users_user_urn_favorites",
        "GET",
        "/users/{user_urn}/favorites",
        {
            200: Tracks,
        },
        path={
            "user_urn": user_urn,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
        },
    )
