"""Exceptions for rejected requests, and the messages that users see. ASGI frameworks turn the exceptions into responses.

HTTPException
├── NotSignedInError     401, the browser has no session, or its session has ended
└── CsrfError            403, the request may come from another site
"""

import logging
import sys
from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response

from soundcloud._protocol.printable import to_printable
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
_SITE_PROBLEM = "This site has a problem"
_TOO_MANY = "Too many requests"

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
    """A message for a user or a script. The sentence says what to do; it may be empty. The code is for scripts only."""

    status: int
    title: str
    sentence: str = ""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    code: Code = "refused"


async def handle_by_framework(request: Request, error: Exception) -> Response:
    """Return the response of FastAPI's or Starlette's own exception handler; raise the error if there is none.

    Args:
        request: The request.
        error: An error that is not of this package.
    """
    fastapi = sys.modules.get("fastapi")
    if fastapi is not None and isinstance(request.scope.get("app"), fastapi.FastAPI):
        from fastapi import exception_handlers
        from fastapi.exceptions import RequestValidationError

        if isinstance(error, HTTPException):
            return await exception_handlers.http_exception_handler(request, error)
        if isinstance(error, RequestValidationError):
            return await exception_handlers.request_validation_exception_handler(request, error)
    elif isinstance(error, HTTPException):
        return await ExceptionMiddleware(request.app).http_exception(request, error)
    raise error


def message_for(error: Exception, *, quote: bool) -> ErrorMessage:
    """Return the message for an error of this package. What only the operator can fix is logged.

    Args:
        error: An `HTTPException` or a `SoundCloudError`.
        quote: Whether the message may contain values of the request and SoundCloud's description of the error.
    """
    match error:
        case HTTPException():
            return _message_for_http(error)
        case SignInError(code="access_denied"):
            return ErrorMessage(
                400, _NOT_SIGNED_IN, "You did not give this site access, so nothing was stored", code="sign_in_failed"
            )
        case SignInError():
            # `SignInFlow.callback` leaves out a description that does not come from SoundCloud.
            sentence = f"{error.message}; {error.hint}" if error.hint else error.message
            return ErrorMessage(400, _NOT_SIGNED_IN, sentence, code="sign_in_failed")
        case InvalidGrantError():
            sentence = "The sign-in took too long, or this page was opened twice"
            return ErrorMessage(400, _NOT_SIGNED_IN, sentence, code="sign_in_failed")
        case InvalidClientError():
            logger.error("SoundCloud rejected the app's id or secret: %s", to_printable(str(error)))
            sentence = "SoundCloud rejected the id or the secret of this app"
            return ErrorMessage(500, "This site is not set up", sentence, code="site_problem")
        case TokenStoreError():
            logger.error("%s", to_printable(str(error)))
            return ErrorMessage(503, _SITE_PROBLEM, "It cannot reach the storage of its sessions", code="site_problem")
        case InvalidInputError():
            logger.warning("%s", to_printable(str(error)))
            sentence = error.message if quote else "The request contains a value that SoundCloud does not accept"
            return ErrorMessage(400, "This did not work", sentence, code="invalid_request")
        case RateLimitError(retry_after=seconds):
            headers = {} if seconds is None else {"Retry-After": f"{max(1.0, seconds):.0f}"}
            return ErrorMessage(429, _TOO_MANY, "SoundCloud asks you to wait", headers, "too_many_requests")
        case RequestTimeoutError():
            return ErrorMessage(504, "SoundCloud does not respond", "Try again later", code="unavailable")
        case StatusError(status=int(status)) if 400 <= status < 500:
            return ErrorMessage(status, "SoundCloud refused this", error.message if quote else "")
        case ConnectionFailedError():
            return ErrorMessage(502, "SoundCloud cannot be reached", "Try again later", code="unavailable")
        case _:
            logger.warning("%s", to_printable(str(error)))
            return ErrorMessage(502, "SoundCloud has a problem", "Try again later", code="unavailable")


def _message_for_http(error: HTTPException) -> ErrorMessage:
    headers = error.headers or {}
    match error:
        case NotSignedInError(ended=True):
            return ErrorMessage(401, "Your session has ended", "Sign in again to continue", headers, "session_ended")
        case NotSignedInError():
            return ErrorMessage(401, "Sign in first", "", headers, "not_signed_in")
        case CsrfError():
            return ErrorMessage(403, "Nothing was changed", error.detail, headers, "csrf")
        case HTTPException(status_code=404):
            return ErrorMessage(404, "Page not found", "", headers, "not_found")
        case HTTPException(status_code=405):
            sentence = "This page does not support the HTTP method of the request"
            return ErrorMessage(405, "Method not allowed", sentence, headers, "method_not_allowed")
        case HTTPException(status_code=429):
            return ErrorMessage(429, _TOO_MANY, error.detail, headers, "too_many_requests")
        case HTTPException(status_code=500):
            return ErrorMessage(500, _SITE_PROBLEM, error.detail, headers, "site_problem")
        case _:
            return ErrorMessage(error.status_code, "This did not work", error.detail, headers, "invalid_request")
