"""The models of responses and request bodies, each imported at its first use.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

from typing import TYPE_CHECKING

from ..imports import lazy_names

if TYPE_CHECKING:
    from .access import Access
    from .activities import Activities
    from .activity import Activity
    from .comment import Comment
    from .comment_metadata import CommentMetadata
    from .comments import Comments
    from .create_comment_request import CreateCommentRequest
    from .create_update_playlist_form_request import CreateUpdatePlaylistFormRequest
    from .create_update_playlist_request import CreateUpdatePlaylistRequest
    from .embeddable_by import EmbeddableBy
    from .error import Error
    from .error_item import ErrorItem
    from .found import Found
    from .license_ import License
    from .me import Me
    from .playlist import Playlist
    from .playlist_metadata import PlaylistMetadata
    from .playlists import Playlists
    from .product import Product
    from .quota import Quota
    from .set_type import SetType
    from .sharing import Sharing
    from .sort_order import SortOrder
    from .storefront import Storefront
    from .storefront_type import StorefrontType
    from .storefront_update_request import StorefrontUpdateRequest
    from .streams import Streams
    from .subscription import Subscription
    from .too_many_requests import TooManyRequests
    from .track import Track
    from .track_data_request import TrackDataRequest
    from .track_metadata import TrackMetadata
    from .track_metadata_request import TrackMetadataRequest
    from .track_reference import TrackReference
    from .track_update_form_request import TrackUpdateFormRequest
    from .tracks import Tracks
    from .user import User
    from .users import Users
    from .web_profile import WebProfile
else:
    lazy_names(
        __name__,
        {
            "Access": "access",
            "Activities": "activities",
            "Activity": "activity",
            "Comment": "comment",
            "CommentMetadata": "comment_metadata",
            "Comments": "comments",
            "CreateCommentRequest": "create_comment_request",
            "CreateUpdatePlaylistFormRequest": "create_update_playlist_form_request",
            "CreateUpdatePlaylistRequest": "create_update_playlist_request",
            "EmbeddableBy": "embeddable_by",
            "Error": "error",
            "ErrorItem": "error_item",
            "Found": "found",
            "License": "license_",
            "Me": "me",
            "Playlist": "playlist",
            "PlaylistMetadata": "playlist_metadata",
            "Playlists": "playlists",
            "Product": "product",
            "Quota": "quota",
            "SetType": "set_type",
            "Sharing": "sharing",
            "SortOrder": "sort_order",
            "Storefront": "storefront",
            "StorefrontType": "storefront_type",
            "StorefrontUpdateRequest": "storefront_update_request",
            "Streams": "streams",
            "Subscription": "subscription",
            "TooManyRequests": "too_many_requests",
            "Track": "track",
            "TrackDataRequest": "track_data_request",
            "TrackMetadata": "track_metadata",
            "TrackMetadataRequest": "track_metadata_request",
            "TrackReference": "track_reference",
            "TrackUpdateFormRequest": "track_update_form_request",
            "Tracks": "tracks",
            "User": "user",
            "Users": "users",
            "WebProfile": "web_profile",
        },
    )

__all__ = [
    "Access",
    "Activities",
    "Activity",
    "Comment",
    "CommentMetadata",
    "Comments",
    "CreateCommentRequest",
    "CreateUpdatePlaylistFormRequest",
    "CreateUpdatePlaylistRequest",
    "EmbeddableBy",
    "Error",
    "ErrorItem",
    "Found",
    "License",
    "Me",
    "Playlist",
    "PlaylistMetadata",
    "Playlists",
    "Product",
    "Quota",
    "SetType",
    "Sharing",
    "SortOrder",
    "Storefront",
    "StorefrontType",
    "StorefrontUpdateRequest",
    "Streams",
    "Subscription",
    "TooManyRequests",
    "Track",
    "TrackDataRequest",
    "TrackMetadata",
    "TrackMetadataRequest",
    "TrackReference",
    "Tracks",
    "TrackUpdateFormRequest",
    "User",
    "Users",
    "WebProfile",
]
