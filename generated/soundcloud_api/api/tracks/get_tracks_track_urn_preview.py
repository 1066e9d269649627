"""GET /tracks/{track_urn}/preview. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.found import Found
from ...types import Operation


def get_tracks_track_urn_preview(
    track_urn: str,
    *,
    secret_token: str | None = None,
) -> Operation[Found]:
    """GET /tracks/{track_urn}/preview."""
    return Operation(
        "get_tracks_track_urn_preview",
        "GET",
        "/tracks/{track_urn}/preview",
        {
            302: Found,
        },
        path={
            "track_urn": track_urn,
        },
        query={
            "secret_token": secret_token,
        },
    )
