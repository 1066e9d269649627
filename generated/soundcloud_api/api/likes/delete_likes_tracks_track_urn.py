"""DELETE /likes/tracks/{track_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def delete_likes_tracks_track_urn(
    track_urn: str,
) -> Operation[None]:
    """DELETE /likes/tracks/{track_urn}."""
    return Operation(
        "delete_likes_tracks_track_urn",
        "DELETE",
        "/likes/tracks/{track_urn}",
        {
            200: None,
        },
        path={
            "track_urn": track_urn,
        },
    )
