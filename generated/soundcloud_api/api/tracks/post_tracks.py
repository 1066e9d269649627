"""POST /tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.track import Track
from ...models.track_data_request import TrackDataRequest
from ...types import Operation


def post_tracks(
    *,
    body: TrackDataRequest,
) -> Operation[Track]:
    """POST /tracks."""
    return Operation(
        "post_tracks",
        "POST",
        "/tracks",
        {
            201: Track,
        },
        body=body,
    )
