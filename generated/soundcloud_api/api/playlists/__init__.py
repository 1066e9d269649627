"""The operations tagged `playlists`.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from .delete_playlists_playlist_urn import delete_playlists_playlist_urn
from .get_playlists_playlist_urn import get_playlists_playlist_urn
from .get_playlists_playlist_urn_reposters import get_playlists_playlist_urn_reposters
from .get_playlists_playlist_urn_tracks import get_playlists_playlist_urn_tracks
from .post_playlists import post_playlists
from .put_playlists_playlist_urn import put_playlists_playlist_urn

__all__ = [
    "delete_playlists_playlist_urn",
    "get_playlists_playlist_urn",
    "get_playlists_playlist_urn_reposters",
    "get_playlists_playlist_urn_tracks",
    "post_playlists",
    "put_playlists_playlist_urn",
]
