"""PUT /playlists/{playlist_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.create_update_playlist_request import CreateUpdatePlaylistRequest
from ...models.playlist import Playlist
from ...types import Operation


def put_playlists_playlist_urn(
    playlist_urn: str,
    *,
    body: CreateUpdatePlaylistRequest,
) -> Operation[Playlist]:
    """PUT /playlists/{playlist_urn}."""
    return Operation(
        "put_playlists_playlist_urn",
        "PUT",
        "/playlists/{playlist_urn}",
        {
            200: Playlist,
        },
        path={
            "playlist_urn": playlist_urn,
        },
        body=body,
    )
