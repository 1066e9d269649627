"""GET /me/playlists. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.playlists import Playlists
from ...types import Operation


def get_me_playlists(
    *,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    show_tracks: bool | None = None,
) -> Operation[Playlists]:
    """GET /me/playlists."""
    return Operation(
        "get_me_playlists",
        "GET",
        "/me/playlists",
        {
            200: Playlists,
        },
        query={
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "show_tracks": show_tracks,
        },
    )
