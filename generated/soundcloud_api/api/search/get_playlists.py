"""GET /playlists. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.playlists import Playlists
from ...types import Operation


def get_playlists(
    *,
    access: str | None = None,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    offset: int | None = None,
    q: str | None = None,
    show_tracks: bool | None = None,
) -> Operation[Playlists]:
    """GET /playlists."""
    return Operation(
        "get_playlists",
        "GET",
        "/playlists",
        {
            200: Playlists,
        },
        query={
            "access": access,
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "offset": offset,
            "q": q,
            "show_tracks": show_tracks,
        },
    )
