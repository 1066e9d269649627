"""Settings of a client as frozen values: timeouts, retries and connection limits."""

import math
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, TypedDict

import attrs

from soundcloud._checks import check_type
from soundcloud.errors import InvalidInputError

__all__ = ["Limits", "RequestOptions", "Retry", "Timeout", "retries_off"]

_ABOVE_0 = math.ulp(0.0)
LONGEST_SECONDS = 1e9
"""Seconds, about 32 years: the operating system refuses timeouts of more than some hundred years."""


def _seconds(minimum: float) -> Any:
    """Return an attrs validator for a number of seconds."""

    def validate(instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not minimum <= value <= LONGEST_SECONDS:
            expected = "seconds, 0 or more" if minimum == 0 else "seconds, more than 0"
            expected += ", up to 1,000,000,000"
            raise InvalidInputError(f"{type(instance).__name__}({attribute.name}={value!r}): pass {expected}")

    return validate


def _whole_number(minimum: int) -> Any:
    """Return an attrs validator for a whole number."""

    def validate(instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if value.__class__ is not int or value < minimum:
            name = f"{type(instance).__name__}({attribute.name}={value!r})"
            raise InvalidInputError(f"{name}: pass a whole number, {minimum} or more")

    return validate


def _boolean(instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse values such as the string "no", which would count as true."""
    check_type(f"{type(instance).__name__}({attribute.name})", value, bool, "True")


@attrs.frozen(kw_only=True)
class Timeout:
    """Timeouts of a request.

    Where a client takes a `Timeout`, it also takes a number: `timeout=10` sets connect, read, write and pool to 10 seconds
    and leaves the total unlimited.

    Args:
        total: Seconds for the whole request: all attempts, the waits between them and the response body; default None,
            no limit. With `transport=` or `http_client=`, the sync client may exceed it by the `read` timeout.
        connect: Seconds to establish a connection; default 30.
        read: Seconds to wait for the next part of a response; default 30.
        write: Seconds to wait until the next part of a request is sent; default 30.
        pool: Seconds to wait for a free connection of the client; default 30.

    Raises:
        InvalidInputError: A value is not a number of seconds above 0 and up to 1,000,000,000.

    Example:
        >>> client = SoundCloudClient("id", "secret", timeout=Timeout(total=20, connect=5))
    """

    total: float | None = attrs.field(default=None, validator=attrs.validators.optional(_seconds(_ABOVE_0)))
    connect: float = attrs.field(default=30.0, validator=_seconds(_ABOVE_0))
    read: float = attrs.field(default=30.0, validator=_seconds(_ABOVE_0))
    write: float = attrs.field(default=30.0, validator=_seconds(_ABOVE_0))
    pool: float = attrs.field(default=30.0, validator=_seconds(_ABOVE_0))


def as_timeout(value: float | Timeout) -> Timeout:
    """Return a `Timeout`; a number sets every phase."""
    if isinstance(value, Timeout):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LONGEST_SECONDS:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"timeout={value!r}: pass seconds, more than 0, up to 1,000,000,000, or a Timeout")
    return Timeout(connect=value, read=value, write=value, pool=value)


@attrs.frozen(kw_only=True)
class Retry:
    """The retry policy: how often a failed request is sent again, and after which wait.

    Transient failures are retried: 429, 5xx, a lost connection and the gateway's plain-text 404. A write is retried only
    when it certainly had no effect: after a 429, or when nothing was sent. Uploads and a 429 with a spam warning are never
    retried.

    The first wait is a random time between 0 and `base_delay`. This upper limit doubles with each attempt, up to `max_delay`. A
    `Retry-After` from SoundCloud takes precedence.

    Args:
        max_retries: Attempts after the first, 0 or more; default 3.
        base_delay: Upper limit of the first wait in seconds; default 1.
        max_delay: Longest wait in seconds; default 60. If SoundCloud asks for a longer wait, the error is raised at once.
        max_elapsed: Seconds after which no further attempt starts; default 120.
        writes: Whether writes are retried like reads, at the risk of doing them twice; default False.

    Raises:
        InvalidInputError: A value is out of its range.

    Example:
        >>> client = SoundCloudClient("id", "secret", retry=Retry(max_retries=5, max_delay=20))
    """

    max_retries: int = attrs.field(default=3, validator=_whole_number(0))
    base_delay: float = attrs.field(default=1.0, validator=_seconds(0))
    max_delay: float = attrs.field(default=60.0, validator=_seconds(0))
    max_elapsed: float = attrs.field(default=120.0, validator=_seconds(0))
    writes: bool = attrs.field(default=False, validator=_boolean)


@attrs.frozen(kw_only=True)
class Limits:
    """Limits of a client's connection pools.

    Args:
        max_connections: Connections per server, 1 or more; further requests wait for a free one; default 100.
        max_keepalive: Idle connections that are kept open per server, 0 or more; default 20.
        keepalive_seconds: Seconds for which an idle connection is kept open; default 30.

    Raises:
        InvalidInputError: A value is out of its range.

    Example:
        >>> client = SoundCloudClient("id", "secret", limits=Limits(max_connections=20))
    """

    max_connections: int = attrs.field(default=100, validator=_whole_number(1))
    max_keepalive: int = attrs.field(default=20, validator=_whole_number(0))
    keepalive_seconds: float = attrs.field(default=30.0, validator=_seconds(0))


class RequestOptions(TypedDict, total=False):
    """Keyword arguments of the namespace methods, for headers and query parameters that a method does not have.

    The methods of `auth` and `resolve.oembed` do not take them. Calls with different options share neither cached responses nor
    requests in flight.

    Attributes:
        extra_headers: Headers to send with the requests of this call to the API. They replace the client's `default_headers` of the
            same name. Headers that the client sets itself are refused: Authorization, Content-Type, Content-Length, Host and those
            of the connection, such as Transfer-Encoding.
        extra_query: Query parameters to add to those of the method. They replace parameters of the same name; None is not sent, and
            a list is sent comma-separated. The requests for later pages have the parameters of SoundCloud's link instead.

    Raises:
        InvalidInputError: A header or parameter is one that the client sets itself; nothing was sent.

    Example:
        >>> track = client.tracks.get_track(308946187, extra_headers={"X-Trace": "7"}, extra_query={"new_filter": True})
    """

    extra_headers: Mapping[str, str] | None
    extra_query: Mapping[str, Any] | None


class _RetrySwitch:
    """Counts the active `retries_off` blocks of this process."""

    off = 0


@contextmanager
def retries_off() -> Generator[None, None, None]:
    """Disable retries in every client of this process, for tests of programs that create their own clients.

    Example:
        >>> with retries_off():
        ...     run_my_program()
    """
    _RetrySwitch.off += 1
    try:
        yield
    finally:
        _RetrySwitch.off -= 1


def retries_are_off() -> bool:
    """Return whether a `retries_off` block is active."""
    return _RetrySwitch.off > 0
