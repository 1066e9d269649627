"""GET /playlists/{playlist_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.playlist import Playlist
from ...types import Operation


def get_playlists_playlist_urn(
    playlist_urn: str,
    *,
    access: str | None = None,
    secret_token: str | None = None,
    show_tracks: bool | None = None,
) -> Operation[Playlist]:
    """GET /playlists/{playlist_urn}."""
    return Operation(
        "get_playlists_playlist_urn",
        "GET",
        "/playlists/{playlist_urn}",
        {
            200: Playlist,
        },
        path={
            "playlist_urn": playlist_urn,
        },
        query={
            "access": access,
            "secret_token": secret_token,
            "show_tracks": show_tracks,
        },
    )
