"""The operations tagged `tracks`, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ...imports import lazy_names

if TYPE_CHECKING:
    from .delete_tracks_track_urn import delete_tracks_track_urn
    from .get_tracks_track_urn import get_tracks_track_urn
    from .get_tracks_track_urn_comments import get_tracks_track_urn_comments
    from .get_tracks_track_urn_favoriters import get_tracks_track_urn_favoriters
    from .get_tracks_track_urn_preview import get_tracks_track_urn_preview
    from .get_tracks_track_urn_related import get_tracks_track_urn_related
    from .get_tracks_track_urn_reposters import get_tracks_track_urn_reposters
    from .get_tracks_track_urn_streams import get_tracks_track_urn_streams
    from .post_tracks import post_tracks
    from .post_tracks_track_urn_comments import post_tracks_track_urn_comments
    from .put_tracks_track_urn import put_tracks_track_urn
    from .put_tracks_track_urn_storefront import put_tracks_track_urn_storefront
else:
    lazy_names(
        __name__,
        {
            "delete_tracks_track_urn": "delete_tracks_track_urn",
            "get_tracks_track_urn": "get_tracks_track_urn",
            "get_tracks_track_urn_comments": "get_tracks_track_urn_comments",
            "get_tracks_track_urn_favoriters": "get_tracks_track_urn_favoriters",
            "get_tracks_track_urn_preview": "get_tracks_track_urn_preview",
            "get_tracks_track_urn_related": "get_tracks_track_urn_related",
            "get_tracks_track_urn_reposters": "get_tracks_track_urn_reposters",
            "get_tracks_track_urn_streams": "get_tracks_track_urn_streams",
            "post_tracks": "post_tracks",
            "post_tracks_track_urn_comments": "post_tracks_track_urn_comments",
            "put_tracks_track_urn": "put_tracks_track_urn",
            "put_tracks_track_urn_storefront": "put_tracks_track_urn_storefront",
        },
    )

__all__ = [
    "delete_tracks_track_urn",
    "get_tracks_track_urn",
    "get_tracks_track_urn_comments",
    "get_tracks_track_urn_favoriters",
    "get_tracks_track_urn_preview",
    "get_tracks_track_urn_related",
    "get_tracks_track_urn_reposters",
    "get_tracks_track_urn_streams",
    "post_tracks",
    "post_tracks_track_urn_comments",
    "put_tracks_track_urn",
    "put_tracks_track_urn_storefront",
]
