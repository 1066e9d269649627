"""Exceptions for rejected requests, and the messages that users see. ASGI frameworks turn the exceptions into responses.

HTTPException
├── NotSignedInError     401, the browser has no session, or its session has ended
└── CsrfError            403, the request may come from another site
"""

import sys
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response

from soundcloud._sign_in import ErrorMessage, message_for_error
from soundcloud.errors import SoundCloudError


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
        case SoundCloudError():
            return message_for_error(error, quote=quote)
        case _:
            raise error


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
            return ErrorMessage(429, "Too many requests", error.detail, headers, "too_many_requests")
        case HTTPException(status_code=500):
            return ErrorMessage(500, "This site has a problem", error.detail, headers, "site_problem")
        case _:
            return ErrorMessage(error.status_code, "This did not work", error.detail, headers, "invalid_request")
