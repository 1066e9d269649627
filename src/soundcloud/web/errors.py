"""What a request is refused with, and what people are told of it. Frameworks answer these by themselves, with their status.

HTTPException
├── NotSignedInError     401, nobody is signed in with this browser, or not any more
└── CsrfError            403, the request may come from somebody else's page
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

logger = logging.getLogger("soundcloud.web")


class NotSignedInError(HTTPException):
    """Nobody is signed in with this browser.

    Args:
        ended: Whether somebody was, until the session ended or SoundCloud took back the permission.
        headers: Headers for the answer: they make the browser forget the cookie of a session that has ended.
    """

    def __init__(self, *, ended: bool = False, headers: Mapping[str, str] | None = None) -> None:
        """Say which of the two it is."""
        super().__init__(401, "your session has ended: sign in again" if ended else "sign in first", headers)
        self.ended = ended


class CsrfError(HTTPException):
    """A request that changes something may come from somebody else's page, so nothing was changed.

    Args:
        reason: What speaks for it.
    """

    def __init__(self, reason: str) -> None:
        """Say what speaks for it."""
        super().__init__(403, f"this request was not sent from a page of this site: {reason}")


@attrs.frozen
class Told:
    """What a person, or a script, is told.

    Attributes:
        status: The HTTP status.
        title: What happened, in a few words.
        sentence: More of it, or what to do; empty for nothing.
        headers: Headers of the answer.
    """

    status: int
    title: str
    sentence: str = ""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])


def explain(error: Exception) -> Told:
    """Say what went wrong, to somebody at a browser. What only whoever runs the site can repair is logged, too.

    Args:
        error: An `HTTPException` or a `SoundCloudError`.

    Returns:
        What to tell.
    """
    match error:
        case HTTPException():
            return _explain_refusal(error)
        case SignInError(code="access_denied"):
            return Told(400, "You are not signed in", "You did not let this site in, so nothing was kept")
        case SignInError():
            sentence = f"{error.message}; {error.hint}" if error.hint else error.message
            return Told(400, "You are not signed in", sentence)
        case InvalidGrantError():
            return Told(400, "You are not signed in", "The way back took too long, or this page was opened twice")
        case InvalidClientError():
            logger.error("SoundCloud does not take the app's id and secret: %s", error)
            return Told(500, "This site is not set up", "SoundCloud does not take the id and the secret of this app")
        case TokenStoreError():
            logger.error("%s", error)
            return Told(503, "This site has a problem", "It cannot reach the place where it keeps its sessions")
        case InvalidInputError():
            logger.warning("%s", error)
            return Told(400, "This did not work", error.message)
        case RateLimitError(retry_after=None):
            return Told(429, "Too much at once", "SoundCloud asks to wait a while")
        case RateLimitError():
            headers = {"Retry-After": f"{max(1.0, error.retry_after or 0):.0f}"}
            return Told(429, "Too much at once", "SoundCloud asks to wait a while", headers)
        case RequestTimeoutError():
            return Told(504, "SoundCloud does not answer", "Try again in a while")
        case StatusError(status=int(status)) if 400 <= status < 500:
            return Told(status, "SoundCloud refuses this", error.message)
        case ConnectionFailedError():
            return Told(502, "SoundCloud cannot be reached", "Try again in a while")
        case _:
            logger.warning("%s", error)
            return Told(502, "SoundCloud has a problem", "Try again in a while")


def _explain_refusal(error: HTTPException) -> Told:
    headers = error.headers or {}
    match error:
        case NotSignedInError(ended=True):
            return Told(401, "Your session has ended", "Sign in again to go on", headers)
        case NotSignedInError():
            return Told(401, "Sign in first", "", headers)
        case CsrfError():
            return Told(403, "Nothing was changed", error.detail, headers)
        case HTTPException(status_code=404):
            return Told(404, "There is nothing here", "", headers)
        case HTTPException(status_code=405):
            return Told(405, "This cannot be done here", "The address is right, the way of asking is not", headers)
        case _:
            return Told(error.status_code, "This did not work", error.detail, headers)
