"""Maps transport errors to the errors of the package."""

from typing import Any

from soundcloud._protocol.http.messages import Request
from soundcloud._transport.base import PoolTimeout, TransportError, TransportTimeout
from soundcloud.errors import ConnectionFailedError, RequestTimeoutError, SoundCloudError
from soundcloud_api.types import redact

_MAX_MESSAGE = 300


def map_transport_error(error: TransportError, request: Request) -> SoundCloudError:
    """Return the error to raise for a request without a response."""
    details: dict[str, Any] = {"method": request.method, "path": request.path, "sent": error.sent}
    if isinstance(error, PoolTimeout):
        hint = "make fewer calls at once, or allow more connections: limits=Limits(max_connections=...)"
        return RequestTimeoutError("no connection was free in time", hint=hint, **details)
    kind = type(error).__name__
    if isinstance(error, TransportTimeout):
        return RequestTimeoutError(f"no response in time ({kind})", **details)
    message = redact(" ".join(str(error).split()))[:_MAX_MESSAGE]
    return ConnectionFailedError(f"no response ({kind})" + (f": {message}" if message else ""), **details)


def clear_tracebacks(error: BaseException) -> BaseException:
    """Clear the tracebacks of an exception chain, whose frames hold tokens and bodies; return the exception."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
