"""The operations tagged `search`, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ...imports import lazy_names

if TYPE_CHECKING:
    from .get_playlists import get_playlists
    from .get_tracks import get_tracks
    from .get_users import get_users
else:
    lazy_names(
        __name__,
        {
            "get_playlists": "get_playlists",
            "get_tracks": "get_tracks",
            "get_users": "get_users",
        },
    )

__all__ = [
    "get_playlists",
    "get_tracks",
    "get_users",
]
