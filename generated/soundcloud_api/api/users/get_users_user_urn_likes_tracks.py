"""GET /users/{user_urn}/likes/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.tracks import Tracks
from ...types import Operation


def get_users_user_urn_likes_tracks(
    user_urn: str,
    *,
    access: str | None = None,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
) -> Operation[Tracks]:
    """GET /users/{user_urn}/likes/tracks."""
    return Operation(
        "get_users_user_urn_likes_tracks",
        "GET",
        "/users/{user_urn}/likes/tracks",
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
        },
    )
