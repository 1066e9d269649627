"""DELETE /reposts/tracks/{track_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def delete_reposts_tracks_track_urn(
    track_urn: str,
) -> Operation[None]:
    """DELETE /reposts/tracks/{track_urn} (deprecated)."""
    return Operation(
        "delete_reposts_tracks_track_urn",
        "DELETE",
        "/reposts/tracks/{track_urn}",
        {
            200: None,
        },
        path={
            "track_urn": track_urn,
        },
    )
