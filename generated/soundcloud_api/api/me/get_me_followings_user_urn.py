"""GET /me/followings/{user_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.user import User
from ...types import Operation


def get_me_followings_user_urn(
    user_urn: str,
) -> Operation[User]:
    """GET /me/followings/{user_urn} (deprecated)."""
    return Operation(
        "get_me_followings_user_urn",
        "GET",
        "/me/followings/{user_urn}",
        {
            200: User,
        },
        path={
            "user_urn": user_urn,
        },
    )
