"""GET /users/{user_urn}. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.user import User
from ...types import Operation


def get_users_user_urn(
    user_urn: str,
) -> Operation[User]:
    """GET /users/{user_urn}."""
    return Operation(
        "get_users_user_urn",
        "GET",
        "/users/{user_urn}",
        {
            200: User,
        },
        path={
            "user_urn": user_urn,
        },
    )
