"""The state of one sandbox: its database, its URLs, its settings and the registered app."""

from collections import Counter
from dataclasses import dataclass, field
from secrets import token_bytes

from soundcloud.sandbox.data.clock import Clock
from soundcloud.sandbox.data.database import Database
from soundcloud.sandbox.media.uploads import UploadStore
from soundcloud.sandbox.settings import Settings

WEB = "https://soundcloud.com"
# First parts of the media host's own paths; a user with this permalink has no page there.
_PATHS_OF_MEDIA = frozenset({"favicon.ico", "oembed", "player", "sound", "waves"})


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


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a handler may read or change."""

    database: Database
    app: App
    api_url: str
    auth_url: str
    media_url: str
    settings: Settings = field(default_factory=Settings)
    token_log: TokenLog = field(default_factory=TokenLog, repr=False)
    signing_key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    uploads: UploadStore = field(default_factory=UploadStore, repr=False)

    @property
    def clock(self) -> Clock:
        """The clock of tokens, uploads, quotas and signed URLs."""
        return self.database.clock

    def permalink_url(self, path: str) -> str:
        """Return the URL of a path of soundcloud.com, or of the same path on the media host with the setting `local_links`."""
        is_local = self.settings.local_links and path.partition("/")[0] not in _PATHS_OF_MEDIA
        return f"{self.media_url if is_local else WEB}/{path}"
