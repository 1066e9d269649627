"""A middleware that turns the errors of this package into pages."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from soundcloud.contrib.django.pages import error_response, sign_in_response
from soundcloud.errors import (
    InvalidClientError,
    InvalidGrantError,
    MissingTokenError,
    SoundCloudError,
    UnauthorizedError,
)


class SoundCloudErrorMiddleware(MiddlewareMixin):
    """Responds with a page, or with JSON to a script, if a view raises an error of this package.

    A user without a valid token gets a link to the sign-in, which leads back to the requested page.

    Example:
        >>> MIDDLEWARE = [..., "soundcloud.contrib.django.middleware.SoundCloudErrorMiddleware"]
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the response to an error of this package, or None to any other error."""
        if not isinstance(exception, SoundCloudError):
            return None
        if isinstance(exception, InvalidGrantError | MissingTokenError | UnauthorizedError) and not isinstance(
            exception, InvalidClientError
        ):
            return sign_in_response(request)
        return error_response(request, exception, quote=request.method not in {"GET", "HEAD"})
