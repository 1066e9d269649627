"""POST /reposts/tracks/{track_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def post_reposts_tracks_track_urn(
    track_urn: str,
) -> Operation[None]:
    """POST /reposts/tracks/{track_urn}."""
    return Operation(
        "post_reposts_tracks_track_urn",
        "POST",
        "/reposts/tracks/{track_urn}",
        {
            201: None,
        },
        path={
            "track_urn": track_urn,
        },
    )
