"""Seeded selection of faults per request, with counters and rate limit windows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import translate
from random import Random
from time import monotonic
from types import MappingProxyType

from soundcloud.sandbox.faults.settings import ERROR_KINDS, ErrorKind, Faults, FlakyKind

# The requests that a kind is for; all other kinds are for any request.
_ONLY_FOR: Mapping[ErrorKind, re.Pattern[str]] = MappingProxyType(
    {
        "spam_warning": re.compile(r"POST (/likes/.*|/tracks/[^/]+/comments)", re.ASCII),
        "unverified_email": re.compile(r"POST /tracks", re.ASCII),
    }
)


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The faults of one request; `reset_in` is the rest of the rate limit window, None for other errors."""

    random: Random
    latency: float
    error: ErrorKind | None
    reset_in: float | None
    expires_tokens: bool
    drifts: bool
    flaky: FlakyKind | None


class FaultSelector:
    """Selects the faults of each request. Not thread-safe."""

    def __init__(self, faults: Faults, clock: Callable[[], float] = monotonic) -> None:
        self.faults = faults
        self._clock = clock
        self._patterns = [re.compile(translate(path if " " in path else f"* {path}")) for path in faults.paths]
        self._number = 0
        self._remaining = faults.times
        self._window_end = float("-inf")
        self._in_window = 0

    def plan(self, method: str, path: str, *, to_api: bool) -> FaultPlan | None:
        """Return the faults of a request; None if the settings do not apply to it."""
        target = f"{method} {path}"
        if not (any(pattern.match(target) for pattern in self._patterns) if self._patterns else to_api):
            return None
        faults = self.faults
        self._number += 1
        # One generator per request: what one request draws does not affect the next one.
        random = Random(f"{faults.seed}:{self._number}")  # noqa: S311 - seeded for repeatable runs, not for secrets
        latency = random.uniform(*faults.latency) if isinstance(faults.latency, tuple) else faults.latency
        error, reset_in = self._draw_error(target, random), self._count_request()
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
        """Whether `times` allows another fault."""
        return self._remaining != 0

    def take(self) -> bool:
        """Count a fault against `times`; return False if none is left."""
        if not self.has_left:
            return False
        if self._remaining is not None:
            self._remaining -= 1
        return True

    def _count_request(self) -> float | None:
        """Count a request against the rate limit; return the seconds until the window ends if it exceeds the limit."""
        limit = self.faults.rate_limit
        if limit is None:
            return None
        now = self._clock()
        if now >= self._window_end:
            self._window_end, self._in_window = now + limit.seconds, 0
        self._in_window += 1
        return self._window_end - now if self._in_window > limit.requests else None

    def _draw_error(self, target: str, random: Random) -> ErrorKind | None:
        rates, drawn = self.faults.error_rate, random.random()
        kinds: list[ErrorKind] = [
            kind for kind in ERROR_KINDS if kind not in _ONLY_FOR or _ONLY_FOR[kind].fullmatch(target)
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
