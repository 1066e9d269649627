"""A clock for tests."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """A clock that is set by hand.

    Attributes:
        now: The time.
    """

    def __init__(self, now: datetime = datetime(2026, 11, 25, 12, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def timestamp(self) -> float:
        return self.now.timestamp()
