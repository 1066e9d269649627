"""The operations tagged `likes`.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from .delete_likes_playlists_playlist_urn import delete_likes_playlists_playlist_urn
from .delete_likes_tracks_track_urn import delete_likes_tracks_track_urn
from .post_likes_playlists_playlist_urn import post_likes_playlists_playlist_urn
from .post_likes_tracks_track_urn import post_likes_tracks_track_urn

__all__ = [
    "delete_likes_playlists_playlist_urn",
    "delete_likes_tracks_track_urn",
    "post_likes_playlists_playlist_urn",
    "post_likes_tracks_track_urn",
]
