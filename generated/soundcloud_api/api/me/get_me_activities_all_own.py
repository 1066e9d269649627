"""GET /me/activities/all/own. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.activities import Activities
from ...types import Operation


def get_me_activities_all_own(
    *,
    access: str | None = None,
    limit: int | None = None,
) -> Operation[Activities]:
    """GET /me/activities/all/own (deprecated)."""
    return Operation(
        "get_me_activities_all_own",
        "GET",
        "/me/activities/all/own",
        {
            200: Activities,
        },
        query={
            "access": access,
            "limit": limit,
        },
    )
