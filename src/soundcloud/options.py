"""Settings of a client, as frozen values: how long to wait, how often to try again, how many connections to hold."""

import math
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TypeVar

import attrs

from soundcloud.errors import InvalidInputError

T = TypeVar("T")


def _seconds(least: float) -> Any:
    """Check a number of seconds."""

    def check(instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < least:
            what = "seconds, 0 or more" if least == 0 else "seconds, more than 0"
            raise InvalidInputError(f"{type(instance).__name__}({attribute.name}={value!r}): give {what}")

    return check


def _count(least: int) -> Any:
    """Check a whole number."""

    def check(instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if value.__class__ is not int or value < least:
            name = f"{type(instance).__name__}({attribute.name}={value!r})"
            raise InvalidInputError(f"{name}: give a whole number, {least} or more")

    return check


def check_type(name: str, value: Any, kind: type[T], example: str) -> T:
    """Check that a setting is of its kind: what is not would fail at the first call that needs it."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__.startswith("A") else "a"
        raise InvalidInputError(f"{name}={value!r}: give {article} {kind.__name__}, for example {example}")
    return value


def check_string(name: str, value: Any, *, none: bool = True) -> Any:
    """Check that a setting is a text, or None where that may be; it is not shown: it may be a secret."""
    if not isinstance(value, str) and not (none and value is None):
        raise InvalidInputError(f"{name} is of type {type(value).__name__}: give a text")
    return value


def check_callable(name: str, value: Any, *, none: bool = True) -> Any:
    """Check that a setting is a function or something else that can be called, or None where that may be."""
    if not callable(value) and not (none and value is None):
        raise InvalidInputError(f"{name}={value!r}: give a function")
    return value


def _truth(instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Check a truth value: a text such as "no" would be true."""
    check_type(f"{type(instance).__name__}({attribute.name})", value, bool, "True")


_ABOVE_0 = math.ulp(0.0)


@attrs.frozen(kw_only=True)
class Timeout:
    """How long a call may take.

    A number in its place, `timeout=10`, is the number of seconds for each phase, without an end for the whole.

    Args:
        total: Seconds for the whole call: every try, the waits between them, the reply to its last byte; None for no end. With
            `transport=` or `http_client=` the synchronous client may be late by one `read`.
        connect: Seconds until a connection stands; default 30.
        read: Seconds until the next part of a reply comes; default 30.
        write: Seconds until the next part of a body is taken; default 30.
        pool: Seconds until one of the client's connections is free; default 30.

    Raises:
        InvalidInputError: A value is no number of seconds above 0.

    Example:
        >>> client = SoundCloudClient("id", "secret", timeout=Timeout(total=20, connect=5))
    """

    total: float | None = attrs.field(default=None, validator=attrs.validators.optional(_seconds(_ABOVE_0)))
    connect: float = attrs.field(default=30.0, validator=_seconds(_ABOVE_0))
    read: float = attrs.field(default=30.0, validator=_seconds(_ABOVE_0))
    write: float = attrs.field(default=30.0, validator=_seconds(_ABOVE_0))
    pool: float = attrs.field(default=30.0, validator=_seconds(_ABOVE_0))

    @classmethod
    def of(cls, value: "float | Timeout") -> "Timeout":
        """Read a setting that may be a number of seconds for each phase."""
        if isinstance(value, cls):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
            raise InvalidInputError(f"timeout={value!r}: give seconds, more than 0, or a Timeout")
        return cls(connect=value, read=value, write=value, pool=value)


@attrs.frozen(kw_only=True)
class Retry:
    """How often, and after which wait, a call that failed is tried again.

    Tried again is what may well succeed a moment later: 429, 5xx, a lost connection, the gateway's plain-text 404. A call that
    changes something is tried again only where it surely did nothing: after a 429, or when nothing was sent. Never tried
    again are uploads, and a 429 that warns of spam.

    The wait is chosen at random up to `base_delay`, doubled for each try; a time that SoundCloud names goes before it.

    Args:
        max_retries: Tries after the first, 0 or more; default 3.
        base_delay: Seconds that the first wait is chosen below; default 1.
        max_delay: The longest wait in seconds; default 60. Where SoundCloud names a longer one the error is raised at once.
        max_elapsed: Seconds after which no further try begins; default 120.
        writes: Whether calls that change something are tried again like all others, at the risk of doing it twice; default
            False.

    Raises:
        InvalidInputError: A value is out of its range.

    Example:
        >>> client = SoundCloudClient("id", "secret", retry=Retry(max_retries=5, max_delay=20))
    """

    max_retries: int = attrs.field(default=3, validator=_count(0))
    base_delay: float = attrs.field(default=1.0, validator=_seconds(0))
    max_delay: float = attrs.field(default=60.0, validator=_seconds(0))
    max_elapsed: float = attrs.field(default=120.0, validator=_seconds(0))
    writes: bool = attrs.field(default=False, validator=_truth)


@attrs.frozen(kw_only=True)
class Limits:
    """How many connections a client holds.

    Args:
        max_connections: At most this many at once to each server, 1 or more; further calls wait for one; default 100.
        max_keepalive: At most this many are kept open while nothing is sent, 0 or more; default 20.
        keepalive_seconds: How long they are kept; default 30.

    Raises:
        InvalidInputError: A value is out of its range.

    Example:
        >>> client = SoundCloudClient("id", "secret", limits=Limits(max_connections=20))
    """

    max_connections: int = attrs.field(default=100, validator=_count(1))
    max_keepalive: int = attrs.field(default=20, validator=_count(0))
    keepalive_seconds: float = attrs.field(default=30.0, validator=_seconds(0))


class _Switch:
    """Whether anything is tried again in this process: the one thing that tests of whole programs have to reach."""

    off = 0


@contextmanager
def retries_off() -> Generator[None, None, None]:
    """Let no client of this process try anything again, for tests of programs that make their own clients.

    Example:
        >>> with retries_off():
        ...     run_my_program()
    """
    _Switch.off += 1
    try:
        yield
    finally:
        _Switch.off -= 1


def retries_are_off() -> bool:
    """Whether `retries_off` is in force."""
    return _Switch.off > 0
