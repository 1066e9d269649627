"""GET /me/feed/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.activities import Activities
from ...types import Operation


def get_me_feed_tracks(
    *,
    access: str | None = None,
    limit: int | None = None,
) -> Operation[Activities]:
    """GET /me/feed/tracks."""
    return Operation(
        "get_me_feed_tracks",
        "GET",
        "/me/feed/tracks",
        {
            200: Activities,
        },
        query={
            "access": access,
            "limit": limit,
        },
    )
