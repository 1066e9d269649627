"""Replies kept in memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from soundcloud._checks import check_callable
from soundcloud.errors import InvalidInputError


class MemoryCache:
    """Keeps replies as long as the process lives, bounded: what was not used for longest goes first.

    Clients in threads and tasks, sync and async, may share one.

    Args:
        max_entries: How many entries it holds at most, 1 or more; default 1,000.
        max_bytes: How many bytes its values have at most, 1 or more; default 50 million.
        clock: Tells the time in seconds, from anywhere; for tests.

    Raises:
        InvalidInputError: A bound is no whole number of 1 or more.

    Example:
        >>> client = SoundCloudClient("id", "secret", cache=MemoryCache(), cache_ttl=30)
    """

    blocking = False
    """Whether its methods may take a while."""

    def __init__(
        self, *, max_entries: int = 1000, max_bytes: int = 50_000_000, clock: Callable[[], float] = monotonic
    ) -> None:
        """Begin empty."""
        for name, value in (("max_entries", max_entries), ("max_bytes", max_bytes)):
            if value.__class__ is not int or value < 1:
                raise InvalidInputError(f"MemoryCache({name}={value!r}): give a whole number, 1 or more")
        check_callable("clock", clock, none=False)
        self._max_entries, self._max_bytes, self._clock = max_entries, max_bytes, clock
        self._entries: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Read an entry; None when there is none, or it is too old."""
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            value, ends = found
            if self._clock() >= ends:
                self._remove(key)
                return None
            self._entries.move_to_end(key)
            return value

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Keep an entry for so many seconds; one that is larger than the whole cache is not kept."""
        with self._lock:
            self._remove(key)
            if len(value) > self._max_bytes:
                return
            self._entries[key] = (value, self._clock() + ttl)
            self._size += len(value)
            while len(self._entries) > self._max_entries or self._size > self._max_bytes:
                self._remove(next(iter(self._entries)))

    def delete(self, key: str) -> None:
        """Forget an entry, if it is there."""
        with self._lock:
            self._remove(key)

    def _remove(self, key: str) -> None:
        found = self._entries.pop(key, None)
        if found is not None:
            self._size -= len(found[0])

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._entries)} entries, {self._size} bytes>"
