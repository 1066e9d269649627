"""GET /me/reposts/playlists. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.playlists import Playlists
from ...types import Operation


def get_me_reposts_playlists(
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
) -> Operation[Playlists]:
    """GET /me/reposts/playlists."""
    return Operation(
        "get_me_reposts_playlists",
        "GET",
        "/me/reposts/playlists",
        {
            200: Playlists,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
        },
    )
