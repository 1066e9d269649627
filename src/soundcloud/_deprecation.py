"""Announces what goes away: one warning for each name, which says since when, what to write instead, and when it ends.

The rules are those of docs/versions.md. Nothing is deprecated now; the tests use this on names of their own.
"""

import functools
import threading
import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Announcements:
    """What has been announced in this process: a program that calls an old name a thousand times is told once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._names: set[str] = set()
        self._lock = threading.Lock()

    def is_new(self, name: str) -> bool:
        """Whether a name is announced for the first time; from now on it is not."""
        with self._lock:
            if name in self._names:
                return False
            self._names.add(name)
            return True


ANNOUNCED = Announcements()
"""Those of this process."""


def warn_deprecated(
    name: str, *, since: str, until: str, instead: str, level: int = 2, announced: Announcements = ANNOUNCED
) -> None:
    """Warn that a name goes away, once.

    Args:
        name: What goes away, as callers write it: `tracks.get_streams`, `limit=`.
        since: The version that announced it first.
        until: The version that will not have it.
        instead: What to write in its place.
        level: How far up the one is who should read it: 2 for the caller of the function that calls this.
        announced: Where it is kept that a name was announced.
    """
    if announced.is_new(name):
        text = f"{name} is deprecated since {since} and goes away with {until}; write {instead} instead"
        warnings.warn(text, DeprecationWarning, stacklevel=level + 1)


def deprecated(
    *, since: str, until: str, instead: str, name: str | None = None, announced: Announcements = ANNOUNCED
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Mark a function or method, plain or async, that goes away.

    Args:
        since: The version that announced it first.
        until: The version that will not have it.
        instead: What to write in its place.
        name: What callers know it as; its qualified name when not given.
        announced: Where it is kept that a name was announced.

    Returns:
        A decorator. What it gives back warns when it is called, also when it is not awaited.

    Example:
        >>> from soundcloud._deprecation import deprecated
        >>> @deprecated(since="1.2", until="2.0", instead="new()")
        ... def old():
        ...     return 1
    """

    def mark(function: Callable[P, T]) -> Callable[P, T]:
        known_as = name or function.__qualname__

        @functools.wraps(function)
        def warning(*given: P.args, **options: P.kwargs) -> T:
            warn_deprecated(known_as, since=since, until=until, instead=instead, announced=announced)
            return function(*given, **options)

        return warning

    return mark
