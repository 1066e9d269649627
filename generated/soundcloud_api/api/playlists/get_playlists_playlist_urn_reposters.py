"""GET /playlists/{playlist_urn}/reposters. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_playlists_playlist_urn_reposters(
    playlist_urn: str,
    *,
    limit: int | None = None,
) -> Operation[Users]:
    """GET /playlists/{playlist_urn}/reposters."""
    return Operation(
        "get_playlists_playlist_urn_reposters",
        "GET",
        "/playlists/{playlist_urn}/reposters",
        {
            200: Users,
        },
        path={
            "playlist_urn": playlist_urn,
        },
        query={
            "limit": limit,
        },
    )
