"""The operations tagged `me`, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ...imports import lazy_names

if TYPE_CHECKING:
    from .delete_me_followings_user_urn import delete_me_followings_user_urn
    from .get_me import get_me
    from .get_me_activities import get_me_activities
    from .get_me_activities_all_own import get_me_activities_all_own
    from .get_me_activities_tracks import get_me_activities_tracks
    from .get_me_feed import get_me_feed
    from .get_me_feed_tracks import get_me_feed_tracks
    from .get_me_followers import get_me_followers
    from .get_me_followers_follower_urn import get_me_followers_follower_urn
    from .get_me_followings import get_me_followings
    from .get_me_followings_tracks import get_me_followings_tracks
    from .get_me_followings_user_urn import get_me_followings_user_urn
    from .get_me_likes_playlists import get_me_likes_playlists
    from .get_me_likes_tracks import get_me_likes_tracks
    from .get_me_playlists import get_me_playlists
    from .get_me_recently_played_tracks import get_me_recently_played_tracks
    from .get_me_reposts_playlists import get_me_reposts_playlists
    from .get_me_reposts_tracks import get_me_reposts_tracks
    from .get_me_tracks import get_me_tracks
    from .put_me_followings_user_urn import put_me_followings_user_urn
else:
    lazy_names(
        __name__,
        {
            "delete_me_followings_user_urn": "delete_me_followings_user_urn",
            "get_me": "get_me",
            "get_me_activities": "get_me_activities",
            "get_me_activities_all_own": "get_me_activities_all_own",
            "get_me_activities_tracks": "get_me_activities_tracks",
            "get_me_feed": "get_me_feed",
            "get_me_feed_tracks": "get_me_feed_tracks",
            "get_me_followers": "get_me_followers",
            "get_me_followers_follower_urn": "get_me_followers_follower_urn",
            "get_me_followings": "get_me_followings",
            "get_me_followings_tracks": "get_me_followings_tracks",
            "get_me_followings_user_urn": "get_me_followings_user_urn",
            "get_me_likes_playlists": "get_me_likes_playlists",
            "get_me_likes_tracks": "get_me_likes_tracks",
            "get_me_playlists": "get_me_playlists",
            "get_me_recently_played_tracks": "get_me_recently_played_tracks",
            "get_me_reposts_playlists": "get_me_reposts_playlists",
            "get_me_reposts_tracks": "get_me_reposts_tracks",
            "get_me_tracks": "get_me_tracks",
            "put_me_followings_user_urn": "put_me_followings_user_urn",
        },
    )

__all__ = [
    "delete_me_followings_user_urn",
    "get_me",
    "get_me_activities",
    "get_me_activities_all_own",
    "get_me_activities_tracks",
    "get_me_feed",
    "get_me_feed_tracks",
    "get_me_followers",
    "get_me_followers_follower_urn",
    "get_me_followings",
    "get_me_followings_tracks",
    "get_me_followings_user_urn",
    "get_me_likes_playlists",
    "get_me_likes_tracks",
    "get_me_playlists",
    "get_me_recently_played_tracks",
    "get_me_reposts_playlists",
    "get_me_reposts_tracks",
    "get_me_tracks",
    "put_me_followings_user_urn",
]
