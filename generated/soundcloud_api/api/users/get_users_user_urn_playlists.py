"""GET /users/{user_urn}/playlists. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.playlists import Playlists
from ...types import Operation


def get_users_user_urn_playlists(
    user_urn: str,
    *,
    access: str | None = None,
    limit: int | None = None,
    linked_partitioning: bool | None = None,
    show_tracks: bool | None = None,
) -> Operation[Playlists]:
    """GET /users/{user_urn}/playlists."""
    return Operation(
        "get_users_user_urn_playlists",
        "GET",
        "/users/{user_urn}/playlists",
        {
            200: Playlists,
        },
        path={
            "user_urn": user_urn,
        },
        query={
            "access": access,
            "limit": limit,
            "linked_partitioning": linked_partitioning,
            "show_tracks": show_tracks,
        },
    )
