"""GET /tracks/{track_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.track import Track
from ...types import Operation


def get_tracks_track_urn(
    track_urn: str,
    *,
    secret_token: str | None = None,
) -> Operation[Track]:
    """GET /tracks/{track_urn}."""
    return Operation(
        "get_tracks_track_urn",
        "GET",
        "/tracks/{track_urn}",
        {
            200: Track,
        },
        path={
            "track_urn": track_urn,
        },
        query={
            "secret_token": secret_token,
        },
    )
