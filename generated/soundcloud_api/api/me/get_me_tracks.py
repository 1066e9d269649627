"""GET /me/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.sort_order import SortOrder
from ...models.tracks import Tracks
from ...types import Operation


def get_me_tracks(
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    sort: SortOrder | None = None,
) -> Operation[Tracks]:
    """GET /me/tracks."""
    return Operation(
        "get_me_tracks",
        "GET",
        "/me/tracks",
        {
            200: Tracks,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "sort": sort,
        },
    )
