"""GET /tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.tracks import Tracks
from ...types import Operation


def get_tracks(
    *,
    access: str | None = None,
    bpm_from: int | None = None,
    bpm_to: int | None = None,
    created_at_from: str | None = None,
    created_at_to: str | None = None,
    duration_from: int | None = None,
    duration_to: int | None = None,
    genres: str | None = None,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    offset: int | None = None,
    q: str | None = None,
    tags: str | None = None,
    urns: str | None = None,
) -> Operation[Tracks]:
    """GET /tracks."""
    return Operation(
        "get_tracks",
        "GET",
        "/tracks",
        {
            200: Tracks,
        },
        query={
            "access": access,
            "bpm[from]": bpm_from,
            "bpm[to]": bpm_to,
            "created_at[from]": created_at_from,
            "created_at[to]": created_at_to,
            "duration[from]": duration_from,
            "duration[to]": duration_to,
            "genres": genres,
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "offset": offset,
            "q": q,
            "tags": tags,
            "urns": urns,
        },
    )
