"""The deadline of a call: one limit for all its attempts, waits and reads.

The async client cancels what runs when the time is up. A thread cannot be cancelled, so the sync client limits each wait to the
time that remains.
"""

from time import monotonic
from typing import Any, Self

from soundcloud._protocol.http.messages import Request
from soundcloud.errors import RequestTimeoutError
from soundcloud.options import Timeout

DEFAULT_TIMEOUT = Timeout()
"""The timeouts of a client that got none. An `http_client=` then uses its own."""


def timeout_error(seconds: float, request: Request) -> RequestTimeoutError:
    """Return the error of a call that exceeded its total timeout, or of a token request that exceeded its own."""
    if not request.authorize and request.origin is None:
        return RequestTimeoutError(
            f"the token endpoint did not complete its response in {seconds:g} s",
            hint="try again later",
            method=request.method,
            path=request.path,
        )
    return RequestTimeoutError(
        f"the call took longer than {seconds:g} s, the total of its Timeout",
        hint="allow more time with Timeout(total=...), or fewer retries",
        method=request.method,
        path=request.path,
    )


class AsyncDeadline:
    """A block that is cancelled, with a `RequestTimeoutError`, after some seconds; None for no limit."""

    __slots__ = ("_ends_at", "_request", "_scope", "_seconds")

    def __init__(self, seconds: float | None, request: Request) -> None:
        self._seconds, self._request = seconds, request
        self._scope: Any = None
        self._ends_at = 0.0

    def __enter__(self) -> Self:
        if self._seconds is not None:
            from anyio import CancelScope, current_time

            self._ends_at = monotonic() + self._seconds
            self._scope = CancelScope(deadline=current_time() + self._seconds)
            self._scope.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._scope is None or self._seconds is None:
            return
        self._scope.__exit__(*error)  # trio returns True even if nothing was cancelled, so the result is not used
        if self._scope.cancelled_caught:
            raise timeout_error(self._seconds, self._request)

    def remaining(self) -> float | None:
        """Return the seconds that remain, or None without a limit."""
        return None if self._seconds is None else self._ends_at - monotonic()

    def error(self) -> RequestTimeoutError:
        """Return the error of a call that exceeded the limit."""
        return timeout_error(self._seconds or 0.0, self._request)

    def clamp(self, seconds: float) -> float:
        """Return `seconds` unchanged: the scope cancels the wait when the time is up."""
        return seconds

    def phases(self, timeout: Timeout) -> dict[str, float]:
        """Return the timeouts of the phases by name, as httpx takes them."""
        return {"connect": timeout.connect, "read": timeout.read, "write": timeout.write, "pool": timeout.pool}


class Deadline:
    """A limit in seconds that each wait of a call observes; None for no limit."""

    __slots__ = ("_ends_at", "_request", "_seconds")

    def __init__(self, seconds: float | None, request: Request) -> None:
        self._seconds, self._request = seconds, request
        self._ends_at = 0.0

    def __enter__(self) -> Self:
        if self._seconds is not None:
            self._ends_at = monotonic() + self._seconds
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def remaining(self) -> float | None:
        """Return the seconds that remain, or None without a limit."""
        return None if self._seconds is None else self._ends_at - monotonic()

    def error(self) -> RequestTimeoutError:
        """Return the error of a call that exceeded the limit."""
        return timeout_error(self._seconds or 0.0, self._request)

    def clamp(self, seconds: float) -> float:
        """Return a timeout for one operation that does not exceed the deadline; raise an error if no time remains."""
        if self._seconds is None:
            return seconds
        remaining = self._ends_at - monotonic()
        if remaining <= 0:
            raise timeout_error(self._seconds, self._request)
        return min(seconds, remaining)

    def phases(self, timeout: Timeout) -> dict[str, float]:
        """Return the timeouts of the phases by name, as httpx takes them; none exceeds the deadline."""
        seconds = {"connect": timeout.connect, "read": timeout.read, "write": timeout.write, "pool": timeout.pool}
        if self._seconds is None:
            return seconds
        remaining = self.clamp(self._seconds)
        return {phase: min(value, remaining) for phase, value in seconds.items()}
