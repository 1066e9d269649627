"""The clock of a sandbox: the time of this machine, plus an offset that tests may change."""

from time import monotonic, time

_LONGEST_SECONDS = 10**9


class Clock:
    """A clock that can be moved. It continues from the time that it was set to."""

    def __init__(self) -> None:
        self.offset = 0.0

    def time(self) -> float:
        """Return the Unix time in seconds."""
        return time() + self.offset

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary moment; `move` changes them too."""
        return monotonic() + self.offset

    def move(self, offset: float) -> None:
        """Set the seconds by which the clock is ahead of this machine's; raise a ValueError with the range."""
        if not abs(offset) <= _LONGEST_SECONDS:
            raise ValueError(f"use a time at most {_LONGEST_SECONDS:,} seconds from now")
        self.offset = offset
