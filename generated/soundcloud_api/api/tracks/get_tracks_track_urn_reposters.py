"""GET /tracks/{track_urn}/reposters. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.users import Users
from ...types import Operation


def get_tracks_track_urn_reposters(
    track_urn: str,
    *,
    limit: int | None = None,
) -> Operation[Users]:
    """GET /tracks/{track_urn}/reposters."""
    return Operation(
        "get_tracks_track_urn_reposters",
        "GET",
        "/tracks/{track_urn}/reposters",
        {
            200: Users,
        },
        path={
            "track_urn": track_urn,
        },
        query={
            "limit": limit,
        },
    )
