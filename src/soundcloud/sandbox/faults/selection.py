"""Which request meets which fault: chance that repeats, counters, windows. Pure but for the clock that it is given."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import translate
from random import Random
from time import monotonic

from soundcloud.sandbox.faults.settings import ERROR_KINDS, ErrorKind, Faults, FlakyKind

_SPAM_WARNED = re.compile(r"POST (/likes/.*|/tracks/[^/]+/comments)", re.ASCII)


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What one request is to meet.

    Attributes:
        random: The chance of this request, for all that is still to be drawn.
        latency: How long to wait first, in seconds.
        error: The kind of error.
        reset_in: When the window of the rate limit ends, in seconds; None where the error is no such limit.
        expires_tokens: Whether all access tokens expire first.
        drifts: Whether the reply drifts.
        flaky: What is odd about the page, if the reply is one.
    """

    random: Random
    latency: float
    error: ErrorKind | None
    reset_in: float | None
    expires_tokens: bool
    drifts: bool
    flaky: FlakyKind | None


class FaultSelector:
    """Decides, request after request. It is used by one thread.

    Args:
        faults: The settings.
        clock: Tells the time in seconds, for the window of the rate limit.
    """

    def __init__(self, faults: Faults, clock: Callable[[], float] = monotonic) -> None:
        self.faults = faults
        self._clock = clock
        self._patterns = [re.compile(translate(text if " " in text else f"* {text}")) for text in faults.paths]
        self._number = 0
        self._left = faults.times
        self._window_end = float("-inf")
        self._in_window = 0

    def plan(self, method: str, path: str, *, to_api: bool) -> FaultPlan | None:
        """Decide what a request meets.

        Args:
            method: Its method.
            path: Its path.
            to_api: Whether it is to the API, not to the sign-in host or the one that serves sound.

        Returns:
            What it meets; None where it is not meant.
        """
        call = f"{method} {path}"
        if not (any(pattern.match(call) for pattern in self._patterns) if self._patterns else to_api):
            return None
        faults = self.faults
        self._number += 1
        # Each request has a chance of its own: what one draws does not move the next.
        random = Random(f"{faults.seed}:{self._number}")  # noqa: S311 - a run is to repeat, nothing is to be kept secret
        waits = faults.latency
        latency = random.uniform(*waits) if isinstance(waits, tuple) else waits
        error, reset_in = self._draw_error(call, random), self._limit()
        if reset_in is not None and faults.rate_limit is not None:
            error = faults.rate_limit.kind
        every = faults.expire_tokens
        return FaultPlan(
            random,
            latency,
            error,
            reset_in,
            expires_tokens=every is not None and self._number % every == 0,
            drifts=bool(faults.drift) and random.random() < faults.drift_rate,
            flaky=self._draw_flaky(random),
        )

    @property
    def has_left(self) -> bool:
        """Whether there may be another fault."""
        return self._left != 0

    def take(self) -> bool:
        """Count one fault that is about to happen; False where there were enough."""
        if not self.has_left:
            return False
        if self._left is not None:
            self._left -= 1
        return True

    def _limit(self) -> float | None:
        """Count a request of the rate limit's window; the seconds to its end where it is one too many."""
        limit = self.faults.rate_limit
        if limit is None:
            return None
        now = self._clock()
        if now >= self._window_end:
            self._window_end, self._in_window = now + limit.seconds, 0
        self._in_window += 1
        return self._window_end - now if self._in_window > limit.requests else None

    def _draw_error(self, call: str, random: Random) -> ErrorKind | None:
        rates, drawn = self.faults.error_rate, random.random()
        kinds: list[ErrorKind] = [
            kind for kind in ERROR_KINDS if kind != "spam_warning" or _SPAM_WARNED.fullmatch(call)
        ]
        if not isinstance(rates, Mapping):
            return random.choice(kinds) if drawn < rates else None
        for kind in kinds:
            drawn -= rates.get(kind, 0.0)
            if drawn < 0:
                return kind
        return None

    def _draw_flaky(self, random: Random) -> FlakyKind | None:
        kinds: tuple[FlakyKind, ...] = tuple(self.faults.flaky_pages)  # type: ignore[arg-type]  # kept as a tuple of kinds
        return random.choice(kinds) if kinds and random.random() < self.faults.flaky_rate else None
