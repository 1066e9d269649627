"""The models of responses and request bodies.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""

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
