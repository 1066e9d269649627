"""Calls that are the same and under way at once: one is sent, the others wait for its reply."""

import copy
import threading

from soundcloud._concurrency import AsyncSignal
from soundcloud._protocol.http.messages import Response
from soundcloud.errors import SoundCloudError

Key = tuple[str, str | None]
"""The address, and the access token."""


class AsyncFlight:
    """A call under way.

    Attributes:
        response: Its reply, when it has come.
        error: What it failed with, when it has.
    """

    __slots__ = ("_signal", "error", "response")

    def __init__(self) -> None:
        self.response: Response | None = None
        self.error: SoundCloudError | None = None
        self._signal: AsyncSignal | None = None

    def follow(self) -> AsyncSignal:
        """What tells those who wait that it is over."""
        if self._signal is None:
            self._signal = AsyncSignal()
        return self._signal

    def landed(self) -> None:
        """Tell those who wait, if there are any."""
        if self._signal is not None:
            self._signal.set()

    def outcome(self, token: str | None) -> Response | None:
        """What those who waited get: the reply, or None when they have to call by themselves.

        Args:
            token: The access token of the one who waited; a reply to another one is not for them.

        Raises:
            SoundCloudError: A copy of what the call failed with.
        """
        if self.error is not None:
            raise copy.copy(self.error)
        return self.response if self.response is not None and self.response.token == token else None


class AsyncFlights:
    """The calls under way, by address and access token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[Key, AsyncFlight] = {}

    def join(self, key: Key) -> tuple[AsyncFlight, AsyncSignal | None]:
        """Take part in a call.

        Returns:
            The call, and what tells that it is over; None for the one who has to make it.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, flight.follow()
            flight = self._flights[key] = AsyncFlight()
            return flight, None

    def land(self, key: Key, flight: AsyncFlight) -> None:
        """End a call, well or not: whoever comes now makes another one."""
        with self._lock:
            del self._flights[key]
            flight.landed()
