"""The way to a Redis, for all that is kept there: tokens, replies, sessions."""

from typing import Any

from soundcloud.errors import InvalidInputError


def connect(client: Any, url: str, seconds: float) -> Any:
    """Make a client that gives up after some time without an answer; nothing is sent yet.

    Args:
        client: The class of redis-py to make.
        url: Where Redis is: `redis://`, `rediss://` (TLS) or `unix://`.
        seconds: How long to wait for a connection, and for an answer.

    Returns:
        The client.

    Raises:
        InvalidInputError: The URL is none of Redis.
    """
    try:
        return client.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds)
    except (ValueError, TypeError, AttributeError):
        url = ""  # it may hold a password, and a traceback may show this frame
    raise InvalidInputError("this is no URL of Redis: redis://host:6379/0, rediss://host:6379/0 or unix:///path")
