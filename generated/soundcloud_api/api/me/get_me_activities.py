"""GET /me/activities. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.activities import Activities
from ...types import Operation


def get_me_activities(
    *,
    access: str | None = None,
    limit: int | None = None,
) -> Operation[Activities]:
    """GET /me/activities (deprecated)."""
    return Operation(
        "get_me_activities",
        "GET",
        "/me/activities",
        {
            200: Activities,
        },
        query={
            "access": access,
            "limit": limit,
        },
    )
