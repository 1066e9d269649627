"""A client for the SoundCloud API: `SoundCloudClient` and `AsyncSoundCloudClient`.

Modules are imported when one of their names is first used, so that `import soundcloud` is fast.
"""

import importlib
import typing

from soundcloud._version import __version__

if typing.TYPE_CHECKING:
    from soundcloud._async.client import AsyncClientSettings, AsyncSoundCloudClient
    from soundcloud._async.pages import AsyncPage
    from soundcloud._async.streams import AsyncStream
    from soundcloud._sync.client import ClientSettings, SoundCloudClient
    from soundcloud._sync.pages import Page
    from soundcloud._sync.streams import Stream
    from soundcloud.artwork import artwork_url
    from soundcloud.attribution import Attribution, get_attribution
    from soundcloud.errors import (
        BadRequestError,
        ClosedClientError,
        ConnectionFailedError,
        EdgeError,
        ForbiddenError,
        GatewayError,
        InvalidClientError,
        InvalidGrantError,
        InvalidInputError,
        MissingTokenError,
        NotFoundError,
        NotPlayableError,
        NotReadyError,
        NotStartedError,
        PaginationError,
        PlaylistChangedError,
        QuotaExceededError,
        RateLimit,
        RateLimitError,
        RequestTimeoutError,
        ResponseTooLargeError,
        ServerError,
        SignInError,
        SoundCloudError,
        SpamWarningError,
        StatusError,
        SubscriptionRequiredError,
        TokenStoreError,
        UnauthorizedError,
        UnexpectedResponseError,
        UnprocessableEntityError,
        UploadInterruptedError,
        WrongKindError,
    )
    from soundcloud.events import (
        AttemptFinishedEvent,
        AttemptStartedEvent,
        Drift,
        DriftEvent,
        RequestFinishedEvent,
        RequestRetryingEvent,
        RequestStartedEvent,
        RequestTelemetry,
        RetryInfo,
        TokenRefreshedEvent,
    )
    from soundcloud.models import Activity, Comment, Me, Playlist, Station, Streams, Track, User
    from soundcloud.options import Limits, RequestOptions, Retry, Timeout, retries_off
    from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state
    from soundcloud.raw import RawResponse
    from soundcloud.responses import ResponseInfo
    from soundcloud.results import Failure, Outcome, Success
    from soundcloud.tags import MachineTag, Tags
    from soundcloud.tokens import Token
    from soundcloud.urn import Urn
    from soundcloud.waveforms import Waveform
    from soundcloud.widget import OEmbed
    from soundcloud_api.types import UNSET

__all__ = [
    "UNSET",
    "Activity",
    "AsyncClientSettings",
    "AsyncPage",
    "AsyncSoundCloudClient",
    "AsyncStream",
    "AttemptFinishedEvent",
    "AttemptStartedEvent",
    "Attribution",
    "BadRequestError",
    "ClientSettings",
    "ClosedClientError",
    "Comment",
    "ConnectionFailedError",
    "Drift",
    "DriftEvent",
    "EdgeError",
    "Failure",
    "ForbiddenError",
    "GatewayError",
    "InvalidClientError",
    "InvalidGrantError",
    "InvalidInputError",
    "Limits",
    "MachineTag",
    "Me",
    "MissingTokenError",
    "NotFoundError",
    "NotPlayableError",
    "NotReadyError",
    "NotStartedError",
    "OEmbed",
    "Outcome",
    "Page",
    "PaginationError",
    "Playlist",
    "PlaylistChangedError",
    "QuotaExceededError",
    "RateLimit",
    "RateLimitError",
    "RawResponse",
    "RequestFinishedEvent",
    "RequestOptions",
    "RequestRetryingEvent",
    "RequestStartedEvent",
    "RequestTelemetry",
    "RequestTimeoutError",
    "ResponseInfo",
    "ResponseTooLargeError",
    "Retry",
    "RetryInfo",
    "ServerError",
    "SignInError",
    "SoundCloudClient",
    "SoundCloudError",
    "SpamWarningError",
    "Station",
    "StatusError",
    "Stream",
    "Streams",
    "SubscriptionRequiredError",
    "Success",
    "Tags",
    "Timeout",
    "Token",
    "TokenRefreshedEvent",
    "TokenStoreError",
    "Track",
    "UnauthorizedError",
    "UnexpectedResponseError",
    "UnprocessableEntityError",
    "UploadInterruptedError",
    "Urn",
    "User",
    "Waveform",
    "WrongKindError",
    "__version__",
    "artwork_url",
    "generate_code_challenge",
    "generate_code_verifier",
    "generate_state",
    "get_attribution",
    "retries_off",
]

# The module of each name; all others are in soundcloud.errors.
_NAMES_BY_MODULE = {
    "soundcloud._async.client": "AsyncClientSettings AsyncSoundCloudClient",
    "soundcloud._async.pages": "AsyncPage",
    "soundcloud._async.streams": "AsyncStream",
    "soundcloud._sync.client": "ClientSettings SoundCloudClient",
    "soundcloud._sync.pages": "Page",
    "soundcloud._sync.streams": "Stream",
    "soundcloud.artwork": "artwork_url",
    "soundcloud.attribution": "Attribution get_attribution",
    "soundcloud.events": "AttemptFinishedEvent AttemptStartedEvent Drift DriftEvent RequestFinishedEvent "
    "RequestRetryingEvent RequestStartedEvent RequestTelemetry RetryInfo TokenRefreshedEvent",
    "soundcloud.models": "Activity Comment Me Playlist Station Streams Track User",
    "soundcloud.options": "Limits RequestOptions Retry Timeout retries_off",
    "soundcloud.pkce": "generate_code_challenge generate_code_verifier generate_state",
    "soundcloud.raw": "RawResponse",
    "soundcloud.responses": "ResponseInfo",
    "soundcloud.results": "Failure Outcome Success",
    "soundcloud.tags": "MachineTag Tags",
    "soundcloud.tokens": "Token",
    "soundcloud.urn": "Urn",
    "soundcloud.waveforms": "Waveform",
    "soundcloud.widget": "OEmbed",
    "soundcloud_api.types": "UNSET",
}

if not typing.TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'soundcloud' has no attribute {name!r}")
        homes = (module for module, names in _NAMES_BY_MODULE.items() if name in names.split())
        value = globals()[name] = getattr(importlib.import_module(next(homes, "soundcloud.errors")), name)
        return value

    def __dir__() -> list[str]:
        return sorted(__all__)
