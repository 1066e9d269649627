"""What one sandbox holds: its database, its addresses and the app that is registered with it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Protocol

from soundcloud.sandbox.data.database import Database
from soundcloud.sandbox.media.uploads import Uploads


@dataclass(frozen=True, slots=True)
class App:
    """The registered app.

    Attributes:
        name: What the consent page calls it.
        client_id: The app's id.
        client_secret: The app's secret.
        redirect_uri: Where people are sent back to; compared literally.
    """

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class TokenBook:
    """What the token endpoint notes down. It is read and changed under the database's lock.

    Attributes:
        requests: How often tokens were given, by grant, and refused, by the error's name.
        mints: When app tokens were given, in seconds since 1970, and to which address; the oldest first.
    """

    requests: Counter[str] = field(default_factory=Counter[str])
    mints: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def forget(self) -> None:
        """Begin anew."""
        self.requests.clear()
        self.mints.clear()


@dataclass(slots=True)
class MediaSettings:
    """How sound is served; a running sandbox may change it.

    Attributes:
        lifetime: How long a link to sound works, in seconds; 0 and less makes links that are expired when they are given.
        processing_seconds: How long an upload has neither a duration nor streams.
    """

    lifetime: float = 300.0
    processing_seconds: float = 0.0


class ShownRequest(Protocol):
    """A request that was answered, as the world page shows it."""

    @property
    def method(self) -> str:
        """The HTTP method."""
        ...

    @property
    def path(self) -> str:
        """The path."""
        ...

    @property
    def query(self) -> Mapping[str, str]:
        """Values of the query."""
        ...

    @property
    def status(self) -> int | None:
        """The status of the reply; None where there was none."""
        ...


def no_requests() -> Sequence[ShownRequest]:
    """Tell of no request: nothing notes them down."""
    return ()


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a handler may read or change.

    Attributes:
        database: The data.
        app: The registered app.
        api_url: The API's origin.
        auth_url: The sign-in host's origin.
        media_url: The origin that serves sound, pictures, oEmbed and the player, without tokens.
        quotas: Whether the number of app tokens is limited.
        book: What the token endpoint notes down.
        signing_key: What links to sound are signed with.
        media: How sound is served.
        uploads: The files that were uploaded.
        last_requests: Gives the requests that the world page may show, the latest last.
    """

    database: Database
    app: App
    api_url: str
    auth_url: str
    media_url: str
    quotas: bool = True
    book: TokenBook = field(default_factory=TokenBook, repr=False)
    signing_key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    media: MediaSettings = field(default_factory=MediaSettings)
    uploads: Uploads = field(default_factory=Uploads, repr=False)
    last_requests: Callable[[], Sequence[ShownRequest]] = field(default=no_requests, repr=False)
