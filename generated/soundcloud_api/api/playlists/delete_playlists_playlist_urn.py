"""DELETE /playlists/{playlist_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def delete_playlists_playlist_urn(
    playlist_urn: str,
) -> Operation[None]:
    """DELETE /playlists/{playlist_urn}."""
    return Operation(
        "delete_playlists_playlist_urn",
        "DELETE",
        "/playlists/{playlist_urn}",
        {
            200: None,
        },
        path={
            "playlist_urn": playlist_urn,
        },
    )
