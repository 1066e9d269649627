"""The operations tagged `likes`, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ...imports import lazy_names

if TYPE_CHECKING:
    from .delete_likes_playlists_playlist_urn import delete_likes_playlists_playlist_urn
    from .delete_likes_tracks_track_urn import delete_likes_tracks_track_urn
    from .post_likes_playlists_playlist_urn import post_likes_playlists_playlist_urn
    from .post_likes_tracks_track_urn import post_likes_tracks_track_urn
else:
    lazy_names(
        __name__,
        {
            "delete_likes_playlists_playlist_urn": "delete_likes_playlists_playlist_urn",
            "delete_likes_tracks_track_urn": "delete_likes_tracks_track_urn",
            "post_likes_playlists_playlist_urn": "post_likes_playlists_playlist_urn",
            "post_likes_tracks_track_urn": "post_likes_tracks_track_urn",
        },
    )

__all__ = [
    "delete_likes_playlists_playlist_urn",
    "delete_likes_tracks_track_urn",
    "post_likes_playlists_playlist_urn",
    "post_likes_tracks_track_urn",
]
