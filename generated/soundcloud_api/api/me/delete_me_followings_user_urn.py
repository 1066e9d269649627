"""DELETE /me/followings/{user_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...types import Operation


def delete_me_followings_user_urn(
    user_urn: str,
) -> Operation[None]:
    """DELETE /me/followings/{user_urn}."""
    return Operation(
        "delete_me_followings_user_urn",
        "DELETE",
        "/me/followings/{user_urn}",
        {
            200: None,
        },
        path={
            "user_urn": user_urn,
        },
    )
