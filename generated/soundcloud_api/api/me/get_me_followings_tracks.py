"""GET /me/followings/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.tracks import Tracks
from ...types import Operation


def get_me_followings_tracks(
    *,
    access: str | None = None,
    limit: int | None = None,
    offset: int | None = None,
) -> Operation[Tracks]:
    """GET /me/followings/tracks."""
    return Operation(
        "get_me_followings_tracks",
        "GET",
        "/me/followings/tracks",
        {
            200: Tracks,
        },
        query={
            "access": access,
            "limit": limit,
            "offset": offset,
        },
    )
