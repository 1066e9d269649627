"""GET /playlists/{playlist_urn}/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.tracks import Tracks
from ...types import Operation


def get_playlists_playlist_urn_tracks(
    playlist_urn: str,
    *,
    access: str | None = None,
    linked_partitioning: bool | None = None,
    secret_token: str | None = None,
) -> Operation[Tracks]:
    """GET /playlists/{playlist_urn}/tracks."""
    return Operation(
        "get_playlists_playlist_urn_tracks",
        "GET",
        "/playlists/{playlist_urn}/tracks",
        {
            200: Tracks,
        },
        path={
            "playlist_urn": playlist_urn,
        },
        query={
            "access": access,
            "linked_partitioning": linked_partitioning,
            "secret_token": secret_token,
        },
    )
