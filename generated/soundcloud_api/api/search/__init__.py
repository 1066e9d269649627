"""The operations tagged `search`.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from .get_playlists import get_playlists
from .get_tracks import get_tracks
from .get_users import get_users

__all__ = [
    "get_playlists",
    "get_tracks",
    "get_users",
]
