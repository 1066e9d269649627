"""GET /me/likes/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.tracks import Tracks
from ...types import Operation


def get_me_likes_tracks(
    *,
    access: str | None = None,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
) -> Operation[Tracks]:
    """GET /me/likes/tracks."""
    return Operation(
        "get_me_likes_tracks",
        "GET",
        "/me/likes/tracks",
        {
            200: Tracks,
        },
        query={
            "access": access,
            "limit": limit,
            "linked_partitioning": linked_partitioning,
        },
    )
