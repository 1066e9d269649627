"""The table of operations; importing it does not import the models.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import NamedTuple


class OperationInfo(NamedTuple):
    """An operation of the document."""

    id: str
    method: str
    path: str
    tag: str
    deprecated: bool


OPERATIONS: dict[str, OperationInfo] = {
    "delete_likes_playlists_playlist_urn": OperationInfo(
        "delete_likes_playlists_playlist_urn", "DELETE", "/likes/playlists/{playlist_urn}", "likes", False
    ),
    "post_likes_playlists_playlist_urn": OperationInfo(
        "post_likes_playlists_playlist_urn", "POST", "/likes/playlists/{playlist_urn}", "likes", False
    ),
    "delete_likes_tracks_track_urn": OperationInfo(
        "delete_likes_tracks_track_urn", "DELETE", "/likes/tracks/{track_urn}", "likes", False
    ),
    "post_likes_tracks_track_urn": OperationInfo(
        "post_likes_tracks_track_urn", "POST", "/likes/tracks/{track_urn}", "likes", False
    ),
    "get_me": OperationInfo("get_me", "GET", "/me", "me", False),
    "get_me_activities": OperationInfo("get_me_activities", "GET", "/me/activities", "me", True),
    "get_me_activities_all_own": OperationInfo(
        "get_me_activities_all_own", "GET", "/me/activities/all/own", "me", True
    ),
    "get_me_activities_tracks": OperationInfo("get_me_activities_tracks", "GET", "/me/activities/tracks", "me", True),
    "get_me_feed": OperationInfo("get_me_feed", "GET", "/me/feed", "me", False),
    "get_me_feed_tracks": OperationInfo("get_me_feed_tracks", "GET", "/me/feed/tracks", "me", False),
    "get_me_followers": OperationInfo("get_me_followers", "GET", "/me/followers", "me", False),
    "get_me_followers_follower_urn": OperationInfo(
        "get_me_followers_follower_urn", "GET", "/me/followers/{follower_urn}", "me", True
    ),
    "get_me_followings": OperationInfo("get_me_followings", "GET", "/me/followings", "me", False),
    "get_me_followings_tracks": OperationInfo("get_me_followings_tracks", "GET", "/me/followings/tracks", "me", False),
    "delete_me_followings_user_urn": OperationInfo(
        "delete_me_followings_user_urn", "DELETE", "/me/followings/{user_urn}", "me", False
    ),
    "get_me_followings_user_urn": OperationInfo(
        "get_me_followings_user_urn", "GET", "/me/followings/{user_urn}", "me", True
    ),
    "put_me_followings_user_urn": OperationInfo(
        "put_me_followings_user_urn", "PUT", "/me/followings/{user_urn}", "me", False
    ),
    "get_me_likes_playlists": OperationInfo("get_me_likes_playlists", "GET", "/me/likes/playlists", "me", False),
    "get_me_likes_tracks": OperationInfo("get_me_likes_tracks", "GET", "/me/likes/tracks", "me", False),
    "get_me_playlists": OperationInfo("get_me_playlists", "GET", "/me/playlists", "me", False),
    "get_me_recently_played_tracks": OperationInfo(
        "get_me_recently_played_tracks", "GET", "/me/recently-played/tracks", "me", False
    ),
    "get_me_reposts_playlists": OperationInfo("get_me_reposts_playlists", "GET", "/me/reposts/playlists", "me", False),
    "get_me_reposts_tracks": OperationInfo("get_me_reposts_tracks", "GET", "/me/reposts/tracks", "me", False),
    "get_me_tracks": OperationInfo("get_me_tracks", "GET", "/me/tracks", "me", False),
    "get_playlists": OperationInfo("get_playlists", "GET", "/playlists", "search", False),
    "post_playlists": OperationInfo("post_playlists", "POST", "/playlists", "playlists", False),
    "delete_playlists_playlist_urn": OperationInfo(
        "delete_playlists_playlist_urn", "DELETE", "/playlists/{playlist_urn}", "playlists", False
    ),
    "get_playlists_playlist_urn": OperationInfo(
        "get_playlists_playlist_urn", "GET", "/playlists/{playlist_urn}", "playlists", False
    ),
    "put_playlists_playlist_urn": OperationInfo(
        "put_playlists_playlist_urn", "PUT", "/playlists/{playlist_urn}", "playlists", False
    ),
    "get_playlists_playlist_urn_reposters": OperationInfo(
        "get_playlists_playlist_urn_reposters", "GET", "/playlists/{playlist_urn}/reposters", "playlists", False
    ),
    "get_playlists_playlist_urn_tracks": OperationInfo(
        "get_playlists_playlist_urn_tracks", "GET", "/playlists/{playlist_urn}/tracks", "playlists", False
    ),
    "delete_reposts_playlists_playlist_urn": OperationInfo(
        "delete_reposts_playlists_playlist_urn", "DELETE", "/reposts/playlists/{playlist_urn}", "reposts", False
    ),
    "post_reposts_playlists_playlist_urn": OperationInfo(
        "post_reposts_playlists_playlist_urn", "POST", "/reposts/playlists/{playlist_urn}", "reposts", False
    ),
    "delete_reposts_tracks_track_urn": OperationInfo(
        "delete_reposts_tracks_track_urn", "DELETE", "/reposts/tracks/{track_urn}", "reposts", True
    ),
    "post_reposts_tracks_track_urn": OperationInfo(
        "post_reposts_tracks_track_urn", "POST", "/reposts/tracks/{track_urn}", "reposts", False
    ),
    "get_resolve": OperationInfo("get_resolve", "GET", "/resolve", "miscellaneous", False),
    "post_sign_out": OperationInfo("post_sign_out", "POST", "/sign-out", "oauth", False),
    "get_tracks": OperationInfo("get_tracks", "GET", "/tracks", "search", False),
    "post_tracks": OperationInfo("post_tracks", "POST", "/tracks", "tracks", False),
    "delete_tracks_track_urn": OperationInfo(
        "delete_tracks_track_urn", "DELETE", "/tracks/{track_urn}", "tracks", False
    ),
    "get_tracks_track_urn": OperationInfo("get_tracks_track_urn", "GET", "/tracks/{track_urn}", "tracks", False),
    "put_tracks_track_urn": OperationInfo("put_tracks_track_urn", "PUT", "/tracks/{track_urn}", "tracks", False),
    "get_tracks_track_urn_comments": OperationInfo(
        "get_tracks_track_urn_comments", "GET", "/tracks/{track_urn}/comments", "tracks", False
    ),
    "post_tracks_track_urn_comments": OperationInfo(
        "post_tracks_track_urn_comments", "POST", "/tracks/{track_urn}/comments", "tracks", False
    ),
    "get_tracks_track_urn_favoriters": OperationInfo(
        "get_tracks_track_urn_favoriters", "GET", "/tracks/{track_urn}/favoriters", "tracks", False
    ),
    "get_tracks_track_urn_preview": OperationInfo(
        "get_tracks_track_urn_preview", "GET", "/tracks/{track_urn}/preview", "tracks", False
    ),
    "get_tracks_track_urn_related": OperationInfo(
        "get_tracks_track_urn_related", "GET", "/tracks/{track_urn}/related", "tracks", False
    ),
    "get_tracks_track_urn_reposters": OperationInfo(
        "get_tracks_track_urn_reposters", "GET", "/tracks/{track_urn}/reposters", "tracks", False
    ),
    "put_tracks_track_urn_storefront": OperationInfo(
        "put_tracks_track_urn_storefront", "PUT", "/tracks/{track_urn}/storefront", "tracks", False
    ),
    "get_tracks_track_urn_streams": OperationInfo(
        "get_tracks_track_urn_streams", "GET", "/tracks/{track_urn}/streams", "tracks", False
    ),
    "get_users": OperationInfo("get_users", "GET", "/users", "search", False),
    "get_users_user_urn": OperationInfo("get_users_user_urn", "GET", "/users/{user_urn}", "users", False),
    "get_users_user_urn_favorites": OperationInfo(
        "get_users_user_urn_favorites", "GET", "/users/{user_urn}/favorites", "users", True
    ),
    "get_users_user_urn_followers": OperationInfo(
        "get_users_user_urn_followers", "GET", "/users/{user_urn}/followers", "users", False
    ),
    "get_users_user_urn_followings": OperationInfo(
        "get_users_user_urn_followings", "GET", "/users/{user_urn}/followings", "users", False
    ),
    "get_users_user_urn_followings_following_urn": OperationInfo(
        "get_users_user_urn_followings_following_urn",
        "GET",
        "/users/{user_urn}/followings/{following_urn}",
        "users",
        True,
    ),
    "get_users_user_urn_likes_playlists": OperationInfo(
        "get_users_user_urn_likes_playlists", "GET", "/users/{user_urn}/likes/playlists", "users", False
    ),
    "get_users_user_urn_likes_tracks": OperationInfo(
        "get_users_user_urn_likes_tracks", "GET", "/users/{user_urn}/likes/tracks", "users", False
    ),
    "get_users_user_urn_playlists": OperationInfo(
        "get_users_user_urn_playlists", "GET", "/users/{user_urn}/playlists", "users", False
    ),
    "get_users_user_urn_related": OperationInfo(
        "get_users_user_urn_related", "GET", "/users/{user_urn}/related", "users", False
    ),
    "get_users_user_urn_reposts_playlists": OperationInfo(
        "get_users_user_urn_reposts_playlists", "GET", "/users/{user_urn}/reposts/playlists", "users", False
    ),
    "get_users_user_urn_reposts_tracks": OperationInfo(
        "get_users_user_urn_reposts_tracks", "GET", "/users/{user_urn}/reposts/tracks", "users", False
    ),
    "get_users_user_urn_tracks": OperationInfo(
        "get_users_user_urn_tracks", "GET", "/users/{user_urn}/tracks", "users", False
    ),
    "get_users_user_urn_web_profiles": OperationInfo(
        "get_users_user_urn_web_profiles", "GET", "/users/{user_urn}/web-profiles", "users", False
    ),
}
"""All operations by id."""
