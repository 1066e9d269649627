"""GET /users/{user_urn}/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.sort_order import SortOrder
from ...models.tracks import Tracks
from ...types import Operation


def get_users_user_urn_tracks(
    user_urn: str,
    *,
    access: str | None = None,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    sort: SortOrder | None = None,
) -> Operation[Tracks]:
    """GET /users/{user_urn}/tracks."""
    return Operation(
        "get_users_user_urn_tracks",
        "GET",
        "/users/{user_urn}/tracks",
        {
            200: Tracks,
        },
        path={
            "user_urn": user_urn,
        },
        query={
            "access": access,
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "sort": sort,
        },
    )
