"""POST /likes/tracks/{track_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def post_likes_tracks_track_urn(
    track_urn: str,
) -> Operation[None]:
    """POST /likes/tracks/{track_urn}."""
    return Operation(
        "post_likes_tracks_track_urn",
        "POST",
        "/likes/tracks/{track_urn}",
        {
            200: None,
        },
        path={
            "track_urn": track_urn,
        },
    )
