"""The operations tagged `playlists`, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ...imports import lazy_names

if TYPE_CHECKING:
    from .delete_playlists_playlist_urn import delete_playlists_playlist_urn
    from .get_playlists_playlist_urn import get_playlists_playlist_urn
    from .get_playlists_playlist_urn_reposters import get_playlists_playlist_urn_reposters
    from .get_playlists_playlist_urn_tracks import get_playlists_playlist_urn_tracks
    from .post_playlists import post_playlists
    from .put_playlists_playlist_urn import put_playlists_playlist_urn
else:
    lazy_names(
        __name__,
        {
            "delete_playlists_playlist_urn": "delete_playlists_playlist_urn",
            "get_playlists_playlist_urn": "get_playlists_playlist_urn",
            "get_playlists_playlist_urn_reposters": "get_playlists_playlist_urn_reposters",
            "get_playlists_playlist_urn_tracks": "get_playlists_playlist_urn_tracks",
            "post_playlists": "post_playlists",
            "put_playlists_playlist_urn": "put_playlists_playlist_urn",
        },
    )

__all__ = [
    "delete_playlists_playlist_urn",
    "get_playlists_playlist_urn",
    "get_playlists_playlist_urn_reposters",
    "get_playlists_playlist_urn_tracks",
    "post_playlists",
    "put_playlists_playlist_urn",
]
