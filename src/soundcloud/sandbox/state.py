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
    """The registered app.

    Attributes:
        name: The name on the consent page.
        client_id: The app's id.
        client_secret: The app's secret.
        redirect_uri: The URI that users return to after the consent page; compared literally.
    """

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class TokenLog:
    """A log of the token endpoint, read and changed under the database's lock.

    Attributes:
        requests: How many tokens were issued, by grant, and how many requests were rejected, by error name.
        app_tokens: When app tokens were issued, in seconds since 1970, and to which IP address; the oldest first.
    """

    requests: Counter[str] = field(default_factory=Counter[str])
    app_tokens: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def clear(self) -> None:
        """Remove all entries."""
        self.requests.clear()
        self.app_tokens.clear()


@dataclass(slots=True)
class MediaSettings:
    """Settings of the audio; they may change while the sandbox runs.

    Attributes:
        lifetime: Seconds for which an audio URL is valid; URLs with 0 or less have expired when they are made.
        processing_seconds: Seconds for which an upload has neither a duration nor streams.
    """

    lifetime: float = 300.0
    processing_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a handler may read or change.

    Attributes:
        database: The data.
        app: The registered app.
        api_url: The API's origin.
        auth_url: The sign-in host's origin.
        media_url: The origin of audio, images, oEmbed and the player; it needs no token.
        quotas: Whether the number of app tokens is limited.
        token_log: The log of the token endpoint.
        signing_key: The key that signs audio URLs.
        media: The settings of the audio.
        uploads: The uploaded files.
        last_requests: Returns the requests for the dashboard, the latest last.
    """

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
