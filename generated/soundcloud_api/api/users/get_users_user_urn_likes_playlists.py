"""GET /users/{user_urn}/likes/playlists. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.playlists import Playlists
from ...types import Operation


def get_users_user_urn_likes_playlists(
    user_urn: str,
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
) -> Operation[Playlists]:
    """GET /users/{user_urn}/likes/playlists."""
    return Operation(
        "get_users_user_urn_likes_playlists",
        "GET",
        "/users/{user_urn}/likes/playlists",
        {
            200: Playlists,
        },
        path={
            "user_urn": user_urn,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
        },
    )
