"""The operations tagged `users`, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ...imports import lazy_names

if TYPE_CHECKING:
    from .get_users_user_urn import get_users_user_urn
    from .get_users_user_urn_favorites import get_users_user_urn_favorites
    from .get_users_user_urn_followers import get_users_user_urn_followers
    from .get_users_user_urn_followings import get_users_user_urn_followings
    from .get_users_user_urn_followings_following_urn import get_users_user_urn_followings_following_urn
    from .get_users_user_urn_likes_playlists import get_users_user_urn_likes_playlists
    from .get_users_user_urn_likes_tracks import get_users_user_urn_likes_tracks
    from .get_users_user_urn_playlists import get_users_user_urn_playlists
    from .get_users_user_urn_related import get_users_user_urn_related
    from .get_users_user_urn_reposts_playlists import get_users_user_urn_reposts_playlists
    from .get_users_user_urn_reposts_tracks import get_users_user_urn_reposts_tracks
    from .get_users_user_urn_tracks import get_users_user_urn_tracks
    from .get_users_user_urn_web_profiles import get_users_user_urn_web_profiles
else:
    lazy_names(
        __name__,
        {
            "get_users_user_urn": "get_users_user_urn",
            "get_users_user_urn_favorites": "get_users_user_urn_favorites",
            "get_users_user_urn_followers": "get_users_user_urn_followers",
            "get_users_user_urn_followings": "get_users_user_urn_followings",
            "get_users_user_urn_followings_following_urn": "get_users_user_urn_followings_following_urn",
            "get_users_user_urn_likes_playlists": "get_users_user_urn_likes_playlists",
            "get_users_user_urn_likes_tracks": "get_users_user_urn_likes_tracks",
            "get_users_user_urn_playlists": "get_users_user_urn_playlists",
            "get_users_user_urn_related": "get_users_user_urn_related",
            "get_users_user_urn_reposts_playlists": "get_users_user_urn_reposts_playlists",
            "get_users_user_urn_reposts_tracks": "get_users_user_urn_reposts_tracks",
            "get_users_user_urn_tracks": "get_users_user_urn_tracks",
            "get_users_user_urn_web_profiles": "get_users_user_urn_web_profiles",
        },
    )

__all__ = [
    "get_users_user_urn",
    "get_users_user_urn_favorites",
    "get_users_user_urn_followers",
    "get_users_user_urn_followings",
    "get_users_user_urn_followings_following_urn",
    "get_users_user_urn_likes_playlists",
    "get_users_user_urn_likes_tracks",
    "get_users_user_urn_playlists",
    "get_users_user_urn_related",
    "get_users_user_urn_reposts_playlists",
    "get_users_user_urn_reposts_tracks",
    "get_users_user_urn_tracks",
    "get_users_user_urn_web_profiles",
]
