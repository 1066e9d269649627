"""PUT /me/followings/{user_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.user import User
from ...types import Operation


def put_me_followings_user_urn(
    user_urn: str,
) -> Operation[User | None]:
    """PUT /me/followings/{user_urn}."""
    return Operation(
        "put_me_followings_user_urn",
        "PUT",
        "/me/followings/{user_urn}",
        {
            200: None,
            201: User,
        },
        path={
            "user_urn": user_urn,
        },
    )
