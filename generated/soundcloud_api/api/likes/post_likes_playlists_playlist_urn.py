"""POST /likes/playlists/{playlist_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def post_likes_playlists_playlist_urn(
    playlist_urn: str,
) -> Operation[None]:
    """POST /likes/playlists/{playlist_urn}."""
    return Operation(
        "post_likes_playlists_playlist_urn",
        "POST",
        "/likes/playlists/{playlist_urn}",
        {
            200: None,
        },
        path={
            "playlist_urn": playlist_urn,
        },
    )
