"""DELETE /tracks/{track_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def delete_tracks_track_urn(
    track_urn: str,
) -> Operation[None]:
    """DELETE /tracks/{track_urn}."""
    return Operation(
        "delete_tracks_track_urn",
        "DELETE",
        "/tracks/{track_urn}",
        {
            200: None,
        },
        path={
            "track_urn": track_urn,
        },
    )
