"""Exceptions for rejected requests, and the messages that users see. ASGI frameworks turn the exceptions into responses.

HTTPException
├── NotSignedInError     401, the browser has no session, or its session has ended
└── CsrfError            403, the request may come from another site
"""

import logging
from collections.abc import Mapping

import attrs
from starlette.exceptions import HTTPException

from soundcloud.errors import (
    ConnectionFailedError,
    InvalidClientError,
    InvalidGrantError,
    InvalidInputError,
    RateLimitError,
    RequestTimeoutError,
    SignInError,
    StatusError,
    TokenStoreError,
)

_NOT_SIGNED_IN = "You are not signed in"

logger = logging.getLogger("soundcloud.web")


class NotSignedInError(HTTPException):
    """The browser has no session.

    Args:
        ended: Whether it had one, which ended or whose tokens SoundCloud revoked.
        headers: Headers of the response, which delete the cookie of an ended session.
    """

    def __init__(self, *, ended: bool = False, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(401, "your session has ended: sign in again" if ended else "sign in first", headers)
        self.ended = ended


class CsrfError(HTTPException):
    """A request that changes data may come from another site, so nothing was changed.

    Args:
        reason: Why the request was rejected.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(403, f"this request was not sent from a page of this site: {reason}")


@attrs.frozen
class ErrorMessage:
    """A message for a user or a script. The sentence says what to do; it may be empty."""

    status: int
    title: str
    sentence: str = ""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])


def message_for(error: Exception) -> ErrorMessage:
    """Return the message for an `HTTPException` or a `SoundCloudError`. What only the operator can fix is logged."""
    match error:
        case HTTPException():
            return _message_for_http(error)
        case SignInError(code="access_denied"):
            return ErrorMessage(400, _NOT_SIGNED_IN, "You did not give this site access, so nothing was stored")
        case SignInError():
            sentence = f"{error.message}; {error.hint}" if error.hint else error.message
            return ErrorMessage(400, _NOT_SIGNED_IN, sentence)
        case InvalidGrantError():
            return ErrorMessage(400, _NOT_SIGNED_IN, "The sign-in took too long, or this page was opened twice")
        case InvalidClientError():
            logger.error("SoundCloud rejected the app's id or secret: %s", error)
            return ErrorMessage(500, "This site is not set up", "SoundCloud rejected the id or the secret of this app")
        case TokenStoreError():
            logger.error("%s", error)
            return ErrorMessage(503, "This site has a problem", "It cannot reach the storage of its sessions")
        case InvalidInputError():
            logger.warning("%s", error)
            return ErrorMessage(400, "This did not work", error.message)
        case RateLimitError(retry_after=seconds):
            headers = {} if seconds is None else {"Retry-After": f"{max(1.0, seconds):.0f}"}
            return ErrorMessage(429, "Too many requests", "SoundCloud asks you to wait", headers)
        case RequestTimeoutError():
            return ErrorMessage(504, "SoundCloud does not respond", "Try again later")
        case StatusError(status=int(status)) if 400 <= status < 500:
            return ErrorMessage(status, "SoundCloud refused this", error.message)
        case ConnectionFailedError():
            return ErrorMessage(502, "SoundCloud cannot be reached", "Try again later")
        case _:
            logger.warning("%s", error)
            return ErrorMessage(502, "SoundCloud has a problem", "Try again later")


def _message_for_http(error: HTTPException) -> ErrorMessage:
    headers = error.headers or {}
    match error:
        case NotSignedInError(ended=True):
            return ErrorMessage(401, "Your session has ended", "Sign in again to continue", headers)
        case NotSignedInError():
            return ErrorMessage(401, "Sign in first", "", headers)
        case CsrfError():
            return ErrorMessage(403, "Nothing was changed", error.detail, headers)
        case HTTPException(status_code=404):
            return ErrorMessage(404, "Page not found", "", headers)
        case HTTPException(status_code=405):
            sentence = "This page does not support the HTTP method of the request"
            return ErrorMessage(405, "Method not allowed", sentence, headers)
        case _:
            return ErrorMessage(error.status_code, "This did not work", error.detail, headers)
