"""The state of one sandbox: its database, its URLs and the registered app."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from secrets import token_bytes

from soundcloud.sandbox.data.database import Database
from soundcloud.sandbox.http.request_log import RecordedRequest
from soundcloud.sandbox.media.uploads import UploadStore


@dataclass(frozen=True, slots=True)
class App:
    """The registered app."""

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class TokenLog:
    """A log of the token endpoint under the database's lock: tokens by grant, errors by name, times of app tokens by IP address."""

    requests: Counter[str] = field(default_factory=Counter[str])
    app_tokens: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def clear(self) -> None:
        """Remove all entries."""
        self.requests.clear()
        self.app_tokens.clear()


@dataclass(slots=True)
class MediaSettings:
    """Settings of the audio in seconds, see `Sandbox`; they may change while the sandbox runs."""

    lifetime: float = 300.0
    processing_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a handler may read or change."""

    database: Database
    app: App
    api_url: str
    auth_url: str
    media_url: str
    quotas: bool = True
    token_log: TokenLog = field(default_factory=TokenLog, repr=False)
    signing_key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    media: MediaSettings = field(default_factory=MediaSettings)
    uploads: UploadStore = field(default_factory=UploadStore, repr=False)
    last_requests: Callable[[], Sequence[RecordedRequest]] = field(default=lambda: (), repr=False)
