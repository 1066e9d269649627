"""GET /me/activities/tracks. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.activities import Activities
from ...types import Operation


def get_me_activities_tracks(
    *,
    access: str | None = None,
    limit: int | None = None,
) -> Operation[Activities]:
    """GET /me/activities/tracks (deprecated)."""
    return Operation(
        "get_me_activities_tracks",
        "GET",
        "/me/activities/tracks",
        {
            200: Activities,
        },
        query={
            "access": access,
            "limit": limit,
        },
    )
