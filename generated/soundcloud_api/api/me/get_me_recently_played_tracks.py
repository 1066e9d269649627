"""GET /me/recently-played/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.tracks import Tracks
from ...types import Operation


def get_me_recently_played_tracks(
    *,
    access: str | None = None,
) -> Operation[Tracks]:
    """GET /me/recently-played/tracks."""
    return Operation(
        "get_me_recently_played_tracks",
        "GET",
        "/me/recently-played/tracks",
        {
            200: Tracks,
        },
        query={
            "access": access,
        },
    )
