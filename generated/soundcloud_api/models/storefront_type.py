"""StorefrontType. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ..types import OpenEnum


class StorefrontType(OpenEnum):
    """The documented values of StorefrontType; any other value is kept as it is."""

    APPAREL = "apparel"
    CASSETTE = "cassette"
    CD = "cd"
    DIGITAL = "digital"
    LIVE_EVENT = "live_event"
    LIVE_STREAM = "live_stream"
    OTHER = "other"
    SAMPLE_PACK = "sample_pack"
    SUBSCRIPTION = "subscription"
    VINYL = "vinyl"
