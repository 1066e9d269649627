"""GET /me/likes/playlists. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.playlists import Playlists
from ...types import Operation


def get_me_likes_playlists(
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
) -> Operation[Playlists]:
    """GET /me/likes/playlists."""
    return Operation(
        "get_me_likes_playlists",
        "GET",
        "/me/likes/playlists",
        {
            200: Playlists,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
        },
    )
