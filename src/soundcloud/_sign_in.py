"""What the sign-in routes of all web frameworks share: pending sign-ins, the redirect from SoundCloud, and messages for users."""

import logging
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias
from urllib.parse import urlencode

import attrs

from soundcloud._protocol.printable import to_printable
from soundcloud._protocol.redirect import read_redirect
from soundcloud._protocol.secrets import Secret
from soundcloud.errors import (
    ConnectionFailedError,
    InvalidClientError,
    InvalidGrantError,
    InvalidInputError,
    RateLimitError,
    RequestTimeoutError,
    SignInError,
    SoundCloudError,
    StatusError,
    TokenStoreError,
)
from soundcloud.pkce import generate_state

SIGN_IN_SECONDS = 600
MAX_SIGN_INS = 4
"""The number of pending sign-ins of a browser, one for each tab."""
PROFILE = ("urn", "username", "full_name", "permalink", "permalink_url", "avatar_url", "city", "country", "plan")
"""The fields of a user that a page of the site may read."""
_MAX_PATH_LENGTH = 400
_NOT_SIGNED_IN = "You are not signed in"

Code: TypeAlias = Literal[
    "csrf",
    "invalid_request",
    "method_not_allowed",
    "not_found",
    "not_signed_in",
    "refused",
    "session_ended",
    "sign_in_failed",
    "site_problem",
    "too_many_requests",
    "unavailable",
]
"""What went wrong, for a script."""

_SIGN_IN: Code = "sign_in_failed"
_SITE: Code = "site_problem"
_UNAVAILABLE: Code = "unavailable"

logger = logging.getLogger("soundcloud.web")


@attrs.frozen
class SignIn:
    """A pending sign-in: PKCE verifier, path to redirect to, and start in seconds since 1970."""

    verifier: str = attrs.field(repr=False)
    target: str
    started: float


@attrs.frozen
class ErrorMessage:
    """A message for a user or a script. The sentence says what to do; it may be empty. The code is for scripts only."""

    status: int
    title: str
    sentence: str = ""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    code: Code = "refused"


def local_path(target: str | None) -> str | None:
    """Return a redirect target if it is a path of this site, else None, to prevent open redirects."""
    # Browsers treat \ as / and remove line breaks and tabs before they parse the host (WHATWG URL).
    if not target or len(target) > _MAX_PATH_LENGTH or not target.isascii() or not target.isprintable():
        return None
    if not target.startswith("/") or target.startswith("//") or "\\" in target or " " in target:
        return None
    return target


def read_code(
    query: str, *, states: Sequence[str], errors: Sequence[str], sign_in: SignIn | None, login_url: str
) -> str:
    """Return the authorization code of a redirect from SoundCloud.

    Args:
        query: The query of the redirect.
        states: The values of `state` in it.
        errors: The values of `error` in it.
        sign_in: The pending sign-in with this state; None if this browser has none.
        login_url: The URL of the login route, for an error message.

    Raises:
        SignInError: The user or SoundCloud refused, or the sign-in was not started in this browser.
    """
    query = Secret(query)
    if sign_in is None:
        if states or len(errors) != 1:
            raise SignInError(
                "this sign-in was not started in this browser, or was started more than ten minutes ago",
                hint=f"start at {login_url} and allow cookies",
            )
        # Everyone can make this link: the page shows the error code only, and no description.
        query = Secret(urlencode({"error": errors[0]}))
    return Secret(read_redirect(query, state=states[0] if states else generate_state()))


def message_for_error(error: SoundCloudError, *, quote: bool) -> ErrorMessage:
    """Return the message for an error of this package. What only the operator can fix is logged.

    Args:
        error: The error.
        quote: Whether the message may contain values of the request and SoundCloud's description of the error.
    """
    match error:
        case SignInError(code="access_denied"):
            sentence = "You did not give this site access, so nothing was stored"
            return ErrorMessage(400, _NOT_SIGNED_IN, sentence, code=_SIGN_IN)
        case SignInError():
            # `read_code` leaves out a description that does not come from SoundCloud.
            sentence = f"{error.message}; {error.hint}" if error.hint else error.message
            return ErrorMessage(400, _NOT_SIGNED_IN, sentence, code=_SIGN_IN)
        case InvalidGrantError():
            sentence = "The sign-in took too long, or this page was opened twice"
            return ErrorMessage(400, _NOT_SIGNED_IN, sentence, code=_SIGN_IN)
        case InvalidClientError():
            logger.error("SoundCloud rejected the app's id or secret: %s", to_printable(str(error)))
            sentence = "SoundCloud rejected the id or the secret of this app"
            return ErrorMessage(500, "This site is not set up", sentence, code=_SITE)
        case TokenStoreError():
            logger.error("%s", to_printable(str(error)))
            sentence = "It cannot reach the storage of its sessions"
            return ErrorMessage(503, "This site has a problem", sentence, code=_SITE)
        case InvalidInputError():
            logger.warning("%s", to_printable(str(error)))
            sentence = error.message if quote else "The request contains a value that SoundCloud does not accept"
            return ErrorMessage(400, "This did not work", sentence, code="invalid_request")
        case RateLimitError(retry_after=seconds):
            headers = {} if seconds is None else {"Retry-After": f"{max(1.0, seconds):.0f}"}
            return ErrorMessage(429, "Too many requests", "SoundCloud asks you to wait", headers, "too_many_requests")
        case RequestTimeoutError():
            return ErrorMessage(504, "SoundCloud does not respond", "Try again later", code=_UNAVAILABLE)
        case StatusError(status=int(status)) if 400 <= status < 500:
            return ErrorMessage(status, "SoundCloud refused this", error.message if quote else "")
        case ConnectionFailedError():
            return ErrorMessage(502, "SoundCloud cannot be reached", "Try again later", code=_UNAVAILABLE)
        case _:
            logger.warning("%s", to_printable(str(error)))
            return ErrorMessage(502, "SoundCloud has a problem", "Try again later", code=_UNAVAILABLE)
