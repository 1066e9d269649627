"""Models of responses: generated from SoundCloud's OpenAPI document, and `Station`, which SoundCloud has only announced."""

from soundcloud._protocol.announced.station import Station
from soundcloud_api.models import (
    Access,
    Activities,
    Activity,
    Comment,
    Comments,
    Me,
    Playlist,
    Playlists,
    Product,
    Quota,
    Storefront,
    StorefrontType,
    Streams,
    Subscription,
    Track,
    Tracks,
    User,
    Users,
    WebProfile,
)
from soundcloud_api.types import Model

__all__ = [
    "Access",
    "Activities",
    "Activity",
    "Comment",
    "Comments",
    "Me",
    "Model",
    "Playlist",
    "Playlists",
    "Product",
    "Quota",
    "Station",
    "Storefront",
    "StorefrontType",
    "Streams",
    "Subscription",
    "Track",
    "Tracks",
    "User",
    "Users",
    "WebProfile",
]
