"""POST /reposts/playlists/{playlist_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def post_reposts_playlists_playlist_urn(
    playlist_urn: str,
) -> Operation[None]:
    """POST /reposts/playlists/{playlist_urn}."""
    return Operation(
        "post_reposts_playlists_playlist_urn",
        "POST",
        "/reposts/playlists/{playlist_urn}",
        {
            201: None,
        },
        path={
            "playlist_urn": playlist_urn,
        },
    )
