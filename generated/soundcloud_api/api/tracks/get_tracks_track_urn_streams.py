"""GET /tracks/{track_urn}/streams. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.streams import Streams
from ...types import Operation


def get_tracks_track_urn_streams(
    track_urn: str,
    *,
    secret_token: str | None = None,
) -> Operation[Streams]:
    """GET /tracks/{track_urn}/streams."""
    return Operation(
        "get_tracks_track_urn_streams",
        "GET",
        "/tracks/{track_urn}/streams",
        {
            200: Streams,
        },
        path={
            "track_urn": track_urn,
        },
        query={
            "secret_token": secret_token,
        },
    )
