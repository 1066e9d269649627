"""GET /tracks/{track_urn}/comments. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.comments import Comments
from ...types import Operation


def get_tracks_track_urn_comments(
    track_urn: str,
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    offset: int | None = None,
) -> Operation[Comments]:
    """GET /tracks/{track_urn}/comments."""
    return Operation(
        "get_tracks_track_urn_comments",
        "GET",
        "/tracks/{track_urn}/comments",
        {
            200: Comments,
        },
        path={
            "track_urn": track_urn,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "offset": offset,
        },
    )
