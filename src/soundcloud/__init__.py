"""A client of the SoundCloud API: `SoundCloudClient` and `AsyncSoundCloudClient`.

Names are loaded when they are first used, so that importing this package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from soundcloud._version import __version__

if TYPE_CHECKING:
    from soundcloud._async.client import AsyncSoundCloudClient as AsyncSoundCloudClient
    from soundcloud._async.pages import AsyncPage as AsyncPage
    from soundcloud._async.streams import AsyncStream as AsyncStream
    from soundcloud._sync.client import SoundCloudClient as SoundCloudClient
    from soundcloud._sync.pages import Page as Page
    from soundcloud._sync.streams import Stream as Stream
    from soundcloud.artwork import artwork_url as artwork_url
    from soundcloud.attribution import Attribution as Attribution
    from soundcloud.attribution import get_attribution as get_attribution
    from soundcloud.errors import BadRequestError as BadRequestError
    from soundcloud.errors import ClosedClientError as ClosedClientError
    from soundcloud.errors import ConnectionFailedError as ConnectionFailedError
    from soundcloud.errors import EdgeError as EdgeError
    from soundcloud.errors import ForbiddenError as ForbiddenError
    from soundcloud.errors import GatewayError as GatewayError
    from soundcloud.errors import InvalidClientError as InvalidClientError
    from soundcloud.errors import InvalidGrantError as InvalidGrantError
    from soundcloud.errors import InvalidInputError as InvalidInputError
    from soundcloud.errors import MissingTokenError as MissingTokenError
    from soundcloud.errors import NotFoundError as NotFoundError
    from soundcloud.errors import NotPlayableError as NotPlayableError
    from soundcloud.errors import NotReadyError as NotReadyError
    from soundcloud.errors import PaginationError as PaginationError
    from soundcloud.errors import PlaylistChangedError as PlaylistChangedError
    from soundcloud.errors import QuotaExceededError as QuotaExceededError
    from soundcloud.errors import RateLimit as RateLimit
    from soundcloud.errors import RateLimitError as RateLimitError
    from soundcloud.errors import RequestTimeoutError as RequestTimeoutError
    from soundcloud.errors import ResponseTooLargeError as ResponseTooLargeError
    from soundcloud.errors import ServerError as ServerError
    from soundcloud.errors import SignInError as SignInError
    from soundcloud.errors import SoundCloudError as SoundCloudError
    from soundcloud.errors import SpamWarningError as SpamWarningError
    from soundcloud.errors import StatusError as StatusError
    from soundcloud.errors import SubscriptionRequiredError as SubscriptionRequiredError
    from soundcloud.errors import TokenStoreError as TokenStoreError
    from soundcloud.errors import UnauthorizedError as UnauthorizedError
    from soundcloud.errors import UnexpectedResponseError as UnexpectedResponseError
    from soundcloud.errors import UnprocessableEntityError as UnprocessableEntityError
    from soundcloud.errors import UploadInterruptedError as UploadInterruptedError
    from soundcloud.events import AttemptFinishedEvent as AttemptFinishedEvent
    from soundcloud.events import Drift as Drift
    from soundcloud.events import DriftEvent as DriftEvent
    from soundcloud.events import RequestFinishedEvent as RequestFinishedEvent
    from soundcloud.events import RequestRetryingEvent as RequestRetryingEvent
    from soundcloud.events import RequestStartedEvent as RequestStartedEvent
    from soundcloud.events import RequestTelemetry as RequestTelemetry
    from soundcloud.events import RetryInfo as RetryInfo
    from soundcloud.events import TokenRefreshedEvent as TokenRefreshedEvent
    from soundcloud.options import Limits as Limits
    from soundcloud.options import Retry as Retry
    from soundcloud.options import Timeout as Timeout
    from soundcloud.options import retries_off as retries_off
    from soundcloud.pkce import generate_code_challenge as generate_code_challenge
    from soundcloud.pkce import generate_code_verifier as generate_code_verifier
    from soundcloud.pkce import generate_state as generate_state
    from soundcloud.raw import RawResponse as RawResponse
    from soundcloud.results import Outcome as Outcome
    from soundcloud.tags import MachineTag as MachineTag
    from soundcloud.tags import Tags as Tags
    from soundcloud.tokens import Token as Token
    from soundcloud.urn import Urn as Urn
    from soundcloud.waveforms import Waveform as Waveform
    from soundcloud.widget import OEmbed as OEmbed
    from soundcloud_api.types import UNSET as UNSET

_HOMES = {
    "AsyncPage": "soundcloud._async.pages",
    "AsyncSoundCloudClient": "soundcloud._async.client",
    "AsyncStream": "soundcloud._async.streams",
    "Attribution": "soundcloud.attribution",
    "BadRequestError": "soundcloud.errors",
    "ClosedClientError": "soundcloud.errors",
    "ConnectionFailedError": "soundcloud.errors",
    "Drift": "soundcloud.events",
    "DriftEvent": "soundcloud.events",
    "EdgeError": "soundcloud.errors",
    "ForbiddenError": "soundcloud.errors",
    "GatewayError": "soundcloud.errors",
    "InvalidClientError": "soundcloud.errors",
    "InvalidGrantError": "soundcloud.errors",
    "InvalidInputError": "soundcloud.errors",
    "Limits": "soundcloud.options",
    "MachineTag": "soundcloud.tags",
    "MissingTokenError": "soundcloud.errors",
    "NotFoundError": "soundcloud.errors",
    "NotPlayableError": "soundcloud.errors",
    "NotReadyError": "soundcloud.errors",
    "OEmbed": "soundcloud.widget",
    "Outcome": "soundcloud.results",
    "Page": "soundcloud._sync.pages",
    "PaginationError": "soundcloud.errors",
    "PlaylistChangedError": "soundcloud.errors",
    "QuotaExceededError": "soundcloud.errors",
    "RateLimit": "soundcloud.errors",
    "RateLimitError": "soundcloud.errors",
    "RawResponse": "soundcloud.raw",
    "ResponseTooLargeError": "soundcloud.errors",
    "RequestFinishedEvent": "soundcloud.events",
    "RequestRetryingEvent": "soundcloud.events",
    "RequestStartedEvent": "soundcloud.events",
    "RequestTelemetry": "soundcloud.events",
    "RequestTimeoutError": "soundcloud.errors",
    "Retry": "soundcloud.options",
    "RetryInfo": "soundcloud.events",
    "ServerError": "soundcloud.errors",
    "SignInError": "soundcloud.errors",
    "SoundCloudClient": "soundcloud._sync.client",
    "SoundCloudError": "soundcloud.errors",
    "SpamWarningError": "soundcloud.errors",
    "StatusError": "soundcloud.errors",
    "Stream": "soundcloud._sync.streams",
    "SubscriptionRequiredError": "soundcloud.errors",
    "Tags": "soundcloud.tags",
    "Timeout": "soundcloud.options",
    "Token": "soundcloud.tokens",
    "TokenRefreshedEvent": "soundcloud.events",
    "TokenStoreError": "soundcloud.errors",
    "AttemptFinishedEvent": "soundcloud.events",
    "UNSET": "soundcloud_api.types",
    "UnauthorizedError": "soundcloud.errors",
    "UnexpectedResponseError": "soundcloud.errors",
    "UnprocessableEntityError": "soundcloud.errors",
    "UploadInterruptedError": "soundcloud.errors",
    "Urn": "soundcloud.urn",
    "Waveform": "soundcloud.waveforms",
    "artwork_url": "soundcloud.artwork",
    "get_attribution": "soundcloud.attribution",
    "generate_code_challenge": "soundcloud.pkce",
    "generate_code_verifier": "soundcloud.pkce",
    "generate_state": "soundcloud.pkce",
    "retries_off": "soundcloud.options",
}

__all__ = [
    "UNSET",
    "AsyncPage",
    "AsyncSoundCloudClient",
    "AsyncStream",
    "AttemptFinishedEvent",
    "Attribution",
    "BadRequestError",
    "ClosedClientError",
    "ConnectionFailedError",
    "Drift",
    "DriftEvent",
    "EdgeError",
    "ForbiddenError",
    "GatewayError",
    "InvalidClientError",
    "InvalidGrantError",
    "InvalidInputError",
    "Limits",
    "MachineTag",
    "MissingTokenError",
    "NotFoundError",
    "NotPlayableError",
    "NotReadyError",
    "OEmbed",
    "Outcome",
    "Page",
    "PaginationError",
    "PlaylistChangedError",
    "QuotaExceededError",
    "RateLimit",
    "RateLimitError",
    "RawResponse",
    "RequestFinishedEvent",
    "RequestRetryingEvent",
    "RequestStartedEvent",
    "RequestTelemetry",
    "RequestTimeoutError",
    "ResponseTooLargeError",
    "Retry",
    "RetryInfo",
    "ServerError",
    "SignInError",
    "SoundCloudClient",
    "SoundCloudError",
    "SpamWarningError",
    "StatusError",
    "Stream",
    "SubscriptionRequiredError",
    "Tags",
    "Timeout",
    "Token",
    "TokenRefreshedEvent",
    "TokenStoreError",
    "UnauthorizedError",
    "UnexpectedResponseError",
    "UnprocessableEntityError",
    "UploadInterruptedError",
    "Urn",
    "Waveform",
    "__version__",
    "artwork_url",
    "generate_code_challenge",
    "generate_code_verifier",
    "generate_state",
    "get_attribution",
    "retries_off",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        try:
            home = _HOMES[name]
        except KeyError:
            raise AttributeError(f"module 'soundcloud' has no attribute {name!r}") from None
        value = globals()[name] = getattr(import_module(home), name)
        return value

    def __dir__() -> list[str]:
        return sorted([*globals(), *_HOMES])
