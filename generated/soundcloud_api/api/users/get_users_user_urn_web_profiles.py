"""GET /users/{user_urn}/web-profiles. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.web_profile import WebProfile
from ...types import Operation


def get_users_user_urn_web_profiles(
    user_urn: str,
    *,
    limit: int | None = None,
) -> Operation[list[WebProfile]]:
    """GET /users/{user_urn}/web-profiles."""
    return Operation(
        "get_users_user_urn_web_profiles",
        "GET",
        "/users/{user_urn}/web-profiles",
        {
            200: list[WebProfile],
        },
        path={
            "user_urn": user_urn,
        },
        query={
            "limit": limit,
        },
    )
