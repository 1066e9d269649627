"""GET /tracks/{track_urn}/related. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.tracks import Tracks
from ...types import Operation


def get_tracks_track_urn_related(
    track_urn: str,
    *,
    access: str | None = None,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    offset: int | None = None,
) -> Operation[Tracks]:
    """GET /tracks/{track_urn}/related."""
    return Operation(
        "get_tracks_track_urn_related",
        "GET",
        "/tracks/{track_urn}/related",
        {
            200: Tracks,
        },
        path={
            "track_urn": track_urn,
        },
        query={
            "access": access,
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "offset": offset,
        },
    )
