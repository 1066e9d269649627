"""GET /me/followers/{follower_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.user import User
from ...types import Operation


def get_me_followers_follower_urn(
    follower_urn: str,
) -> Operation[User]:
    """GET /me/followers/{follower_urn} (deprecated)."""
    return Operation(
        "get_me_followers_follower_urn",
        "GET",
        "/me/followers/{follower_urn}",
        {
            200: User,
        },
        path={
            "follower_urn": follower_urn,
        },
    )
