"""What the client tells while it works: frozen values, handed to the `on_event` callback."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import attrs


@attrs.frozen
class Drift:
    """One place where a reply differs from SoundCloud's document.

    Attributes:
        path: Where, for example `$.collection[150].duration`.
        expected: What the document says.
        actual: The type that came.
    """

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.actual}"


@attrs.frozen
class DriftEvent:
    """A reply differs from SoundCloud's document; what fits was decoded, the rest left as it came.

    Attributes:
        operation: The id of the operation, for example `get_tracks`.
        drifts: The places, at most 100 of them.
        total: How many there were.
    """

    operation: str
    drifts: tuple[Drift, ...]
    total: int


@attrs.frozen
class TokenRefreshedEvent:
    """A new token was got and stored, by this client.

    Attributes:
        grant: `app`, `user` or None.
        expires_at: When it expires; None when that was not said.
    """

    grant: str | None
    expires_at: datetime | None


Event: TypeAlias = DriftEvent | TokenRefreshedEvent
"""Any event."""

EventHook: TypeAlias = Callable[[Event], object]
"""Takes every event. What it returns is ignored; what it raises is logged and never breaks a call."""
