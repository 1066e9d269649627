"""PUT /tracks/{track_urn}/storefront. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.storefront import Storefront
from ...models.storefront_update_request import StorefrontUpdateRequest
from ...types import Operation


def put_tracks_track_urn_storefront(
    track_urn: str,
    *,
    body: StorefrontUpdateRequest,
) -> Operation[Storefront]:
    """PUT /tracks/{track_urn}/storefront."""
    return Operation(
        "put_tracks_track_urn_storefront",
        "PUT",
        "/tracks/{track_urn}/storefront",
        {
            200: Storefront,
        },
        path={
            "track_urn": track_urn,
        },
        body=body,
    )
