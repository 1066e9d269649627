"""GET /tracks/{track_urn}/favoriters. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_tracks_track_urn_favoriters(
    track_urn: str,
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
) -> Operation[Users]:
    """GET /tracks/{track_urn}/favoriters."""
    return Operation(
        "get_tracks_track_urn_favoriters",
        "GET",
        "/tracks/{track_urn}/favoriters",
        {
            200: Users,
        },
        path={
            "track_urn": track_urn,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
        },
    )
