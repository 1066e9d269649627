"""The cache in memory."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from soundcloud._checks import check_callable
from soundcloud._synchronization import Lock
from soundcloud.errors import InvalidInputError


class MemoryCache:
    """A bounded cache in memory that evicts the least recently used entry.

    Sync and async clients in any number of threads and tasks may share it.

    Args:
        max_entries: Maximum number of entries, 1 or more; default 1,000.
        max_bytes: Maximum size of all values in bytes, 1 or more; default 50 million.
        clock: A function that returns the time in seconds; default `time.monotonic`.

    Raises:
        InvalidInputError: A maximum is not a whole number of 1 or more.

    Example:
        >>> client = SoundCloudClient("id", "secret", cache=MemoryCache(), cache_ttl=30)
    """

    blocking = False

    def __init__(
        self, *, max_entries: int = 1000, max_bytes: int = 50_000_000, clock: Callable[[], float] = monotonic
    ) -> None:
        for name, value in (("max_entries", max_entries), ("max_bytes", max_bytes)):
            if value.__class__ is not int or value < 1:
                raise InvalidInputError(f"MemoryCache({name}={value!r}): pass a whole number, 1 or more")
        check_callable("clock", clock, none=False)
        self._max_entries, self._max_bytes, self._clock = max_entries, max_bytes, clock
        self._entries: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """Return an entry; None without one, or if it has expired."""
        with self._lock:
            value, expires_at = self._entries.get(key, (None, 0.0))
            if value is None or self._clock() >= expires_at:
                self._remove(key)
                return None
            self._entries.move_to_end(key)
            return value

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Store an entry for `ttl` seconds, unless it is larger than the whole cache."""
        with self._lock:
            self._remove(key)
            if len(value) > self._max_bytes:
                return
            self._entries[key] = (value, self._clock() + ttl)
            self._size += len(value)
            while len(self._entries) > self._max_entries or self._size > self._max_bytes:
                self._remove(next(iter(self._entries)))

    def delete(self, key: str) -> None:
        """Delete an entry if it exists."""
        with self._lock:
            self._remove(key)

    def _remove(self, key: str) -> None:
        value, _ = self._entries.pop(key, (b"", 0.0))
        self._size -= len(value)

    def clear(self) -> None:
        """Delete all entries."""
        with self._lock:
            self._entries.clear()
            self._size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._entries)} entries, {self._size} bytes>"
