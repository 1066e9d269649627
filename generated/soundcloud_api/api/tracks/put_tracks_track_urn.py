"""PUT /tracks/{track_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.track import Track
from ...models.track_metadata_request import TrackMetadataRequest
from ...models.track_update_form_request import TrackUpdateFormRequest
from ...types import Operation


def put_tracks_track_urn(
    track_urn: str,
    *,
    body: TrackMetadataRequest | TrackUpdateFormRequest,
) -> Operation[Track]:
    """PUT /tracks/{track_urn}."""
    return Operation(
        "put_tracks_track_urn",
        "PUT",
        "/tracks/{track_urn}",
        {
            200: Track,
        },
        path={
            "track_urn": track_urn,
        },
        body=body,
    )
