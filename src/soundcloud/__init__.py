"""A client of the SoundCloud API: `SoundCloudClient` and `AsyncSoundCloudClient`.

Names are loaded when they are first used, so that importing this package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0.dev0"

if TYPE_CHECKING:
    from soundcloud._async.client import AsyncSoundCloudClient as AsyncSoundCloudClient
    from soundcloud._async.pages import AsyncPage as AsyncPage
    from soundcloud._sync.client import SoundCloudClient as SoundCloudClient
    from soundcloud._sync.pages import Page as Page
    from soundcloud.errors import BadRequestError as BadRequestError
    from soundcloud.errors import ClosedClientError as ClosedClientError
    from soundcloud.errors import ConnectionFailedError as ConnectionFailedError
    from soundcloud.errors import ForbiddenError as ForbiddenError
    from soundcloud.errors import InvalidClientError as InvalidClientError
    from soundcloud.errors import InvalidGrantError as InvalidGrantError
    from soundcloud.errors import InvalidInputError as InvalidInputError
    from soundcloud.errors import MissingTokenError as MissingTokenError
    from soundcloud.errors import NotFoundError as NotFoundError
    from soundcloud.errors import PaginationError as PaginationError
    from soundcloud.errors import RateLimitError as RateLimitError
    from soundcloud.errors import RequestTimeoutError as RequestTimeoutError
    from soundcloud.errors import ServerError as ServerError
    from soundcloud.errors import SignInError as SignInError
    from soundcloud.errors import SoundCloudError as SoundCloudError
    from soundcloud.errors import StatusError as StatusError
    from soundcloud.errors import TokenStoreError as TokenStoreError
    from soundcloud.errors import UnauthorizedError as UnauthorizedError
    from soundcloud.errors import UnexpectedReplyError as UnexpectedReplyError
    from soundcloud.errors import UnprocessableEntityError as UnprocessableEntityError
    from soundcloud.events import Drift as Drift
    from soundcloud.events import DriftEvent as DriftEvent
    from soundcloud.events import TokenRefreshedEvent as TokenRefreshedEvent
    from soundcloud.pkce import generate_code_challenge as generate_code_challenge
    from soundcloud.pkce import generate_code_verifier as generate_code_verifier
    from soundcloud.pkce import generate_state as generate_state
    from soundcloud.raw import RawResponse as RawResponse
    from soundcloud.tokens import Token as Token
    from soundcloud.urn import Urn as Urn
    from soundcloud_api.types import UNSET as UNSET

_HOMES = {
    "AsyncPage": "soundcloud._async.pages",
    "AsyncSoundCloudClient": "soundcloud._async.client",
    "BadRequestError": "soundcloud.errors",
    "ClosedClientError": "soundcloud.errors",
    "ConnectionFailedError": "soundcloud.errors",
    "Drift": "soundcloud.events",
    "DriftEvent": "soundcloud.events",
    "ForbiddenError": "soundcloud.errors",
    "InvalidClientError": "soundcloud.errors",
    "InvalidGrantError": "soundcloud.errors",
    "InvalidInputError": "soundcloud.errors",
    "MissingTokenError": "soundcloud.errors",
    "NotFoundError": "soundcloud.errors",
    "Page": "soundcloud._sync.pages",
    "PaginationError": "soundcloud.errors",
    "RateLimitError": "soundcloud.errors",
    "RawResponse": "soundcloud.raw",
    "RequestTimeoutError": "soundcloud.errors",
    "ServerError": "soundcloud.errors",
    "SignInError": "soundcloud.errors",
    "SoundCloudClient": "soundcloud._sync.client",
    "SoundCloudError": "soundcloud.errors",
    "StatusError": "soundcloud.errors",
    "Token": "soundcloud.tokens",
    "TokenRefreshedEvent": "soundcloud.events",
    "TokenStoreError": "soundcloud.errors",
    "UNSET": "soundcloud_api.types",
    "UnauthorizedError": "soundcloud.errors",
    "UnexpectedReplyError": "soundcloud.errors",
    "UnprocessableEntityError": "soundcloud.errors",
    "Urn": "soundcloud.urn",
    "generate_code_challenge": "soundcloud.pkce",
    "generate_code_verifier": "soundcloud.pkce",
    "generate_state": "soundcloud.pkce",
}

__all__ = [*sorted(_HOMES), "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]

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
