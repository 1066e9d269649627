"""What one sandbox holds: its database, its addresses and the app that is registered with it."""

from dataclasses import dataclass, field
from secrets import token_bytes

from soundcloud.sandbox.database import Database


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
class State:
    """Everything that a handler may read or change.

    Attributes:
        database: The data.
        app: The registered app.
        api_url: The API's origin.
        auth_url: The sign-in host's origin.
        media_url: The origin that serves sound, without tokens.
        signing_key: What links to sound are signed with.
    """

    database: Database
    app: App
    api_url: str
    auth_url: str
    media_url: str
    signing_key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
